import type { Clock } from '../ports/clock.ts';

/** Wakes the one who waits for something to change. */
export type Signal = {
  ring(): void;
  /** Until the next ring, or for so long. What rang before does not count: look first, then wait. */
  wait(ms: number): Promise<void>;
};

/** Given, because the reason that AbortController makes up is an error with a stack, for each message anew. */
export const RAISED = 'rung';

export const createSignal = (clock: Clock): Signal => {
  let next = new AbortController();
  return {
    ring: () => next.abort(RAISED),
    wait: (ms) => {
      next = new AbortController();
      return clock.sleep(ms, next.signal);
    },
  };
};
