import type { MovementKind } from '../../application/ports/paymentGateway.ts';

/*
 * What is known of Stripe without its SDK, which takes a fifth of the time that a command needs to
 * start.
 */

/** "At least 24 hours": https://docs.stripe.com/api/idempotent_requests */
export const STRIPE_KEY_WINDOW_MS = 86_400_000;

/**
 * The time for which a payment may be missing from a search: normally less than a minute, up to an
 * hour during outages (https://docs.stripe.com/api/payment_intents/search). A list has no such lag,
 * but cannot list payments by our reference.
 */
export const STRIPE_SEARCH_LAG_MS = 3_600_000;

/**
 * The time from sending to the whole answer; a card payment rarely takes more than a few seconds.
 */
export const STRIPE_TIMEOUT_MS = 10_000;

/** Whether the key's money is real. */
export type GatewayMode = 'live' | 'test';

/** The beginning of a Stripe key shows its mode. */
export const gatewayMode = (secretKey: string): GatewayMode =>
  /^[sr]k_live_/.test(secretKey) ? 'live' : 'test';

/** An id begins with its kind (https://docs.stripe.com/api); banks have kinds of their own. */
const PREFIXES: Readonly<Record<string, MovementKind>> = {
  pi: 'payment',
  re: 'refund',
  pyr: 'refund',
  ch: 'charge',
  py: 'charge',
};

const ID = /^(?<prefix>[a-z]{2,3})_[A-Za-z0-9_]{6,250}$/;

export const kindOf = (reference: string): MovementKind | undefined => {
  const { prefix = '' } = ID.exec(reference)?.groups ?? {};
  return Object.hasOwn(PREFIXES, prefix) ? PREFIXES[prefix] : undefined;
};
