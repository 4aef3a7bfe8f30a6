import { createCodec, type Codec } from '../codec.ts';
import { list, object, row, string, toRow, whole } from '../decode.ts';
import type { KeyPurpose } from '../personal/index.ts';

/** A key that an erasure ends, and when, in milliseconds since the epoch. */
export type EndedKey = { readonly name: string; readonly endsAt: number };

/** The facts about one person's data, which never name the person beyond the stream's id. */
export type Event =
  /**
   * It is recorded before a key is deleted. The key of what the law wants to be kept ends later.
   */
  {
    readonly type: 'PersonErased';
    readonly data: {
      readonly keys: readonly EndedKey[];
      readonly by: string;
      readonly reason: string;
      /** Milliseconds since the epoch. */
      readonly at: number;
    };
  };

const KEY_PARTS = { name: string, endsAt: whole } as const;

export const codec: Codec<Event> = createCodec<Event>({
  PersonErased: {
    decode: object({ keys: list(row(KEY_PARTS)), by: string, reason: string, at: whole }),
    encode: ({ keys, ...data }) => ({ ...data, keys: keys.map(toRow(KEY_PARTS)) }),
  },
});

/** Every erasure, the oldest first. */
export type State = readonly Event['data'][];

export const initialState: State = [];

export const evolve = (state: State, { data }: Event): State => [...state, data];

/**
 * The parts of a key on which its end depends. A key for invoices is of one calendar year (UTC).
 */
type KeyAge = { readonly purpose: KeyPurpose; readonly year?: number };

/**
 * When an erasure ends a key, in milliseconds since the epoch: at once, except where the law wants
 * an invoice to be kept. Then it ends so many calendar years after the one in which the invoice was
 * issued.
 */
export const endOf = ({ year }: KeyAge, now: number, retentionYears: number): number =>
  year === undefined ? now : Math.max(now, Date.UTC(year + 1 + retentionYears, 0, 1));
