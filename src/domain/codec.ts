import { err, type Result } from 'neverthrow';
import type { Decoder } from './decode.ts';
import type { JsonObject } from './json.ts';

/** An event as it is stored: a literal name, the version of its shape, and its data. */
export type Stored = { readonly type: string; readonly v: number; readonly data: unknown };

/** A stored event that this code does not know or cannot read. Nothing may be decided from its stream. */
export type CorruptEvent = { readonly type: 'CorruptEvent'; readonly why: string };

export type AnyEvent = { readonly type: string; readonly data: JsonObject };

export type Codec<E extends AnyEvent> = {
  encode(event: E): { readonly type: E['type']; readonly v: number; readonly data: JsonObject };
  decode(stored: Stored): Result<E, CorruptEvent>;
};

/** How the data of an event is stored, in the one version there is so far. */
export type DataCodec<D> = {
  readonly decode: Decoder<D>;
  /** Without it the data is stored as it is. */
  readonly encode?: (data: D) => JsonObject;
};

export type DataCodecs<E extends AnyEvent> = {
  readonly [T in E['type']]: DataCodec<Extract<E, { readonly type: T }>['data']>;
};

const VERSION = 1;

/** An unknown type or version fails closed: it is how an older worker meets a newer worker's event. */
export const createCodec = <E extends AnyEvent>(codecs: DataCodecs<E>): Codec<E> => {
  const known = new Map<string, Pick<DataCodec<E['data']>, 'decode'>>(Object.entries(codecs));
  return {
    encode: ({ type, data }) => {
      const codec: DataCodec<E['data']> = codecs[type as E['type']];
      return { type, v: VERSION, data: codec.encode?.(data) ?? data };
    },
    decode: ({ type, v, data }) => {
      const codec = known.get(type);
      if (codec === undefined) return err({ type: 'CorruptEvent', why: `unknown event ${type}` });
      if (v !== VERSION) {
        return err({ type: 'CorruptEvent', why: `${type} of unknown version ${v}` });
      }
      return codec
        .decode(data, type)
        .map((decoded) => ({ type, data: decoded }) as E)
        .mapErr(({ path, why }) => ({ type: 'CorruptEvent', why: `${path} ${why}` }));
    },
  };
};
