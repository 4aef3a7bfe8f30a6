import { err, ok, type Result } from 'neverthrow';
import * as Reconcile from '../../domain/reconcile/index.ts';
import type { AppendError, EventStore, LoadError } from '../ports/eventStore.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { lostCommits } from '../series/seriesReader.ts';
import { createSeriesLog, placesIn, type SeriesCommit } from '../series/seriesLog.ts';
import { checkNumbers, isAwaited, type NumberFinding, type NumberToCheck } from './checkNumbers.ts';
import { createCursor, type LoadedCursor } from './cursor.ts';
import { createLoadOrder } from './loadOrder.ts';

/**
 * Numbers younger than this are not looked at: a worker that is well documents a number within a second, and
 * the message of one that died shows again after a minute (its visibility), to be retried with some backoff.
 */
export const GRACE_MS = 300_000;
/** Read at once; of 500 entries each at most, so that a page is some MB. */
const PAGE_COMMITS = 50;

export type SeriesReport = {
  readonly series: string;
  /** Versions of the series: where this round began, how far it came, and where the series ended then. */
  readonly from: number;
  readonly upTo: number;
  readonly end: number;
  readonly numbers: number;
  readonly findings: readonly NumberFinding[];
  /** Another reconciler has gone on from the same cursor. What it wrote counts. */
  readonly overtaken: boolean;
};

export type SeriesCheckOptions = {
  readonly fromStart: boolean;
  readonly dryRun: boolean;
  /** How many commits of the series are read at most. */
  readonly commitsMax: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of each page's findings before the cursor passes it, so that a crash in between tells them again. */
  readonly onFindings: (findings: readonly NumberFinding[]) => Promise<void>;
  readonly onProgress: (progress: Pick<SeriesReport, 'series' | 'upTo' | 'end'>) => void;
};

export type SeriesCheckError = Exclude<AppendError, { readonly type: 'Conflict' }> | LoadError;

export type CheckSeries = (
  options: SeriesCheckOptions,
) => Promise<Result<SeriesReport, SeriesCheckError>>;

/** C8: from the stored cursor on, every number older than the grace time must have its document. */
export const createCheckSeries = (
  series: string,
  deps: { readonly store: EventStore; readonly ids: Ids; readonly clock: Pick<Clock, 'now'> },
): CheckSeries => {
  const { clock } = deps;
  const stream = createSeriesLog(series, deps);
  const cursor = createCursor(series, deps);
  const loadOrder = createLoadOrder(deps);

  return async (options) => {
    const { signal, dryRun } = options;
    const tip = await stream.tip();
    if (tip.isErr()) return err(tip.error);
    const end = tip.value.position.version;
    const loaded = await cursor.load();
    if (loaded.isErr()) return err(loaded.error);
    let held: LoadedCursor = loaded.value;
    const stored = held.state.upTo;
    if (stored > end) return err(lostCommits(series, end, stored));

    const start = options.fromStart ? Reconcile.initialState : held.state;
    const findings: NumberFinding[] = [];
    let state = start;
    let numbers = 0;
    let overtaken = false;
    const isEnded = (): boolean => overtaken || signal?.aborted === true;

    /** Gives nothing where the signal fired meanwhile: what was not looked at must not be passed. */
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

    const save = async (): Promise<Result<void, SeriesCheckError>> => {
      // Checking all anew, what was passed before is behind the cursor, and must stay there.
      if (dryRun || state.upTo < stored || isSameNumber(state, held.state)) return ok();
      const saved = await cursor.save(held, state);
      if (saved.isOk()) held = saved.value;
      else if (saved.error.type === 'Conflict') overtaken = true;
      else return err(saved.error);
      return ok();
    };

    const again = await check(start.awaited);
    if (again.isErr()) return err(again.error);
    if (again.value !== undefined) {
      state = { ...start, awaited: again.value.filter(isAwaited).map(({ number }) => number) };
      const saved = await save();
      if (saved.isErr()) return err(saved.error);
    }

    for (let commits = 0; commits < options.commitsMax && state.upTo < end && !isEnded();) {
      const commitsMax = Math.min(PAGE_COMMITS, options.commitsMax - commits);
      const page = await stream.page(state.upTo, commitsMax);
      if (page.isErr()) return err(page.error);
      const old = page.value.slice(0, firstYoung(page.value, clock.now()));
      const found = await check(old.flatMap((commit) => numbersIn(series, commit)));
      if (found.isErr()) return err(found.error);
      if (found.value === undefined) break;
      const before = state.upTo;
      state = Reconcile.advance(state, byCommit(old, found.value));
      const saved = await save();
      if (saved.isErr()) return err(saved.error);
      options.onProgress({ series, upTo: state.upTo, end });
      commits += old.length;
      // The rest is too young, or there is no room to await what is missing in it.
      if (old.length < page.value.length || state.upTo < before + old.length) break;
    }
    return ok({ series, from: start.upTo, upTo: state.upTo, end, numbers, findings, overtaken });
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

const isSameNumber = (one: Reconcile.State, other: Reconcile.State): boolean =>
  one.upTo === other.upTo &&
  one.awaited.length === other.awaited.length &&
  one.awaited.every(({ id }, at) => id === other.awaited[at]?.id);
