import { errAsync, ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/memory/clock.ts';
import { createMemoryCommitTable } from '../../src/adapters/memory/commitTable.ts';
import { exponentialMs } from '../../src/application/delivery/backoff.ts';
import { LIMITS } from './limits.ts';
import { race, seriesUnitsOf, type Race } from './race.ts';

/** Two ways of 2 ms: DynamoDB answers in single-digit milliseconds. */
const ONE_WAY_MS = 2;
const DURATION_MS = 3_000;
/** As the batcher of `src/application/batcher.ts` repeats what is throttled. */
const TRIES_MAX = 3;
const PAUSE_MS = 50;
const START = Date.UTC(2027, 0, 1);

export type SeriesLoad = {
  readonly ratePerSecond: number;
  readonly processes: number;
  readonly slots: number;
};

/** The allocators themselves, on a virtual clock, with a partition that has DynamoDB's limits. */
export const simulateSeries = async (load: SeriesLoad): Promise<Race> => {
  const { ratePerSecond, processes, slots } = load;
  const clock = createVirtualClock(START);
  const table = onePartition(clock);
  const tables = Array.from({ length: processes }, () => table);
  const raced = race({ tables, clock, slots, ratePerSecond, durationMs: DURATION_MS });
  await clock.advance(DURATION_MS + 1);
  return raced;
};

const onePartition = (clock: VirtualClock): CommitTable => {
  const memory = createMemoryCommitTable();
  const budget = createBudget(clock, LIMITS.partitionWrites.value);
  const travel = <T, E>(act: () => ResultAsync<T, E>): ResultAsync<T, E> =>
    new ResultAsync(
      (async () => {
        await clock.sleep(ONE_WAY_MS);
        const answer = await act();
        await clock.sleep(ONE_WAY_MS);
        return answer;
      })(),
    );
  const insert = (
    item: Parameters<CommitTable['insert']>[0],
    tries = 1,
  ): ReturnType<CommitTable['insert']> => {
    // A write that finds its key taken costs what it would have cost.
    if (budget.take(seriesUnitsOf(item))) return memory.insert(item);
    if (tries === TRIES_MAX) return errAsync(THROTTLED);
    const pause = clock.sleep(exponentialMs(tries, { baseMs: PAUSE_MS }));
    return ResultAsync.fromSafePromise(pause).andThen(() => insert(item, tries + 1));
  };
  return {
    ...memory,
    insert: (item) => travel(() => insert(item)),
    readPage: (...query) => travel(() => memory.readPage(...query)),
    readLast: (streamId) => travel(() => memory.readLast(streamId)),
  };
};

const THROTTLED = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'the partition is throttled',
  throttled: true,
} as const;

/** Units as they come, one second of them at most. */
const createBudget = (clock: VirtualClock, unitsPerSecond: number) => {
  let left = 0;
  let at = clock.now();
  return {
    take: (units: number): boolean => {
      const now = clock.now();
      left = Math.min(unitsPerSecond, left + ((now - at) * unitsPerSecond) / 1_000);
      at = now;
      if (left < units) return false;
      left -= units;
      return true;
    },
  };
};
