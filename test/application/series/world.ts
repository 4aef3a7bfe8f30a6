import { expect } from 'chai';
import { err, Result, ResultAsync } from 'neverthrow';
import type { CommitTable } from '../../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type {
  AllocationError,
  Allocator,
  DocumentClosed,
} from '../../../src/application/series/allocator.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import { seriesStreamId } from '../../../src/application/series/seriesLog.ts';
import {
  DEFAULT_ALLOCATOR_SETTINGS,
  type AllocatorSettings,
} from '../../../src/application/series/settings.ts';
import * as Series from '../../../src/domain/series/index.ts';
import type { Fault } from '../../simulation/faults.ts';
import { must } from '../../support/commits.ts';
import { anyRegistry } from '../../support/orderContext.ts';

export const SERIES = 'INV';
/** Clocks here are up to a day apart, and dates must never fall for that. */
const DAYS_MS = 3 * 86_400_000;

/** The calls that an allocator makes of a table. */
export type Step = 'insert' | 'read' | 'page' | 'head';

const never = <T>(): Promise<T> => new Promise(() => undefined);

export type AllocatorProcess = {
  readonly allocator: Allocator;
  /** What one call comes to, be it that the process dies over it. */
  outcome<T>(
    call: ResultAsync<T, AllocationError | DocumentClosed>,
  ): Promise<Result<T, AllocationError | DocumentClosed> | 'crashed'>;
};

/**
 * One table and allocators that come and go. Every call of an allocator takes its turn before and
 * after it is done, so that any interleaving can happen, and may meet a fault. `now` is read by
 * all, each with an error of its own.
 */
export const createSeriesWorld = (world: {
  readonly table: CommitTable;
  readonly turn: (label: string) => Promise<unknown>;
  readonly now: () => number;
  readonly settings?: Partial<AllocatorSettings>;
}) => {
  const { table, turn } = world;
  const seen = new Set<string>();
  const late: Promise<unknown>[] = [];
  let started = 0;

  const start = (fault: (step: Step) => Fault, skewMs = 0): AllocatorProcess => {
    let dead = false;
    const { promise: died, resolve: die } = Promise.withResolvers<'crashed'>();
    const crash = <T>(): Promise<T> => {
      dead = true;
      die('crashed');
      return never<T>();
    };

    const call = <T, E>(label: Step, act: () => ResultAsync<T, E>, failures: Failures<E>) => {
      const run = async (): Promise<Result<T, E>> => {
        if (dead) return never();
        const met = fault(label);
        seen.add(`${label}: ${met}`);
        await turn(`${label}: ${met}`);
        if (dead) return never();
        if (met === 'crash before') return crash();
        if (met === 'reject') return err(failures.reject);
        if (met === 'late') {
          late.push(turn(`${label}: lands late`).then(() => act()));
          return err(failures.lost);
        }
        const first = await act();
        const result = met === 'repeat' ? await act() : first;
        if (met === 'crash after') return crash();
        await turn(`${label}: answered`);
        if (dead) return never();
        return met === 'lose' ? err(failures.lost) : result;
      };
      return new ResultAsync(run());
    };

    const faulty: CommitTable = {
      ...table,
      insert: (item) =>
        call('insert', () => table.insert(item), {
          reject: away,
          lost: { type: 'Ambiguous', cause: 'the answer was lost' },
        }),
      read: (key) => call('read', () => table.read(key), readFailures),
      readPage: (...query) => call('page', () => table.readPage(...query), readFailures),
      readLast: (streamId) => call('head', () => table.readLast(streamId), readFailures),
    };
    started += 1;
    const clock = {
      now: () => world.now() + skewMs,
      sleep: async () => {
        await turn('linger');
        if (dead) await never();
      },
    };
    const store = createEventStore(faulty, clock);
    const settings = { ...DEFAULT_ALLOCATOR_SETTINGS, skewMaxMs: DAYS_MS, ...world.settings };
    const registry = anyRegistry();
    const allocator = createAllocator({
      store,
      clock,
      registry,
      ids: createMemoryIds(started),
      settings,
    });
    return { allocator, outcome: (called) => Promise.race([called, died]) };
  };

  return { start, seen, settleLate: () => Promise.all(late) };
};

type Failures<E> = { readonly reject: E; readonly lost: E };
const away = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: 'away',
  throttled: false,
} as const;
const readFailures: Failures<typeof away> = { reject: away, lost: away };

/** Everything that a series says, read whole, in order. */
export const readSeries = async (table: CommitTable): Promise<readonly Series.SeriesPlace[]> => {
  const store = createEventStore(table, { now: () => 0 });
  const { commits } = await must(store.load(seriesStreamId(SERIES)));
  const read = commits.map(({ version, events: [stored] }) =>
    Series.codec
      .decode(stored)
      .map((events) =>
        events.flatMap((event) =>
          Series.placesOf(event, { series: SERIES, seriesVersion: version }),
        ),
      ),
  );
  return (await must(Result.combine(read))).flat();
};

/** I4 and I6 of a series: each document once, each year 1 … n, dates that never fall. */
export const expectSound = (
  places: readonly Series.SeriesPlace[],
  ids: readonly string[],
): void => {
  expect(places.map(({ id }) => id).toSorted()).to.deep.equal(ids.toSorted());
  const numbered = places.map((place) => place.numbered);
  for (const year of new Set(numbered.map((place) => place.year))) {
    const numbers = numbered.filter((place) => place.year === year).map(({ number }) => number);
    expect(numbers, `${year}`).to.deep.equal(numbers.map((_, at) => at + 1));
  }
  const dates = numbered.map(({ date }) => date);
  expect(dates).to.deep.equal(dates.toSorted((one, other) => one - other));
};

/** One who needs numbers, at an allocator that may die and be followed by another. */
export type Slot = {
  /** The allocator as it is now, and another one once that has died. */
  readonly allocator: () => AllocatorProcess;
  readonly succeed: (dead: AllocatorProcess) => void;
};

/** More than a plan has faults and a schedule has conflicts; the queue would go on as well. */
const TRIES_MAX = 200;

type Asked = Series.SeriesEntry & { readonly from: number };

/** What there is to ask for of a document. */
export const ASKED = {
  number: (allocator: Allocator, entry: Asked) => allocator.allocate(SERIES, entry),
  close: (allocator: Allocator, entry: Asked) => allocator.close(SERIES, entry),
};

/** Asks until there is an answer, as a message comes again until it is handled. */
export const askUntilAnswered = async (
  { allocator, succeed }: Slot,
  aim: keyof typeof ASKED,
  entry: Asked,
): Promise<Series.PrintedNumber | 'closed'> => {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const current = allocator();
    const asked: ResultAsync<Series.PrintedNumber | undefined, AllocationError | DocumentClosed> =
      ASKED[aim](current.allocator, entry);
    const outcome = await current.outcome(asked);
    if (outcome === 'crashed') succeed(current);
    else if (outcome.isOk()) return outcome.value ?? 'closed';
    else if (outcome.error.type === 'DocumentClosed') return 'closed';
    else expect(outcome.error.type).to.be.oneOf(['Conflict', 'Uncertain', 'Unavailable']);
  }
  return expect.fail(`nothing is known of ${entry.id} after ${TRIES_MAX} tries`);
};
