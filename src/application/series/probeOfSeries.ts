import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { Probe } from '../ports/probe.ts';
import type { Allocator } from './allocator.ts';

/**
 * Whether numbers could be given again: a worker that may not use its own series stays as it is until a person has
 * seen to it, though the table answers. It reads; what it may add is that they are registered, once and for all.
 */
export const probeOfSeries =
  (allocator: Pick<Allocator, 'warm'>, series: readonly string[], store: Probe): Probe =>
  () =>
    store().andThen(() =>
      ResultAsync.combine(series.map((name) => allocator.warm(name)))
        .map(() => undefined)
        .orElse((error) =>
          error.type === 'Unavailable' || error.type === 'Misconfigured'
            ? errAsync(error)
            : okAsync(undefined),
        ),
    );
