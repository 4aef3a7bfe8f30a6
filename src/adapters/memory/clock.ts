import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../application/ports/clock.ts';

export type VirtualClock = Clock & {
  /**
   * Lets so much time pass: wakes every sleeper that falls due, in order of time (then of going to sleep),
   * and lets what it set in motion settle before the next one wakes.
   */
  advance(ms: number): Promise<void>;
  /** How many sleep now. Zero at the end of a test shows that no timer was left behind. */
  sleepers(): number;
  /** When the next sleeper falls due, if anybody sleeps. */
  nextWakeAt(): number | undefined;
};

type Sleeper = { readonly dueAt: number; readonly wake: () => void };

/** Time that stands still until it is told to pass, so that hours of retries take a test milliseconds. */
export const createVirtualClock = (startMs = 0): VirtualClock => {
  let nowMs = startMs;
  // Kept sorted by dueAt; equal times stay in the order of arrival.
  const sleeping: Sleeper[] = [];

  const insert = (sleeper: Sleeper): void => {
    const at = sleeping.findIndex((other) => other.dueAt > sleeper.dueAt);
    sleeping.splice(at === -1 ? sleeping.length : at, 0, sleeper);
  };

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (ms <= 0 || signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        const at = sleeping.indexOf(sleeper);
        if (at !== -1) sleeping.splice(at, 1);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      // Clocks and timers know whole milliseconds alone, and so does the event log.
      const sleeper: Sleeper = { dueAt: nowMs + Math.ceil(ms), wake };
      insert(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });

  const advance = async (ms: number): Promise<void> => {
    const untilMs = nowMs + ms;
    // A turn of the event loop drains every chain of promises that is not itself waiting for time.
    await setImmediate();
    for (;;) {
      const next = sleeping[0];
      if (next === undefined || next.dueAt > untilMs) break;
      nowMs = next.dueAt;
      next.wake();
      await setImmediate();
    }
    nowMs = untilMs;
    await setImmediate();
  };

  return {
    now: () => nowMs,
    sleep,
    advance,
    sleepers: () => sleeping.length,
    nextWakeAt: () => sleeping[0]?.dueAt,
  };
};
