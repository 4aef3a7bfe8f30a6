import { createMemoryIds } from '../../src/adapters/memory/ids.ts';

/** What a message is meant to go through; it is the message's body. */
export type Task = {
  readonly number: number;
  readonly fate: 'ok' | 'slow' | 'retry' | 'poison' | 'crash';
  /** Milliseconds for `ok` and `slow`; how many receives go wrong for `retry` and `crash`. */
  readonly amount: number;
};

export type PlanOptions = {
  readonly messages: number;
  readonly seed: number;
  /** Messages that kill every process that handles them. */
  readonly crashLoops: number;
  readonly slowMsMax: number;
};

export type Plan = { readonly storm: readonly Task[]; readonly calm: readonly Task[] };

/** More receives than any redrive policy allows. */
export const ALWAYS = 1_000_000;
const OK_MS_MAX = 50;
const RETRIES_MAX = 3;
const MESSAGES_PER_CRASH = 1_000;

/**
 * The same messages for the same seed. Workers are killed only during the storm; during the calm
 * they live long enough to show whether their memory grows.
 */
export const planOf = ({ messages, seed, crashLoops, slowMsMax }: PlanOptions): Plan => {
  const ids = createMemoryIds(seed);
  const random = (): number => ids.random();
  const stormSize = Math.ceil(messages / 2);
  const tasks = Array.from({ length: messages }, (_, at) => drawTask(at, slowMsMax, random));
  const crashes = Math.ceil(stormSize / MESSAGES_PER_CRASH);
  // Some kill the first process only, some the second too.
  const amounts = Array.from({ length: crashes }, (_, at) => 1 + (at % 2));
  amounts.push(...Array.from({ length: crashLoops }, () => ALWAYS));
  for (const [at, amount] of amounts.entries()) {
    // One in each stretch of the storm, so that no two fall on the same place.
    const number = Math.floor(((at + random()) * stormSize) / amounts.length);
    tasks[number] = { number, fate: 'crash', amount };
  }
  return { storm: tasks.slice(0, stormSize), calm: tasks.slice(stormSize) };
};

const drawTask = (number: number, slowMsMax: number, random: () => number): Task => {
  const drawn = random();
  if (drawn < 0.7) return { number, fate: 'ok', amount: Math.floor(random() * OK_MS_MAX) };
  if (drawn < 0.78) return { number, fate: 'slow', amount: Math.floor(random() * slowMsMax) };
  if (drawn < 0.94) {
    return { number, fate: 'retry', amount: 1 + Math.floor(random() * RETRIES_MAX) };
  }
  return { number, fate: 'poison', amount: 0 };
};
