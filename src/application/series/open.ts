import { err, ok, type Result } from 'neverthrow';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream } from '../ports/eventStore.ts';
import type { Misconfiguration } from '../ports/failures.ts';
import type { SeriesRegistry } from '../registry/seriesRegistry.ts';
import type { OpenError } from './allocator.ts';
import type { SeriesCache } from './cache.ts';
import type { SeriesReader } from './seriesReader.ts';
import { seriesStreamId, type SeriesHead } from './seriesLog.ts';
import type { AllocatorSettings } from './settings.ts';

/** A series whose end and print are known. */
export type OpenedSeries = {
  readonly range: SeriesCache;
  readonly format: Series.NumberFormat;
  /** Why nothing may be numbered behind the tip as it is now, by the clock of this moment. */
  readonly refused: () => Misconfiguration | CorruptStream | undefined;
};

/** Reads where a series ends and how it is printed; of both, what is known is not read again. */
export const createOpen =
  (
    series: string,
    {
      reader,
      registry,
      clock,
      settings: { skewMaxMs },
    }: {
      readonly reader: SeriesReader;
      readonly registry: SeriesRegistry;
      readonly clock: Pick<Clock, 'now'>;
      readonly settings: Pick<AllocatorSettings, 'skewMaxMs'>;
    },
  ) =>
  async (): Promise<Result<OpenedSeries, OpenError>> => {
    const [warm, format] = await Promise.all([reader.warm(), registry.formatOf(series)]);
    if (warm.isErr()) return err(warm.error);
    if (format.isErr()) return err(format.error);
    const range = warm.value;
    const corrupt = (why: string): CorruptStream => ({
      type: 'CorruptStream',
      streamId: seriesStreamId(series),
      version: range.tip().position.version,
      why,
    });
    return ok({
      range,
      format: format.value,
      refused: () => {
        const tip = range.tip();
        const registered = Series.textOf(format.value);
        if (tip.state.format !== '' && tip.state.format !== registered) {
          return corrupt(`is printed as ${tip.state.format}, and registered as ${registered}`);
        }
        const now = clock.now();
        if (!Series.isAhead(tip.state, { now, skewMaxMs })) return undefined;
        const cause = aheadText(series, tip, now);
        // Without its own series a worker can do nothing; another one's is the trouble of the orders in it.
        return registry.isOurs(series)
          ? { type: 'Misconfigured', dependency: 'EventStore', cause }
          : corrupt(cause);
      },
    });
  };

/** In words for an alarm and for the doctor. What a clock wrote is for ever, so that only a new series helps. */
export const aheadText = (series: string, { state, position }: SeriesHead, now: number): string =>
  `the series ${series} ends at ${new Date(state.date).toISOString()} (version ${position.version}), ` +
  `and this clock says ${new Date(now).toISOString()}: set this clock, or give documents a series with a new name ` +
  'if it was the other clock that was wrong';
