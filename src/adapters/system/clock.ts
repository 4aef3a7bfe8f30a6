import type { Clock } from '../../application/ports/clock.ts';
import { machineClock } from './clockWatch.ts';

/** setTimeout fires at once above this; nothing here waits 24 days. */
const TIMER_MS_MAX = 2_147_483_647;

/** `offMaxMs`: the maximum error that other machines may prove; without it nothing is checked. */
export const createSystemClock = ({ offMaxMs }: { readonly offMaxMs?: number } = {}): Clock => ({
  now: () => Date.now(),
  ...(offMaxMs === undefined ? {} : { check: () => machineClock.check(offMaxMs) }),
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
