import { ok, safeTry, type Err, type Result, type ResultAsync } from 'neverthrow';
import type * as View from '../../domain/readModel/events.ts';
import type { ReplayFinding, ReplayPlace } from './replayCounts.ts';
import { createCompareTables, type TableComparison } from './compareTables.ts';
import {
  createReplayInvoices,
  type ReplayDependencies,
  type ReplayError,
  type ReplayOptions,
  type ReplayProgress,
} from './replayInvoices.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { InvoiceTables } from '../ports/invoiceView.ts';
import type { ScanBounds } from '../log/scanStreams.ts';
import { KNOWN_FOR_MS } from './currentTable.ts';
import { switchTable, type SwitchError, loadSwitch } from './switchTable.ts';

export type RebuildDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size' | 'head' | 'append'>;
  readonly invoiceTables: InvoiceTables;
  readonly invoicesHome: string;
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'create'>;
};

/** The bound is more than one write takes, with its time-outs and retries. */
const WRITE_MS = 30_000;
/** This long after a switch, nobody writes to the former table any more. */
export const NOTICED_MS = KNOWN_FOR_MS + WRITE_MS;

/** The parts of a rebuild that read the log and can be resumed. */
export type RebuildPart = 'rebuild' | 'catch up';
export type RebuildPhase = RebuildPart | 'compare' | 'wait';

export type RebuildOptions = Pick<ReplayOptions, keyof ScanBounds | 'onProgress'> & {
  readonly table: string;
  /** Without it, nobody reads the rebuilt table yet. */
  readonly switching?: Pick<View.TableSwitch, 'by' | 'because'> & { readonly waitMs: number };
  readonly from?: { readonly part: RebuildPart; readonly place: ReplayPlace };
  readonly onPhase?: (phase: RebuildPhase, ms?: number) => void;
  readonly onPlace?: (part: RebuildPart, place: ReplayPlace) => void;
  /** `rebuilt`: the finding is about the new table. */
  readonly onFinding?: (finding: ReplayFinding, table: 'current' | 'rebuilt') => void;
};

export type RebuildResult = {
  /**
   * `NotSwitched`: the rebuilt table holds rows that differ from the events. `AlreadyCurrent`: that
   * table already holds the invoices, and they were rebuilt in it. `Stopped`: the signal fired.
   */
  readonly outcome: 'Rebuilt' | 'NotSwitched' | 'Switched' | 'AlreadyCurrent' | 'Stopped';
  readonly table: string;
  readonly former: string;
  readonly made: boolean;
  readonly replayed?: ReplayProgress;
  readonly compared?: TableComparison;
  /** The writes to the former table that were applied after the switch. */
  readonly caughtUp?: ReplayProgress;
};

export type RebuildError = ReplayError | SwitchError;

/**
 * Rebuilds the invoices in another table beside the current one, compares both, and switches every
 * process over if that is requested. It may be repeated after a crash at any point: finished work
 * is recognized.
 */
export const createRebuildInto = (dependencies: RebuildDependencies) => {
  const { store, invoiceTables, invoicesHome, clock } = dependencies;
  const compare = createCompareTables({ store, clock });

  const rebuild = async function* (
    options: RebuildOptions,
  ): AsyncGenerator<Err<never, RebuildError>, Result<RebuildResult, RebuildError>> {
    const { table, switching, signal, onPhase, onFinding } = options;
    const rebuilt = invoiceTables.open(table);
    const isStopped = (): boolean => signal?.aborted === true;
    const replay = createReplayPart({ store, clock, invoices: rebuilt }, options);

    /** Applies the writes to the former table until all processes have noticed the switch. */
    const catchUp = async (
      result: RebuildResult,
      at: number,
    ): Promise<Result<RebuildResult, RebuildError>> => {
      const { waitMs } = switching ?? { waitMs: 0 };
      const leftMs = Math.min(Math.max(0, at + waitMs - clock.now()), waitMs);
      if (leftMs > 0) {
        onPhase?.('wait', leftMs);
        await clock.sleep(leftMs, signal);
      }
      const caughtUp = await replay('catch up');
      if (isStopped()) return ok({ ...result, outcome: 'Stopped' });
      return caughtUp.map((progress) => ({ ...result, caughtUp: progress }));
    };

    const loaded = yield* loadSwitch(store);
    const { switched } = loaded;
    const former = switched?.table ?? invoicesHome;
    if (former === table) {
      const { from = table, at = 0 } = switched ?? {};
      return catchUp({ outcome: 'AlreadyCurrent', table, former: from, made: false }, at);
    }

    const made = (yield* invoiceTables.ensure(table)) === 'Created';
    const replayed = yield* await replay('rebuild');
    const replayedResult = { table, former, made, replayed };
    if (isStopped()) return ok({ ...replayedResult, outcome: 'Stopped' });

    onPhase?.('compare');
    const compared = yield* compare(
      { current: invoiceTables.open(former), rebuilt },
      { signal, onDifference: (where, difference) => onFinding?.(difference, where) },
    );
    const result = { ...replayedResult, compared };
    if (isStopped()) return ok({ ...result, outcome: 'Stopped' });
    if (switching === undefined) return ok({ ...result, outcome: 'Rebuilt' });
    if (compared.unfit > 0) return ok({ ...result, outcome: 'NotSwitched' });

    const { by, because } = switching;
    const to = { table, from: former, by, because, at: clock.now() };
    const { at } = yield* switchTable(dependencies, loaded, to);
    return catchUp({ ...result, outcome: 'Switched' }, at);
  };
  return (options: RebuildOptions): ResultAsync<RebuildResult, RebuildError> =>
    safeTry(() => rebuild(options));
};

const createReplayPart = (dependencies: ReplayDependencies, options: RebuildOptions) => {
  const { from, segments, readUnitsPerSecond, signal, onPhase, onProgress, onFinding } = options;
  return async (part: RebuildPart) => {
    onPhase?.(part);
    return createReplayInvoices(dependencies)({
      segments,
      readUnitsPerSecond,
      signal,
      dryRun: false,
      ...(onProgress && { onProgress }),
      from: from?.part === part ? from.place : undefined,
      onPlace: (place) => options.onPlace?.(part, place),
      onFinding: (finding) => onFinding?.(finding, 'current'),
    });
  };
};
