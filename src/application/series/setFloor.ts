import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import { BY_CHARACTERS_MAX, textMistakes } from '../personText.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import { loadRegistry } from '../registry/seriesRegistry.ts';
import { aheadText } from './openSeries.ts';
import type { SeriesDependencies } from './listSeries.ts';
import { createSeriesLog } from './seriesLog.ts';

const REASON_CHARACTERS_MAX = 500;

export type FloorRequest = {
  readonly series: string;
  readonly above: number;
  /** If given, it must be the year in which the series goes on. */
  readonly year?: number | undefined;
  readonly by: string;
  readonly reason: string;
  readonly dryRun: boolean;
};

/** `Kept`: none of those numbers would be allocated. `Foreseen`: as `Set`, in a dry run. */
export type FloorChange = {
  readonly type: 'Set' | 'Kept' | 'Foreseen';
  readonly series: string;
  readonly year: number;
  readonly before: number;
  readonly next: number;
};

export type FloorRefusal = { readonly type: 'FloorRefused'; readonly why: readonly string[] };

export type FloorError = FloorRefusal | AppendError | LoadError;

/** The appends that may be lost to allocators that number at the same moment. */
const CONFLICTS_MAX = 20;

/**
 * Keeps numbers that customers hold already from being allocated again, after a log was restored
 * that lacks them. It allocates no number and makes no document; it explains the gap that it leaves
 * (ADR 0023).
 */
export const createSetFloor =
  ({ store, ids, clock, clockSkewMaxMs: skewMaxMs, calendar }: SeriesDependencies) =>
  (wish: FloorRequest): ResultAsync<FloorChange, FloorError> =>
    safeTry(async function* () {
      const { series, above, by, reason, dryRun } = wish;
      const wrong = [
        ...textMistakes('by', by, BY_CHARACTERS_MAX),
        ...textMistakes('reason', reason, REASON_CHARACTERS_MAX),
        ...(Series.isSeriesName(series) ? [] : ['the series is not a name of one']),
        ...(Number.isSafeInteger(above) && above >= 1 && above <= Series.FLOOR_MAX
          ? []
          : [`the number is not a whole one from 1 to ${Series.FLOOR_MAX}`]),
      ];
      if (wrong.length > 0) return err(refused(...wrong));
      const log = createSeriesLog(series, { store, ids });
      for (let conflicts = 0; ; conflicts += 1) {
        const head = yield* log.head();
        if (head.position.version === 0) {
          const { registry } = yield* loadRegistry(store);
          if (!registry.has(series)) {
            return err(
              refused(`there is no series ${series}: a worker registers those of its settings`),
            );
          }
        }
        const now = clock.now();
        if (Series.isAhead(head.state, { now, skewMaxMs })) {
          return err(refused(aheadText(series, head, now)));
        }
        const { year, next: before } = Series.goesOn(head.state, now, calendar);
        if (wish.year !== undefined && wish.year !== year) {
          return err(
            refused(`the next number of ${series} is one of ${year}, not of ${wish.year}`),
          );
        }
        const event = Series.setFloor(head.state, { above, now, by, reason, calendar });
        const about = { series, year, before };
        if (event === undefined) return ok({ type: 'Kept' as const, ...about, next: before });
        if (dryRun) return ok({ type: 'Foreseen' as const, ...about, next: above + 1 });
        const appended = await log.append(head, event);
        if (appended.isOk()) return ok({ type: 'Set' as const, ...about, next: above + 1 });
        if (appended.error.type !== 'Conflict' || conflicts === CONFLICTS_MAX) {
          return err(appended.error);
        }
      }
    });

const refused = (...why: readonly string[]): FloorRefusal => ({ type: 'FloorRefused', why });
