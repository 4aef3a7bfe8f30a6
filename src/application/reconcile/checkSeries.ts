import { err, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import type { StreamDependencies } from '../log/eventStreams.ts';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { RecordError } from '../ports/eventStore.ts';
import type { Clock } from '../ports/clock.ts';
import { lostCommits } from '../series/openSeries.ts';
import { createSeriesLog, placesIn, type SeriesCommit } from '../series/seriesLog.ts';
import { checkNumbers, isAwaited, type NumberFinding, type NumberToCheck } from './checkNumbers.ts';
import { createCursor, type Cursor, type LoadedCursor } from './cursor.ts';
import { createLoadOrder, type LoadOrder } from '../log/loadOrder.ts';

/**
 * Numbers younger than this are not checked: a healthy worker documents a number within a second,
 * and the message of one that died shows again after a minute (its visibility), to be retried with
 * some backoff.
 */
export const GRACE_MS = 300_000;
/** The number of commits read at once, of 500 entries each at most, so that a page has some MB. */
const PAGE_COMMITS = 50;

export type SeriesReport = {
  readonly series: string;
  /**
   * Versions of the series: where this round began, how far it came, and where the series ended.
   */
  readonly from: number;
  readonly upTo: number;
  readonly end: number;
  readonly numbers: number;
  readonly findings: readonly NumberFinding[];
  /** Another reconciler has gone on from the same cursor. Its cursor counts. */
  readonly overtaken: boolean;
};

export type SeriesCheckOptions = {
  readonly fromStart: boolean;
  readonly dryRun: boolean;
  readonly commitsMax: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called before the cursor passes a page, so that after a crash its findings are reported again.
   */
  readonly onFindings: (findings: readonly NumberFinding[]) => Promise<void>;
  readonly onProgress: (progress: Pick<SeriesReport, 'series' | 'upTo' | 'end'>) => void;
};

export type CheckSeries = (options: SeriesCheckOptions) => ResultAsync<SeriesReport, RecordError>;

export type CheckSeriesDependencies = StreamDependencies & { readonly clock: Pick<Clock, 'now'> };

/** C8: from the stored cursor on, every number older than the grace time must have its document. */
export const createCheckSeries = (series: string, deps: CheckSeriesDependencies): CheckSeries => {
  const { clock } = deps;
  const log = createSeriesLog(series, deps);
  const cursor = createCursor(series, deps);
  const loadOrder = createLoadOrder(deps);

  return (options) =>
    safeTry(async function* () {
      const { position } = yield* log.head();
      const end = position.version;
      const stored = yield* cursor.load();
      if (stored.state.upTo > end) return err(lostCommits(series, end, stored.state.upTo));

      const run = createRun({ series, end, cursor, stored, loadOrder, options });
      yield* run.checkAwaited();
      for (let commits = 0; commits < options.commitsMax && run.upTo() < end && !run.isEnded();) {
        const commitsMax = Math.min(PAGE_COMMITS, options.commitsMax - commits);
        const page = yield* log.page(run.upTo(), commitsMax);
        const old = page.slice(0, firstYoung(page, clock.now()));
        const passed = yield* run.checkPage(old);
        commits += old.length;
        // The rest is too young, or too much in it has no document yet.
        if (old.length < page.length || passed < old.length) break;
      }
      return ok(run.report());
    });
};

type RunParts = {
  readonly series: string;
  readonly end: number;
  readonly cursor: Pick<Cursor, 'save'>;
  readonly stored: LoadedCursor;
  readonly loadOrder: LoadOrder;
  readonly options: SeriesCheckOptions;
};

/** One run over a series: its position, which it saves after each step, and its findings. */
const createRun = ({ series, end, cursor, stored, loadOrder, options }: RunParts) => {
  const { signal, dryRun } = options;
  const start = options.fromStart ? Reconcile.initialState : stored.state;
  const findings: NumberFinding[] = [];
  let saved = stored;
  let state = start;
  let numbers = 0;
  let overtaken = false;
  const isEnded = (): boolean => overtaken || signal?.aborted === true;

  /**
   * Checks numbers. Undefined if the signal fired meanwhile: the cursor must not pass unchecked
   * numbers.
   */
  const check = (
    wanted: readonly NumberToCheck[],
  ): ResultAsync<readonly NumberFinding[] | undefined, RecordError> =>
    safeTry(async function* () {
      const found = yield* checkNumbers(wanted, { series, loadOrder, signal });
      if (isEnded()) return ok(undefined);
      numbers += wanted.length;
      findings.push(...found);
      if (found.length > 0) await options.onFindings(found);
      return ok(found);
    });

  const moveTo = (next: Reconcile.State): ResultAsync<void, RecordError> => {
    state = next;
    // A check from the start must not move the stored cursor back.
    const isBehind = next.upTo < stored.state.upTo;
    if (dryRun || isBehind || isSameState(next, saved.state)) return okAsync(undefined);
    return cursor
      .save(saved, next)
      .map((moved) => void (saved = moved))
      .orElse((error) => {
        if (error.type !== 'Conflict') return err(error);
        overtaken = true;
        return ok(undefined);
      });
  };

  return {
    isEnded,
    upTo: (): number => state.upTo,
    report: (): SeriesReport => {
      const { upTo } = state;
      return { series, from: start.upTo, upTo, end, numbers, findings, overtaken };
    },
    /** Checks the numbers again that had no document in earlier runs. */
    checkAwaited: (): ResultAsync<void, RecordError> =>
      check(start.awaited).andThen((found) => {
        if (found === undefined) return okAsync(undefined);
        const awaited = found.filter(isAwaited).map(({ number }) => number);
        return moveTo({ ...start, awaited });
      }),
    checkPage: (commits: readonly SeriesCommit[]): ResultAsync<number, RecordError> =>
      check(commits.flatMap((commit) => numbersIn(series, commit))).andThen((found) => {
        if (found === undefined) return okAsync(0);
        const before = state.upTo;
        return moveTo(Reconcile.advance(state, byCommit(commits, found))).map(() => {
          options.onProgress({ series, upTo: state.upTo, end });
          return state.upTo - before;
        });
      }),
  };
};

/** The dates of a series never fall, so that everything behind the first young commit is young. */
const firstYoung = (commits: readonly SeriesCommit[], now: number): number => {
  const at = commits.findIndex(({ event }) => now - event.data.date < GRACE_MS);
  return at === -1 ? commits.length : at;
};

const numbersIn = (series: string, commit: SeriesCommit): readonly NumberToCheck[] =>
  placesIn(series, commit).map(
    ({ id, label, numbered: { year, number, date, seriesVersion } }) => ({
      id,
      year,
      number,
      date,
      seriesVersion,
      label,
    }),
  );

const byCommit = (
  commits: readonly SeriesCommit[],
  findings: readonly NumberFinding[],
): readonly Reconcile.CheckedRange[] =>
  commits.map(({ version }) => ({
    version,
    awaited: findings
      .filter((finding) => isAwaited(finding) && finding.number.seriesVersion === version)
      .map(({ number }) => number),
  }));

const isSameState = (one: Reconcile.State, other: Reconcile.State): boolean =>
  one.upTo === other.upTo &&
  one.awaited.length === other.awaited.length &&
  one.awaited.every(({ id }, at) => id === other.awaited[at]?.id);
