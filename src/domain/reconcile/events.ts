import type { AllocatedNumber } from '../series/events.ts';
import { createCodec, type Codec } from '../codec.ts';
import { list, object, row, string, toRow, whole } from '../decode.ts';

/** A number that was given, and whose document is not in its order's stream yet. */
export type AwaitedNumber = Pick<AllocatedNumber, 'year' | 'number' | 'date' | 'seriesVersion'> & {
  /** The id in the series: `<orderId>`, or `<orderId>#<refundId>`. */
  readonly id: string;
};

/**
 * The point up to which one series was checked. A new reconciler goes on from the newest of these.
 */
export type Event = {
  /** Every number up to this version has its document, except those that are awaited. */
  readonly type: 'NumbersChecked';
  readonly data: { readonly upTo: number; readonly awaited: readonly AwaitedNumber[] };
};

const AWAITED_PARTS = {
  id: string,
  year: whole,
  number: whole,
  date: whole,
  seriesVersion: whole,
} as const;

export const codec: Codec<Event> = createCodec<Event>({
  NumbersChecked: {
    decode: object({ upTo: whole, awaited: list(row(AWAITED_PARTS)) }),
    encode: ({ upTo, awaited }) => ({ upTo, awaited: awaited.map(toRow(AWAITED_PARTS)) }),
  },
});

export type State = {
  /** A version of the series; 0 before anything was checked. */
  readonly upTo: number;
  readonly awaited: readonly AwaitedNumber[];
};

export const initialState: State = { upTo: 0, awaited: [] };

/** Each event holds everything, so that reading the newest is enough. */
const evolve = (_state: State, event: Event): State => {
  switch (event.type) {
    case 'NumbersChecked':
      return event.data;
  }
};

export const fold = (events: readonly Event[]): State => events.reduce(evolve, initialState);

/**
 * The maximum number of awaited numbers, some 100 bytes each in every event. Each stands for a
 * worker that died between two appends, so that more of them mean that something is broken which a
 * person has to fix first.
 */
export const AWAITED_MAX = 200;

/** The result for one commit of the series: the numbers in it that still have no document. */
export type CheckedRange = { readonly version: number; readonly awaited: readonly AwaitedNumber[] };

/**
 * Advances over these commits, and keeps what is awaited in them. Where there is no room to keep
 * it, the cursor stays before that commit, which is then checked again as a whole.
 */
export const advance = (state: State, commits: readonly CheckedRange[]): State => {
  let { upTo, awaited } = state;
  for (const commit of commits) {
    if (awaited.length + commit.awaited.length > AWAITED_MAX) break;
    upTo = commit.version;
    awaited = [...awaited, ...commit.awaited];
  }
  return { upTo, awaited };
};

/**
 * The point up to which the gateway's own list of events was read. A reconciler goes on from the
 * newest.
 */
export type GatewayEventsRead = {
  readonly type: 'GatewayEventsRead';
  /** Every event that happened before it, in milliseconds since the epoch, was looked at. */
  readonly data: { readonly upTo: number };
};

export const gatewayEventsCodec: Codec<GatewayEventsRead> = createCodec<GatewayEventsRead>({
  GatewayEventsRead: { decode: object({ upTo: whole }) },
});
