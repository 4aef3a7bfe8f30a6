import type { Clock } from '../ports/clock.ts';
import { ResultAsync, type Result } from 'neverthrow';

/** Keeps readers that share a budget of read units within it on average. */
export type RateLimit = {
  /**
   * Resolves when the caller may read about that many units, or at once when the signal fires. The
   * caller must report the units that it has read to the returned function: 0 if there was nothing.
   */
  take(expected: number, signal?: AbortSignal): Promise<(readUnits: number) => void>;
};

/** The cost of a full page: 1 MB in strongly consistent reads of 4 KB. */
export const PAGE_UNITS = 256;
const SECOND_MS = 1_000;
/** A waiting reader checks this often whether another's page was cheaper than expected. */
const LOOK_EVERY_MS = 250;

/**
 * Readers queue until earlier reads are paid for, and reserve what they expect to read. The
 * difference is settled once it is known. So the budget is exceeded by no more than one reader's
 * page. Without a budget nobody waits.
 */
export const createRateLimit = (unitsPerSecond: number | undefined, clock: Clock): RateLimit => {
  if (unitsPerSecond === undefined) return { take: () => Promise.resolve(() => undefined) };
  const msOf = (units: number): number => (units / unitsPerSecond) * SECOND_MS;
  let paidAt = clock.now();
  let line: Promise<unknown> = Promise.resolve();

  const waitForTurn = async (
    expected: number,
    signal: AbortSignal | undefined,
  ): Promise<(units: number) => void> => {
    for (let now = clock.now(); paidAt > now && signal?.aborted !== true; now = clock.now()) {
      await clock.sleep(Math.min(paidAt - now, LOOK_EVERY_MS), signal);
    }
    paidAt = Math.max(paidAt, clock.now()) + msOf(expected);
    return (units) => {
      paidAt += msOf(units - expected);
    };
  };

  return {
    take: (expected, signal) => {
      const turn = line.then(() => waitForTurn(expected, signal));
      line = turn;
      return turn;
    },
  };
};

/**
 * The maximum number of refusals in a row for one request. The SDK has tried each several times.
 */
export const THROTTLES_MAX = 10;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 20_000;

export const isThrottled = (error: RequestError): boolean =>
  error.type === 'Unavailable' && error.throttled === true;

type RequestError = { readonly type: string; readonly throttled?: boolean };

/** The pause before the next request to a table that has refused that many requests in a row. */
export const pauseMsAfter = (refusals: number): number =>
  Math.min(PAUSE_MS * 2 ** refusals, PAUSE_MS_MAX);

/** Repeats a request with growing pauses while the table throttles it. */
export type ThrottlingRetry = <T, E extends RequestError>(
  act: () => PromiseLike<Result<T, E>>,
) => ResultAsync<T, E>;

export const createThrottlingRetry =
  ({
    clock,
    signal,
    onThrottled,
  }: {
    readonly clock: Clock;
    readonly signal?: AbortSignal | undefined;
    readonly onThrottled?: () => void;
  }): ThrottlingRetry =>
  <T, E extends RequestError>(act: () => PromiseLike<Result<T, E>>) => {
    const repeat = async (): Promise<Result<T, E>> => {
      for (let refusals = 0; ; refusals += 1) {
        const result = await act();
        if (result.isOk() || !isThrottled(result.error)) return result;
        onThrottled?.();
        if (refusals === THROTTLES_MAX || signal?.aborted === true) return result;
        await clock.sleep(pauseMsAfter(refusals), signal);
      }
    };
    return new ResultAsync(repeat());
  };
