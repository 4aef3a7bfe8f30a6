import type { Clock } from '../ports/clock.ts';

export type Signal = {
  raise(): void;
  /** Ends when the signal is raised next, or after this time. Earlier raises do not count. */
  wait(ms: number): Promise<void>;
};

/** A reason of our own, because AbortController would create an error with a stack each time. */
export const RAISED = 'raised';

export const createSignal = (clock: Clock): Signal => {
  let next = new AbortController();
  return {
    raise: () => next.abort(RAISED),
    wait: (ms) => {
      next = new AbortController();
      return clock.sleep(ms, next.signal);
    },
  };
};
