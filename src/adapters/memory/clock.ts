import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../application/ports/clock.ts';

export type VirtualClock = Clock & {
  /**
   * Lets that much time pass: wakes every sleeper that falls due, in order of time (then of going
   * to sleep), and lets its work settle before the next one wakes.
   */
  advance(ms: number): Promise<void>;
  /** The number of sleepers. Zero at the end of a test shows that no timer was left behind. */
  sleepers(): number;
  /** The time at which the next sleeper falls due; undefined if there is none. */
  nextWakeAt(): number | undefined;
};

type Sleeper = { readonly dueAt: number; readonly wake: () => void };

/** A clock whose time only passes on request, so that hours of retries take a test milliseconds. */
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
      // Clocks and timers only know whole milliseconds, and so does the event log.
      const sleeper: Sleeper = { dueAt: nowMs + Math.ceil(ms), wake };
      insert(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });

  const advance = async (ms: number): Promise<void> => {
    const untilMs = nowMs + ms;
    // One turn of the event loop drains every chain of promises that does not itself wait for time.
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
