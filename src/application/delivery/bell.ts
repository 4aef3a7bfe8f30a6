import type { Clock } from '../ports/clock.ts';

/** Wakes the one who waits for something to change. */
export type Bell = {
  ring(): void;
  /** Until the next ring, or for so long. What rang before does not count: look first, then wait. */
  wait(ms: number): Promise<void>;
};

/** Given, because the reason that AbortController makes up is an error with a stack, for each message anew. */
export const RUNG = 'rung';

export const createBell = (clock: Clock): Bell => {
  let next = new AbortController();
  return {
    ring: () => next.abort(RUNG),
    wait: (ms) => {
      next = new AbortController();
      return clock.sleep(ms, next.signal);
    },
  };
};
