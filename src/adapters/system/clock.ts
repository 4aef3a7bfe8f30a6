import type { Clock } from '../../application/ports/clock.ts';

/** setTimeout fires at once above this; nothing here waits 24 days. */
const TIMER_MS_MAX = 2_147_483_647;

export const createSystemClock = (): Clock => ({
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(ms, TIMER_MS_MAX));
      signal?.addEventListener('abort', wake, { once: true });
    }),
});
