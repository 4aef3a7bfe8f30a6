import type { CommitItem, CommitTable } from '../../src/adapters/eventStore/commitTable.ts';
import { createEventStore } from '../../src/adapters/eventStore/eventStore.ts';
import { decodeCommit } from '../../src/adapters/eventStore/storedCommit.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import type { Clock } from '../../src/application/ports/clock.ts';
import { createAllocator } from '../../src/application/series/allocator.ts';
import { anyRegistry } from '../../test/support/orderContext.ts';
import { quantile } from '../statistics.ts';
import { seriesBytes, unitsOf } from './measured.ts';

/** How one series fared while several processes numbered documents in it. */
export type Race = {
  readonly numbersPerSecond: number;
  readonly commitsPerSecond: number;
  readonly numbersPerCommit: number;
  readonly unitsPerSecond: number;
  /** The share of the inserts that found their place taken. */
  readonly conflictShare: number;
  /** Numbers of the process that got the fewest, as a share of an equal part. */
  readonly leastShare: number;
  /** The share of the requests that were told to come again, mostly for lost races. */
  readonly sentBackShare: number;
  /** From the request to its number, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type RaceOptions = {
  /** One for each process, with a connection of its own. */
  readonly tables: readonly CommitTable[];
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Orders in flight at each process, which bound its requests. */
  readonly slots: number;
  /** Of all processes. Without it, each slot asks again as soon as it has its number. */
  readonly ratePerSecond?: number;
  readonly durationMs: number;
};

const SERIES = 'INV';
/** As long as the ids of orders and of payments at Stripe, and as random: commits are packed. */
const ID_RANDOM = 16;
const REFERENCE_RANDOM = 20;
const CHARACTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const randomText = (length: number, random: () => number): string => {
  let text = '';
  while (text.length < length) text += CHARACTERS[Math.floor(random() * CHARACTERS.length)] ?? '';
  return text;
};

export const race = async (options: RaceOptions): Promise<Race> => {
  const { tables, clock, durationMs } = options;
  const endsAt = clock.now() + durationMs;
  const scope = { ...options, endsAt, isOver: () => clock.now() >= endsAt };
  const scores = await Promise.all(tables.map((table, at) => runProcess(scope, table, at)));
  return raceOf(scores, durationMs);
};

type Scope = RaceOptions & { readonly isOver: () => boolean };

type Score = {
  inserts: number;
  conflicts: number;
  units: number;
  sentBack: number;
  /** Of each number. */
  readonly times: number[];
};

const runProcess = async (scope: Scope, table: CommitTable, process: number): Promise<Score> => {
  const { clock, slots, isOver, ratePerSecond, tables } = scope;
  const score: Score = { inserts: 0, conflicts: 0, units: 0, sentBack: 0, times: [] };
  const store = createEventStore(countedTable(table, score, isOver), clock);
  const ids = createMemoryIds(process + 1);
  const allocator = createAllocator({ store, ids, clock, registry: anyRegistry() });
  const random = (): number => ids.random();
  const ask = async (): Promise<void> => {
    const since = clock.now();
    const entry = {
      id: `01J9ZBENCH${randomText(ID_RANDOM, random)}`,
      reference: `pi_3Q${randomText(REFERENCE_RANDOM, random).toLowerCase()}`,
      from: allocator.head(SERIES),
    };
    const numbered = await allocator.allocate(SERIES, entry);
    if (isOver()) return;
    if (numbered.isOk()) score.times.push(clock.now() - since);
    else score.sentBack += 1;
  };

  if (ratePerSecond === undefined) {
    const runSlot = async (): Promise<void> => {
      while (!isOver()) await ask();
    };
    await Promise.all(Array.from({ length: slots }, runSlot));
  } else {
    const nextMs = (): number => (-Math.log(1 - random()) * tables.length * 1_000) / ratePerSecond;
    await arrive(scope, nextMs, ask);
  }
  return score;
};

/** Write units of a commit of a series. */
export const seriesUnitsOf = (item: CommitItem): number => {
  const [event] = decodeCommit(item)._unsafeUnwrap().events;
  return unitsOf(seriesBytes(Object(event.data['entries']).length));
};

const countedTable = (table: CommitTable, score: Score, isOver: () => boolean): CommitTable => ({
  ...table,
  insert: (item) =>
    table.insert(item).map((outcome) => {
      if (isOver()) return outcome;
      score.inserts += 1;
      score.units += seriesUnitsOf(item);
      if (outcome === 'Duplicate') score.conflicts += 1;
      return outcome;
    }),
});

/** Orders come at random moments; one that finds no free slot waits in the queue. */
const arrive = async (
  { clock, slots, isOver }: Scope,
  nextMs: () => number,
  ask: () => Promise<void>,
): Promise<void> => {
  let inFlight = 0;
  let queued = 0;
  const handle = async (): Promise<void> => {
    inFlight += 1;
    await ask();
    inFlight -= 1;
    start();
  };
  const start = (): void => {
    while (queued > 0 && inFlight < slots) {
      queued -= 1;
      void handle();
    }
  };
  let nextAt = clock.now() + nextMs();
  while (!isOver()) {
    await clock.sleep(1);
    for (; nextAt <= clock.now(); nextAt += nextMs()) queued += 1;
    start();
  }
};

const raceOf = (scores: readonly Score[], durationMs: number): Race => {
  const sum = (of: (score: Score) => number): number =>
    scores.reduce((total, score) => total + of(score), 0);
  const seconds = durationMs / 1_000;
  const inserts = sum((score) => score.inserts);
  const conflicts = sum((score) => score.conflicts);
  const sentBack = sum((score) => score.sentBack);
  const times = scores.flatMap((score) => score.times).toSorted((one, other) => one - other);
  const fewest = Math.min(...scores.map((score) => score.times.length));
  return {
    numbersPerSecond: times.length / seconds,
    commitsPerSecond: (inserts - conflicts) / seconds,
    numbersPerCommit: times.length / (inserts - conflicts),
    unitsPerSecond: sum((score) => score.units) / seconds,
    conflictShare: conflicts / inserts,
    leastShare: (fewest * scores.length) / times.length,
    sentBackShare: sentBack / (times.length + sentBack),
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  };
};
