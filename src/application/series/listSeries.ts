import { ResultAsync } from 'neverthrow';
import type * as Registry from '../../domain/registry/index.ts';
import type { Calendar } from '../../domain/calendar.ts';
import type { StreamDependencies } from '../log/eventStreams.ts';
import * as Series from '../../domain/series/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { LoadError } from '../ports/eventStore.ts';
import { loadRegistry } from '../registry/seriesRegistry.ts';
import { createSeriesLog } from './seriesLog.ts';

export type SeriesDependencies = StreamDependencies & {
  readonly clock: Pick<Clock, 'now'>;
  readonly clockSkewMaxMs: number;
  readonly calendar: Calendar;
};

export type SeriesListing = {
  readonly series: string;
  /** The registration; undefined where no worker has registered the series yet. */
  readonly registered: Registry.SeriesRegistration | undefined;
  readonly version: number;
  /** The date of its newest commit, in milliseconds since the epoch. */
  readonly date: number;
  readonly next: { readonly year: number; readonly number: number };
  /** Whether its newest commit is dated too far ahead: no number follows it. */
  readonly isAhead: boolean;
};

/** Lists every series that is registered, and these besides. It reads the end of each. */
export const createListSeries =
  ({ store, ids, clock, clockSkewMaxMs: skewMaxMs, calendar }: SeriesDependencies) =>
  (besides: readonly string[]): ResultAsync<readonly SeriesListing[], LoadError> =>
    loadRegistry(store).andThen(({ registry }) => {
      const names = [...new Set([...registry.keys(), ...besides])];
      return ResultAsync.combine(
        names.map((series) =>
          createSeriesLog(series, { store, ids })
            .head()
            .map(({ state, position }): SeriesListing => {
              const now = clock.now();
              const { year, next: number } = Series.goesOn(state, now, calendar);
              return {
                series,
                registered: registry.get(series),
                version: position.version,
                date: state.date,
                next: { year, number },
                isAhead: Series.isAhead(state, { now, skewMaxMs }),
              };
            }),
        ),
      );
    });
