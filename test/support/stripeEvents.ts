import { Stripe } from 'stripe';

export const WEBHOOK_SECRET = 'whsec_test_0123456789abcdef';

/** An event of Stripe's with as much of its object as is read of it. */
export const stripeEvent = (
  type: string,
  object: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  id: 'evt_0000000000000001',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_790_000_000,
  livemode: false,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: null },
  type,
  data: { object },
  ...more,
});

/** The header by which Stripe signs a body, at that moment. */
export const signatureOf = (
  payload: string,
  { secret = WEBHOOK_SECRET, at }: { readonly secret?: string; readonly at: number },
): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(at / 1_000) });
