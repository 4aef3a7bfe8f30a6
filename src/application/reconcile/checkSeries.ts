import { err, ok, type Result } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { AppendError, EventStore, LoadError } from '../ports/eventStore.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { lostCommits } from '../series/openSeries.ts';
import { createSeriesLog, placesIn, type SeriesCommit } from '../series/seriesLog.ts';
import { checkNumbers, isAwaited, type NumberFinding, type NumberToCheck } from './checkNumbers.ts';
import { createCursor, type Cursor, type LoadedCursor } from './cursor.ts';
import { createLoadOrder, type LoadOrder } from './loadOrder.ts';

/**
 * Numbers younger than this are not checked: a healthy worker documents a number within a second,
 * and the message of one that died shows again after a minute (its visibility), to be retried with
 * some backoff.
 */
export const GRACE_MS = 300_000;
/** The commits read at once, of 500 entries each at most, so that a page is some MB. */
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

export type SeriesCheckError = Exclude<AppendError, { readonly type: 'Conflict' }> | LoadError;

export type CheckSeries = (
  options: SeriesCheckOptions,
) => Promise<Result<SeriesReport, SeriesCheckError>>;

export type CheckSeriesDependencies = {
  readonly store: EventStore;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'now'>;
};

/** C8: from the stored cursor on, every number older than the grace time must have its document. */
export const createCheckSeries = (series: string, deps: CheckSeriesDependencies): CheckSeries => {
  const { clock } = deps;
  const log = createSeriesLog(series, deps);
  const cursor = createCursor(series, deps);
  const loadOrder = createLoadOrder(deps);

  return async (options) => {
    const head = await log.head();
    if (head.isErr()) return err(head.error);
    const end = head.value.position.version;
    const loaded = await cursor.load();
    if (loaded.isErr()) return err(loaded.error);
    const stored = loaded.value;
    if (stored.state.upTo > end) return err(lostCommits(series, end, stored.state.upTo));

    const run = createRun({ series, end, cursor, stored, loadOrder, options });
    const again = await run.checkAwaited();
    if (again.isErr()) return err(again.error);
    for (let commits = 0; commits < options.commitsMax && run.upTo() < end && !run.isEnded();) {
      const commitsMax = Math.min(PAGE_COMMITS, options.commitsMax - commits);
      const page = await log.page(run.upTo(), commitsMax);
      if (page.isErr()) return err(page.error);
      const old = page.value.slice(0, firstYoung(page.value, clock.now()));
      const passed = await run.checkPage(old);
      if (passed.isErr()) return err(passed.error);
      commits += old.length;
      // The rest is too young, or too much in it has no document yet.
      if (old.length < page.value.length || passed.value < old.length) break;
    }
    return ok(run.report());
  };
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

  /** Undefined if the signal fired meanwhile: the cursor must not pass unchecked numbers. */
  const check = async (
    wanted: readonly NumberToCheck[],
  ): Promise<Result<readonly NumberFinding[] | undefined, SeriesCheckError>> => {
    const found = await checkNumbers(wanted, { series, loadOrder, signal });
    if (found.isErr()) return err(found.error);
    if (isEnded()) return ok(undefined);
    numbers += wanted.length;
    findings.push(...found.value);
    if (found.value.length > 0) await options.onFindings(found.value);
    return ok(found.value);
  };

  const moveTo = async (next: Reconcile.State): Promise<Result<void, SeriesCheckError>> => {
    state = next;
    // A check from the start must not move the stored cursor back.
    if (dryRun || next.upTo < stored.state.upTo || isSameState(next, saved.state)) return ok();
    const answer = await cursor.save(saved, next);
    if (answer.isOk()) saved = answer.value;
    else if (answer.error.type === 'Conflict') overtaken = true;
    else return err(answer.error);
    return ok();
  };

  return {
    isEnded,
    upTo: (): number => state.upTo,
    report: (): SeriesReport => {
      const { upTo } = state;
      return { series, from: start.upTo, upTo, end, numbers, findings, overtaken };
    },
    /** Checks the numbers again that had no document in earlier runs. */
    checkAwaited: async (): Promise<Result<void, SeriesCheckError>> => {
      const found = await check(start.awaited);
      if (found.isErr()) return err(found.error);
      if (found.value === undefined) return ok();
      const awaited = found.value.filter(isAwaited).map(({ number }) => number);
      return moveTo({ ...start, awaited });
    },
    /** Gives how many commits were passed. */
    checkPage: async (
      commits: readonly SeriesCommit[],
    ): Promise<Result<number, SeriesCheckError>> => {
      const found = await check(commits.flatMap((commit) => numbersIn(series, commit)));
      if (found.isErr()) return err(found.error);
      if (found.value === undefined) return ok(0);
      const before = state.upTo;
      const moved = await moveTo(Reconcile.advance(state, byCommit(commits, found.value)));
      if (moved.isErr()) return err(moved.error);
      options.onProgress({ series, upTo: state.upTo, end });
      return ok(state.upTo - before);
    },
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
