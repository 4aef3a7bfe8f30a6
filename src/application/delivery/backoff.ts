import { VISIBILITY_MAX_MS } from '../ports/messageQueue.ts';
import type { DeliverySettings } from './settings.ts';

/**
 * The urgency of another try: `prompt` where the cause has passed by then, `normal` where something
 * was briefly unavailable, `throttled` where trying sooner makes it worse, `slow` where a person
 * must act.
 */
export type DelayClass = 'prompt' | 'normal' | 'throttled' | 'slow';

export type Backoff = {
  readonly attempt: number;
  readonly delayClass: DelayClass;
  /** The delay that the refusing side asked for; it is never undercut. */
  readonly retryAfterMs?: number;
  /** A fraction in [0, 1). */
  readonly random: number;
  /** The time that this receive has lasted, in milliseconds: SQS counts it towards its 12 hours. */
  readonly heldMs: number;
};

const FACTORS = { prompt: 0.25, normal: 1, throttled: 4 } as const;
/** Beyond this 2^n exceeds every delay; it keeps the number finite. */
const DOUBLINGS_MAX = 30;
const CAP_MARGIN_MS = 60_000;

/** The longest delay before the nth repetition, counted from 1: it doubles each time. */
export const exponentialMs = (
  repetition: number,
  { baseMs, maxMs = Infinity }: { readonly baseMs: number; readonly maxMs?: number },
): number => Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(repetition - 1, 0), DOUBLINGS_MAX));

/** A delay of which the fraction `share` is left to chance. `random` is a fraction in [0, 1). */
export const jitteredMs = (longestMs: number, share: number, random: number): number =>
  longestMs * (1 - share + share * random);

/**
 * The time for which a message is hidden before it is tried again: exponential, with full jitter.
 */
export const backoffMs = (backoff: Backoff, settings: DeliverySettings): number => {
  const { attempt, delayClass, retryAfterMs = 0, random, heldMs } = backoff;
  const { retryBaseMs, retryMaxMs: maxMs } = settings;
  const delayMs =
    delayClass === 'slow'
      ? jitteredMs(maxMs, 0.5, random)
      : jitteredMs(
          exponentialMs(attempt, { baseMs: retryBaseMs * FACTORS[delayClass], maxMs }),
          1,
          random,
        );
  // Clients that were all given the same time must not all return at it.
  const wantedMs = delayMs < retryAfterMs ? retryAfterMs + random * retryBaseMs : delayMs;
  const capMs = Math.max(0, VISIBILITY_MAX_MS - CAP_MARGIN_MS - heldMs);
  return Math.floor(Math.min(wantedMs, capMs));
};
