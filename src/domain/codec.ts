import { err, type Result } from 'neverthrow';
import type { Decoder } from './decode.ts';
import type { JsonObject } from './json.ts';

/** An event as it is stored: a literal name, the version of its shape, and its data. */
export type Stored = { readonly type: string; readonly v: number; readonly data: unknown };

/** A stored event that this code does not know or cannot read. Nothing may be decided from its stream. */
export type CorruptEvent = { readonly type: 'CorruptEvent'; readonly why: string };

export type AnyEvent = { readonly type: string; readonly data: JsonObject };

export type Codec<E extends AnyEvent> = {
  encode(event: E): { readonly type: E['type']; readonly v: number; readonly data: E['data'] };
  decode(stored: Stored): Result<E, CorruptEvent>;
};

/** For each event of a stream, the decoder of its data in the one version there is so far. */
export type Decoders<E extends AnyEvent> = {
  readonly [T in E['type']]: Decoder<Extract<E, { readonly type: T }>['data']>;
};

const VERSION = 1;

/** An unknown type or version fails closed: it is how an older worker meets a newer worker's event. */
export const createCodec = <E extends AnyEvent>(decoders: Decoders<E>): Codec<E> => {
  const known = new Map<string, Decoder<unknown>>(Object.entries(decoders));
  return {
    encode: ({ type, data }) => ({ type, v: VERSION, data }),
    decode: ({ type, v, data }) => {
      const decoder = known.get(type);
      if (decoder === undefined) return err({ type: 'CorruptEvent', why: `unknown event ${type}` });
      if (v !== VERSION) {
        return err({ type: 'CorruptEvent', why: `${type} of unknown version ${v}` });
      }
      return decoder(data, type)
        .map((decoded) => ({ type, data: decoded }) as E)
        .mapErr(({ path, why }) => ({ type: 'CorruptEvent', why: `${path} ${why}` }));
    },
  };
};
