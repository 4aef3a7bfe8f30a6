import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { InvoiceView, ViewError } from '../ports/invoiceView.ts';
import type { ReplayFinding, ReplayCounts, ReplayPlace } from './replayCounts.ts';

/** These types have no gateway, queue or notifier: a replay can cause nothing but rows. */
export type ReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly invoices: InvoiceView;
  readonly clock: Clock;
};

export type ReplayProgress = ReplayCounts & {
  /** The approximate number of commits; absent where it is not known. */
  readonly commitsTotal?: number;
  /**
   * The units read from the log so far. Pages that were read again, after throttling or by a
   * resumed run, count again.
   */
  readonly readUnits: number;
  /** How often a table has throttled a request. */
  readonly throttles: number;
};

export type ReplayOptions = {
  /** The number of parts of the log that are read in parallel. */
  readonly segments: number;
  /** Writes nothing, and reports every difference instead. */
  readonly dryRun: boolean;
  /**
   * The maximum that is read from the log, averaged over a few seconds; without it there is no
   * limit.
   */
  readonly readUnitsPerSecond?: number | undefined;
  /** The position of an earlier replay with the same number of segments. */
  readonly from?: ReplayPlace | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called after each page: everything before this place is done. */
  readonly onPlace?: (place: ReplayPlace) => void;
  readonly onFinding?: (finding: ReplayFinding) => void;
};

export type ReplayError = LoadError | ViewError;
