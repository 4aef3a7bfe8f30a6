import { VISIBILITY_MAX_MS } from '../ports/messageQueue.ts';
import type { DeliverySettings } from './settings.ts';

/**
 * How urgent another try is: `prompt` where the cause has passed by then, `normal` where something was
 * briefly unavailable, `throttled` where trying sooner makes it worse, `slow` where a person must act.
 */
export type DelayClass = 'prompt' | 'normal' | 'throttled' | 'slow';

export type Backoff = {
  /** How often the message was received, this time included. */
  readonly attempt: number;
  readonly delayClass: DelayClass;
  /** What the refusing side asked for; never undercut. */
  readonly retryAfterMs?: number;
  /** A fraction in [0, 1). */
  readonly random: number;
  /** How long this receive has lasted: SQS counts it towards its 12 hours. */
  readonly heldMs: number;
};

const FACTORS = { prompt: 0.25, normal: 1, throttled: 4 } as const;
/** Beyond this 2^n exceeds every delay; it keeps the number finite. */
const DOUBLINGS_MAX = 30;
const CAP_MARGIN_MS = 60_000;

/** How long to hide a message before it is tried again: exponential, with full jitter. */
export const backoffMs = (backoff: Backoff, settings: DeliverySettings): number => {
  const { attempt, delayClass, retryAfterMs = 0, random, heldMs } = backoff;
  const doublings = Math.min(Math.max(attempt - 1, 0), DOUBLINGS_MAX);
  const jitteredMs =
    delayClass === 'slow'
      ? settings.retryMaxMs * (0.5 + random / 2)
      : random *
        Math.min(settings.retryMaxMs, settings.retryBaseMs * FACTORS[delayClass] * 2 ** doublings);
  // Those who were all told the same time must not all come back at it.
  const wantedMs =
    jitteredMs < retryAfterMs ? retryAfterMs + random * settings.retryBaseMs : jitteredMs;
  const capMs = Math.max(0, VISIBILITY_MAX_MS - CAP_MARGIN_MS - heldMs);
  return Math.floor(Math.min(wantedMs, capMs));
};
