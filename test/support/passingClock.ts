import type { Clock } from '../../src/application/ports/clock.ts';

/** Time that passes at once for whoever sleeps, beside servers that take their own. */
export const passingClock = (startMs = 1_795_000_000_000) => {
  let nowMs = startMs;
  let sleptMs = 0;
  return {
    now: () => nowMs,
    sleep: (ms: number) => {
      nowMs += ms;
      sleptMs += ms;
      return Promise.resolve();
    },
    pass: (ms: number): void => {
      nowMs += ms;
    },
    slept: (): number => sleptMs,
  } satisfies Clock & Record<string, unknown>;
};
