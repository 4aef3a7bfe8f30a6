import { AsyncLocalStorage } from 'node:async_hooks';
import { CLOSE_WAIT_MS } from '../../src/application/erasure/erasePerson.ts';
import { KEY_CACHE_MS } from '../../src/application/ports/personalData.ts';
import { onAnswers, shiftDates } from './shiftedClock.ts';

/** No command that erases has another timer of these lengths. */
const WAITS: readonly number[] = [KEY_CACHE_MS, CLOSE_WAIT_MS];

/**
 * An erasure waits 10 s and more until no process holds a key any more. In `during` these waits end
 * at once: from then on this process, with its worker and its servers, takes the time to be so much
 * later, so that what they hold is as old as after a real wait. Answers have no date meanwhile: one
 * to a call that was under way would show that the clock is wrong. `end` takes the time back.
 */
export const openPassingWaits = () => {
  const inside = new AsyncLocalStorage<true>();
  const { setTimeout: realSetTimeout } = globalThis;
  const undo = [onAnswers((response) => void (response.sendDate = false))];
  const passing = (run: () => void, ms?: number, ...args: []): NodeJS.Timeout => {
    if (inside.getStore() === undefined || ms === undefined || !WAITS.includes(ms)) {
      return realSetTimeout(run, ms, ...args);
    }
    undo.push(shiftDates(ms));
    return realSetTimeout(run, 0);
  };
  globalThis.setTimeout = Object.assign(passing, realSetTimeout) as typeof setTimeout;
  return {
    during: <T>(act: () => Promise<T>): Promise<T> => inside.run(true, act),
    end: (): void => {
      globalThis.setTimeout = realSetTimeout;
      for (const one of undo.toReversed()) one();
    },
  };
};
