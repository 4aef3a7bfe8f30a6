import type { Clock } from '../ports/clock.ts';

/** Keeps readers that share a budget of read units within it, on the average. */
export type RateLimit = {
  /**
   * Resolves when one may go on to read about so much, at once when the signal fires. What it gives is to be
   * told what was read: nothing where there was nothing.
   */
  take(expected: number, signal?: AbortSignal): Promise<(readUnits: number) => void>;
};

/** What a full page costs: 1 MB in strongly consistent reads of 4 KB. */
export const PAGE_UNITS = 256;
const SECOND_MS = 1_000;
/** A reader that waits looks so often whether a page of another's was cheaper than was thought. */
const LOOK_EVERY_MS = 250;

/**
 * Readers wait in line until what was read before is paid for, and reserve what they expect; the difference is
 * made up once it is known. So the budget is passed by no more than one of them reads. Without a budget nobody waits.
 */
export const createRateLimit = (unitsPerSecond: number | undefined, clock: Clock): RateLimit => {
  if (unitsPerSecond === undefined) return { take: () => Promise.resolve(() => undefined) };
  const msOf = (units: number): number => (units / unitsPerSecond) * SECOND_MS;
  let paidAt = clock.now();
  let line: Promise<unknown> = Promise.resolve();

  const waitForTurn = async (
    expected: number,
    signal: AbortSignal | undefined,
  ): Promise<(units: number) => void> => {
    for (let now = clock.now(); paidAt > now && signal?.aborted !== true; now = clock.now()) {
      await clock.sleep(Math.min(paidAt - now, LOOK_EVERY_MS), signal);
    }
    paidAt = Math.max(paidAt, clock.now()) + msOf(expected);
    return (units) => {
      paidAt += msOf(units - expected);
    };
  };

  return {
    take: (expected, signal) => {
      const turn = line.then(() => waitForTurn(expected, signal));
      line = turn;
      return turn;
    },
  };
};
