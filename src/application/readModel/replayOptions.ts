import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { InvoiceView, ViewError } from '../ports/invoiceView.ts';
import type { ReplayFinding, ReplayCounts, ReplayPlace } from './replayCounts.ts';

/** No gateway, queue or notifier can be given to it: a replay causes nothing but rows. */
export type ReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly invoices: InvoiceView;
  readonly clock: Clock;
};

export type ReplayProgress = ReplayCounts & {
  /** Roughly how many there are; left out where that cannot be had. */
  readonly commitsTotal?: number;
  /** What was read of the log so far; once more what was read again after a refusal or by a resumed run. */
  readonly readUnits: number;
  /** How often a table refused a request since it was asked for too much. */
  readonly throttles: number;
};

export type ReplayOptions = {
  /** Parts of the log that are read side by side. */
  readonly segments: number;
  /** Writes nothing, and reports every difference instead. */
  readonly dryRun: boolean;
  /** At most so much is read of the log, on the average of a few seconds; without it as fast as it goes. */
  readonly readUnitsPerSecond?: number | undefined;
  /** Where an earlier replay of as many segments had come to. */
  readonly from?: ReplayPlace | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** After each page: what is before this place needs no second look. */
  readonly onPlace?: (place: ReplayPlace) => void;
  readonly onFinding?: (finding: ReplayFinding) => void;
};

export type ReplayError = LoadError | ViewError;
