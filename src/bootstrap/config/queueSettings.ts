import { backoffMs } from '../../application/delivery/backoff.ts';
import {
  DEFAULT_DELIVERY_SETTINGS,
  type DeliverySettings,
} from '../../application/delivery/settings.ts';
import { AWS_CALL_MAX_MS, handlerTimeMaxMs } from './timeBounds.ts';

/**
 * A message that was received so often is moved to the dead letters by its queue; a worker does so
 * before, and says why.
 */
export const RECEIVES_MAX = DEFAULT_DELIVERY_SETTINGS.receivesMax;

/**
 * Chance, throttling and hand-backs at deployments may take so many times what the backoff takes on
 * average.
 */
const RECEIVES_MARGIN = 2;

/** Before the handler the answer to the receive is under way, and after it the delete. */
const OUTSIDE_HANDLER_MS = 2 * AWS_CALL_MAX_MS;
const MINUTE_MS = 60_000;

/**
 * The settings that both services' queues must have. Their own visibility is for consumers that do
 * not renew it, so the longest handler fits in with a margin; a worker asks for a shorter one at
 * each receive, and renews that.
 */
export const queuePlan = (gateway: { readonly gatewayTimeoutMs: number }) => {
  const { payments, notifications } = handlerTimeMaxMs(gateway);
  const neededMs = Math.max(payments, notifications) + OUTSIDE_HANDLER_MS;
  return {
    visibilityMs: Math.ceil(neededMs / MINUTE_MS) * MINUTE_MS,
    maxReceiveCount: RECEIVES_MAX,
  };
};

/**
 * The number of receives of a message, with the average of the shortest delays (those of a refund
 * that waits for its payment), until a payment is settled or a person asked. Stops counting if it
 * is too many anyway.
 */
export const receivesUntil = (untilMs: number, settings: DeliverySettings): number => {
  let receives = 1;
  for (let ms = 0; ms < untilMs && receives <= RECEIVES_MAX; receives += 1) {
    const chance = { random: 0.5, heldMs: 0, delayClass: 'prompt' } as const;
    ms += backoffMs({ attempt: receives, ...chance }, settings);
  }
  return receives;
};

/** Whether an open payment is settled one way or the other before its queue gives it up. */
export const fitsReceives = (untilMs: number, settings: DeliverySettings): boolean =>
  RECEIVES_MARGIN * receivesUntil(untilMs, settings) <= RECEIVES_MAX;
