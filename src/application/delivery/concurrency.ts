/**
 * How many messages may be under way under throttling: additive increase, multiplicative decrease.
 */
export type Concurrency = {
  readonly allowed: number;
  readonly loweredAt: number;
  readonly raisedAt: number;
};

/** Longer than an SDK's own retries last, so that one burst of throttled answers lowers it once. */
export const LOWER_INTERVAL_MS = 6_000;
/** Back from one to fifty in under a minute. */
export const RAISE_INTERVAL_MS = 1_000;

export const fullConcurrency = (max: number): Concurrency => ({
  allowed: max,
  loweredAt: -Infinity,
  raisedAt: -Infinity,
});

/** What is under way was let in before; it is the ones to come that are fewer. */
export const afterThrottled = (concurrency: Concurrency, now: number): Concurrency =>
  now - concurrency.loweredAt < LOWER_INTERVAL_MS
    ? concurrency
    : {
        allowed: Math.max(1, Math.floor(concurrency.allowed / 2)),
        loweredAt: now,
        raisedAt: now,
      };

export const afterServed = (concurrency: Concurrency, now: number, max: number): Concurrency =>
  concurrency.allowed >= max || now - concurrency.raisedAt < RAISE_INTERVAL_MS
    ? concurrency
    : { ...concurrency, allowed: concurrency.allowed + 1, raisedAt: now };
