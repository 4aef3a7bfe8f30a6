import type { Clock } from '../ports/clock.ts';

/** Keeps readers that share a budget of read units within it, on the average. */
export type Pace = {
  /** Resolves when the next page may be asked for; at once when the signal fires. */
  take(signal: AbortSignal): Promise<void>;
  /** What the page that was taken has cost. */
  spent(readUnits: number): void;
};

/** What a full page costs: 1 MB in strongly consistent reads of 4 KB. */
const PAGE_UNITS = 256;
const SECOND_MS = 1_000;

/**
 * Each reader takes a turn and reserves what the last page cost; the difference is made up once it is known.
 * So the budget is passed by no more than one page at a time. Without a budget nobody waits.
 */
export const createPace = (unitsPerSecond: number | undefined, clock: Clock): Pace => {
  if (unitsPerSecond === undefined) {
    return { take: () => Promise.resolve(), spent: () => undefined };
  }
  let expected = PAGE_UNITS;
  let freeAt = clock.now();
  const msOf = (units: number): number => (units / unitsPerSecond) * SECOND_MS;
  return {
    take: async (signal) => {
      const now = clock.now();
      const turnAt = Math.max(freeAt, now);
      freeAt = turnAt + msOf(expected);
      if (turnAt > now) await clock.sleep(turnAt - now, signal);
    },
    spent: (units) => {
      freeAt += msOf(units - expected);
      expected = units;
    },
  };
};
