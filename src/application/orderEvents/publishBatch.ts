import { err, ok, type Result } from 'neverthrow';
import { createThrottlingRetry, type RateLimit } from '../log/rateLimit.ts';
import type { Clock } from '../ports/clock.ts';
import type { DependencyError } from '../ports/failures.ts';
import type { EntryResult } from '../ports/messageQueue.ts';
import type { OrderEvents, OutgoingEvent } from '../ports/orderEvents.ts';

/** They were not published; another run tries it again. */
export type NotPublished = { readonly type: 'NotPublished'; readonly code: string };
export const STOPPED: NotPublished = { type: 'NotPublished', code: 'Stopped' };

type PublishError = DependencyError | NotPublished;

/**
 * The number of tries of one batch. The next run publishes what is left of it, and what follows.
 */
const TRIES_MAX = 5;

/**
 * Publishes a batch. Returns for each event the code of a refusal for ever, or undefined where it
 * was taken.
 */
export const createPublishBatch = (
  target: Pick<OrderEvents, 'publish'>,
  {
    clock,
    rateLimit,
    signal,
  }: {
    readonly clock: Clock;
    readonly rateLimit: RateLimit;
    readonly signal: AbortSignal | undefined;
  },
) => {
  const retry = createThrottlingRetry({ clock, signal });
  return async (
    events: readonly OutgoingEvent[],
  ): Promise<Result<readonly (string | undefined)[], PublishError>> => {
    const codes = events.map((): string | undefined => undefined);
    let left = events.map((event, at) => ({ event, at }));
    let last: NotPublished = STOPPED;
    for (let tries = 0; tries < TRIES_MAX && left.length > 0; tries += 1) {
      const settle = await rateLimit.take(left.length, signal);
      const answered = await retry(() => target.publish(left.map(({ event }) => event)));
      settle(left.length);
      if (answered.isErr()) return err(answered.error);
      const failed = left.filter(({ at }, index) => {
        const answer: EntryResult | undefined = answered.value[index];
        if (answer?.type === 'Done') return false;
        const { code = 'NoAnswer', retryable = true } = answer ?? {};
        if (!retryable) codes[at] = code;
        last = { type: 'NotPublished', code };
        return retryable;
      });
      left = failed;
    }
    return left.length === 0 ? ok(codes) : err(last);
  };
};
