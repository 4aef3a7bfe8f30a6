import type { Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { LoadError } from '../ports/eventStore.ts';
import type { PutRowError } from '../ports/invoiceView.ts';

/**
 * The maximum number of refusals in a row for one request. The SDK has already tried each request
 * several times.
 */
export const THROTTLES_MAX = 10;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 20_000;

export const isThrottled = (error: LoadError | PutRowError): boolean =>
  error.type === 'Unavailable' && error.throttled;

/** The pause before the next request to a table that has refused that many requests in a row. */
export const pauseMsAfter = (refusals: number): number =>
  Math.min(PAUSE_MS * 2 ** refusals, PAUSE_MS_MAX);

/** Repeats a request with growing pauses while the table throttles it. */
export type ThrottlingRetry = <T, E extends LoadError | PutRowError>(
  act: () => PromiseLike<Result<T, E>>,
) => Promise<Result<T, E>>;

export const createThrottlingRetry =
  (options: {
    readonly clock: Clock;
    readonly signal?: AbortSignal | undefined;
    readonly onThrottled?: () => void;
  }): ThrottlingRetry =>
  async (act) => {
    const { clock, signal, onThrottled } = options;
    for (let refusals = 0; ; refusals += 1) {
      const result = await act();
      if (result.isOk() || !isThrottled(result.error)) return result;
      onThrottled?.();
      if (refusals === THROTTLES_MAX || signal?.aborted === true) return result;
      await clock.sleep(pauseMsAfter(refusals), signal);
    }
  };
