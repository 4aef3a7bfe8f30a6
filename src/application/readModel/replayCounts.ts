import type { CorruptStream, RecordedCommit, EventStore, LoadError } from '../ports/eventStore.ts';
import type { RowTooLarge, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import * as Order from '../../domain/order/index.ts';
import type { LogSize, ScanBounds, ScanShare, SegmentPlace } from '../log/scanStreams.ts';
import type { RowDifference } from './compareRow.ts';
import type { Clock } from '../ports/clock.ts';

export type ReplayFinding =
  | RowDifference
  /**
   * The invoice is larger than a row may be, so that there is no row. It counts as a difference.
   */
  | RowTooLarge
  /** The stream cannot be read. If it is an order's, its row is left as it is. */
  | { readonly type: 'Unreadable'; readonly streamId: string; readonly corrupt: CorruptStream };

export type ReplayCounts = {
  readonly commits: number;
  readonly invoices: number;
  readonly written: number;
  readonly alreadyThere: number;
  readonly differences: number;
  readonly unreadable: number;
  /** Events that were stored in an older shape, by `type@v`. */
  readonly upcast: Readonly<Record<string, number>>;
};

export type CountedPlace = { readonly place: SegmentPlace; readonly counts: ReplayCounts };

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

export const sumCounts = (all: readonly Partial<ReplayCounts>[]): ReplayCounts => {
  const sum = { ...NO_COUNTS };
  const upcast: Record<string, number> = {};
  for (const counts of all) {
    sum.commits += counts.commits ?? 0;
    sum.invoices += counts.invoices ?? 0;
    sum.written += counts.written ?? 0;
    sum.alreadyThere += counts.alreadyThere ?? 0;
    sum.differences += counts.differences ?? 0;
    sum.unreadable += counts.unreadable ?? 0;
    for (const [shape, count] of Object.entries(counts.upcast ?? {})) {
      upcast[shape] = (upcast[shape] ?? 0) + count;
    }
  }
  return { ...sum, upcast };
};

/** Counts while a page is read. */
export type GrowingReplayCounts = {
  -readonly [K in Exclude<keyof ReplayCounts, 'upcast'>]: number;
} & {
  readonly upcast: Record<string, number>;
};

/** Adds an order's stored events that have an older shape than this code writes. */
export const countUpcasts = (
  upcast: Record<string, number>,
  commits: readonly RecordedCommit[],
  codec: Pick<typeof Order.codec, 'isOutdated'> = Order.codec,
): void => {
  for (const { events } of commits) {
    for (const event of events) {
      if (!codec.isOutdated(event)) continue;
      const shape = `${event.type}@${event.v}`;
      upcast[shape] = (upcast[shape] ?? 0) + 1;
    }
  }
};

/** By their types these have no gateway, queue or notifier: a replay can cause nothing but rows. */
export type ReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly invoices: InvoiceView;
  readonly clock: Clock;
};

export type ReplayProgress = ReplayCounts &
  LogSize & {
    /** The units so far. Pages read again, after throttling or by a resumed run, count again. */
    readonly readUnits: number;
    /** The number of times that a table has throttled a request. */
    readonly throttles: number;
  };

export type ReplayOptions = ScanBounds & {
  /** Without it, this process replays the whole log. */
  readonly share?: ScanShare | undefined;
  /** Writes nothing, and reports every difference instead. */
  readonly dryRun: boolean;
  /** The position of an earlier replay with the same number of segments. */
  readonly from?: ReplayPlace | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called after each page: everything before this place is done. */
  readonly onPlace?: (place: ReplayPlace) => void;
  readonly onFinding?: (finding: ReplayFinding) => void;
};

export type ReplayError = LoadError | ViewError;
