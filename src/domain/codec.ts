import { err, ok, Result } from 'neverthrow';
import type { Decoder } from './decode.ts';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type StoredData = { readonly type: string; readonly v: number; readonly data: unknown };

/** This code does not know or cannot read the event: nothing may be decided from its stream. */
export type CorruptEvent = {
  readonly type: 'CorruptEvent';
  readonly why: string;
  /** This code does not know the type or version: most likely a newer release wrote it. */
  readonly isUnknown: boolean;
};

export type AnyEvent = { readonly type: string; readonly data: JsonObject };

export type Codec<E extends AnyEvent> = {
  encode(event: E): { readonly type: E['type']; readonly v: number; readonly data: JsonObject };
  /**
   * Reads a stored event. It is several events where it was split since, and none where nobody
   * needs it any more.
   */
  decode(
    stored: StoredData,
    /** The stored events before it in its commit. An older event may rely on them. */
    before?: readonly StoredData[],
  ): Result<readonly E[], CorruptEvent>;
  isOutdated(stored: Pick<StoredData, 'type' | 'v'>): boolean;
};

export type DataCodec<D> = {
  /** The newest version of its shape, which `decode` reads; 1 where it is absent. */
  readonly v?: number;
  readonly decode: Decoder<D>;
  /** Without it, the data is stored as it is. */
  readonly encode?: (data: D) => JsonObject;
  /**
   * The version that `encode` writes while workers that cannot read the newest still run (ADR
   * 0015).
   */
  readonly writes?: number;
};

export type DataCodecs<E extends AnyEvent> = {
  readonly [T in E['type']]: DataCodec<Extract<E, { readonly type: T }>['data']>;
};

/**
 * Turns a stored event of one version into the next version: usually itself with a field more, or
 * several events. It is pure, and takes whatever is in the log; its result is decoded afterwards.
 * Where an event left a fact to the one before it in its commit, it reads that one.
 */
export type Upcast = (data: unknown, before: readonly StoredData[]) => readonly StoredData[];

/** Upcasts by the name under which the event was stored, and by its version then. */
export type Upcasts = Readonly<Record<string, Readonly<Record<number, Upcast>>>>;

/** Events that one stored event may pass through; far more than any chain needs. */
const UPCAST_STEPS_MAX = 100;

/**
 * Creates a codec that fails closed on an unknown type or version: a newer worker's event meets an
 * older worker.
 */
export const createCodec = <E extends AnyEvent>(
  codecs: DataCodecs<E>,
  upcasts: Upcasts = {},
): Codec<E> => {
  const known = new Map<string, DataCodec<E['data']>>(Object.entries(codecs));
  const older = new Map(Object.entries(upcasts));
  const upcastOf = ({ type, v }: Pick<StoredData, 'type' | 'v'>): Upcast | undefined =>
    older.get(type)?.[v];

  const decodeNewest = ({ type, v, data }: StoredData): Result<E, CorruptEvent> => {
    const codec = known.get(type);
    if (codec === undefined) return unknown(`unknown event ${type}`);
    if (v !== versionOf(codec)) return unknown(`${type} of unknown version ${v}`);
    const decoded = codec.decode(data, type);
    if (decoded.isErr()) return corrupt(`${decoded.error.path} ${decoded.error.why}`);
    return ok({ type, data: decoded.value } as E);
  };

  return {
    encode: ({ type, data }) => {
      const codec: DataCodec<E['data']> = codecs[type as E['type']];
      return { type, v: codec.writes ?? versionOf(codec), data: codec.encode?.(data) ?? data };
    },
    decode: (stored, before = []) => {
      if (upcastOf(stored) === undefined) {
        const event = decodeNewest(stored);
        return event.isErr() ? err(event.error) : ok([event.value]);
      }
      const decoded: E[] = [];
      const pending = [stored];
      for (let steps = 0; steps < UPCAST_STEPS_MAX; steps += 1) {
        const next = pending.shift();
        if (next === undefined) return ok(decoded);
        const upcast = upcastOf(next);
        if (upcast === undefined) {
          const event = decodeNewest(next);
          if (event.isErr()) return err(event.error);
          decoded.push(event.value);
          continue;
        }
        const made = Result.fromThrowable(upcast)(next.data, before);
        if (made.isErr()) return corrupt(`${next.type} of version ${next.v} cannot be upcast`);
        pending.unshift(...made.value);
      }
      return corrupt(`${stored.type} of version ${stored.v} is upcast without end`);
    },
    isOutdated: (stored) => upcastOf(stored) !== undefined,
  };
};

const versionOf = ({ v = 1 }: { readonly v?: number }): number => v;

const corrupt = (why: string) => err({ type: 'CorruptEvent' as const, why, isUnknown: false });

const unknown = (why: string) => err({ type: 'CorruptEvent' as const, why, isUnknown: true });
