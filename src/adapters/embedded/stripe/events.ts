export type StripeObject = { readonly id: string } & Readonly<Record<string, unknown>>;

/** Something of which Stripe makes an event, with the object as it then is. */
export type EventOccurrence = {
  readonly type: string;
  readonly object: { readonly id: string };
  /** The previous values of what an update changed. */
  readonly previous?: object;
};

export type SandboxEvent = EventOccurrence & {
  readonly id: string;
  readonly atMs: number;
  /** The idempotency key of the request that caused it. */
  readonly key: string | null;
};

/** The version of all objects: the one that this project is written for. */
const API_VERSION = '2026-10-28.endive';

/** Stripe keeps events for 30 days: https://docs.stripe.com/api/events/list */
export const EVENTS_KEPT_MS = 30 * 86_400_000;

/** https://docs.stripe.com/api/events/object */
export const eventObject = (
  { id, type, atMs, key, object, previous }: SandboxEvent,
  { pendingWebhooks = 0 } = {},
): StripeObject => ({
  id,
  object: 'event',
  api_version: API_VERSION,
  created: Math.floor(atMs / 1_000),
  data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
  livemode: false,
  pending_webhooks: pendingWebhooks,
  request: { id: null, idempotency_key: key },
  type,
});
