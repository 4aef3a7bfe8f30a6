import type { CorruptStream, RecordedCommit } from '../ports/eventStore.ts';
import type { RowTooLarge } from '../ports/invoiceView.ts';
import * as Order from '../../domain/order/index.ts';
import type { SegmentPlace } from '../log/scanStreams.ts';
import type { RowDifference } from './compareRow.ts';

/** Something that a replay says as it comes to it. */
export type ReplayFinding =
  | RowDifference
  /** No row can hold the invoice, so that there is none. It counts among the differences. */
  | RowTooLarge
  /** Of this stream nothing can be said. If it is an order's, its row is left as it is. */
  | { readonly type: 'Unreadable'; readonly streamId: string; readonly corrupt: CorruptStream };

export type ReplayCounts = {
  readonly commits: number;
  /** Orders with an invoice. */
  readonly invoices: number;
  readonly written: number;
  readonly alreadyThere: number;
  readonly differences: number;
  /** Streams that cannot be read. */
  readonly unreadable: number;
  /** Events that were stored in an older shape, by `type@v`. */
  readonly upcast: Readonly<Record<string, number>>;
};

/** Where one segment has come to, and what was counted in it up to there. */
export type CountedPlace = { readonly place: SegmentPlace; readonly counts: ReplayCounts };

/** Where a replay has come to, so that another may go on from there. */
export type ReplayPlace = {
  readonly segments: readonly CountedPlace[];
  readonly readUnits: number;
  readonly throttles: number;
};

export const NO_COUNTS: ReplayCounts = {
  commits: 0,
  invoices: 0,
  written: 0,
  alreadyThere: 0,
  differences: 0,
  unreadable: 0,
  upcast: {},
};

export const sumCounts = (all: readonly ReplayCounts[]): ReplayCounts =>
  all.reduce(addCounts, NO_COUNTS);

export const addCounts = (one: ReplayCounts, other: Partial<ReplayCounts>): ReplayCounts => ({
  commits: one.commits + (other.commits ?? 0),
  invoices: one.invoices + (other.invoices ?? 0),
  written: one.written + (other.written ?? 0),
  alreadyThere: one.alreadyThere + (other.alreadyThere ?? 0),
  differences: one.differences + (other.differences ?? 0),
  unreadable: one.unreadable + (other.unreadable ?? 0),
  upcast: Object.entries(other.upcast ?? {}).reduce(
    (all, [shape, count]) => ({ ...all, [shape]: (all[shape] ?? 0) + count }),
    one.upcast,
  ),
});

/** How many events of an order's stream were stored in a shape that is older than this code's. */
export const upcastIn = (
  commits: readonly RecordedCommit[],
  codec: Pick<typeof Order.codec, 'isOutdated'> = Order.codec,
): ReplayCounts['upcast'] => {
  const upcast: Record<string, number> = {};
  for (const { events } of commits) {
    for (const event of events) {
      if (!codec.isOutdated(event)) continue;
      const shape = `${event.type}@${event.v}`;
      upcast[shape] = (upcast[shape] ?? 0) + 1;
    }
  }
  return upcast;
};
