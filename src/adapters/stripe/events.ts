import { err, ok, type Result } from 'neverthrow';
import type {
  GatewayEvent,
  IgnoredEvent,
  NotAnEvent,
  ReportedEvent,
} from '../../application/ports/gatewayEvents.ts';
import { defined } from '../defined.ts';
import { codeOf, fieldsOf, ownerIn, textOf } from './rows.ts';

type EventKind = GatewayEvent['kind'];

/**
 * The events that say how money stands, each with what it is about:
 * https://docs.stripe.com/api/events/types. A webhook endpoint, or an event destination of
 * EventBridge, needs no others; the ones that it sends nevertheless are ignored.
 */
export const STRIPE_EVENT_TYPES = {
  'payment_intent.amount_capturable_updated': 'payment',
  'payment_intent.canceled': 'payment',
  'payment_intent.payment_failed': 'payment',
  'payment_intent.processing': 'payment',
  'payment_intent.succeeded': 'payment',
  'refund.created': 'refund',
  'refund.failed': 'refund',
  'refund.updated': 'refund',
  'charge.dispute.closed': 'dispute',
  'charge.dispute.created': 'dispute',
  'charge.dispute.funds_reinstated': 'dispute',
  'charge.dispute.funds_withdrawn': 'dispute',
  'charge.dispute.updated': 'dispute',
} as const satisfies Readonly<Record<string, EventKind>>;

type StripeEventType = keyof typeof STRIPE_EVENT_TYPES;

const FUNDS: Readonly<Partial<Record<StripeEventType, GatewayEvent['funds']>>> = {
  'charge.dispute.funds_withdrawn': 'withdrawn',
  'charge.dispute.funds_reinstated': 'reinstated',
};

const OBJECTS: Readonly<Record<EventKind, string>> = {
  payment: 'payment_intent',
  refund: 'refund',
  dispute: 'dispute',
};

const isReported = (type: string): type is StripeEventType =>
  Object.hasOwn(STRIPE_EVENT_TYPES, type);

/** Ids of Stripe's, which are kept, logged and put into the path of a request. */
const IDS: Readonly<Record<EventKind | 'event' | 'account', RegExp>> = {
  payment: /^pi_[A-Za-z0-9_]{1,252}$/,
  refund: /^(?:re|pyr)_[A-Za-z0-9_]{1,251}$/,
  dispute: /^(?:du|dp)_[A-Za-z0-9_]{1,252}$/,
  event: /^evt_[A-Za-z0-9_]{1,251}$/,
  account: /^acct_[A-Za-z0-9_]{1,250}$/,
};

const idOf = (kind: keyof typeof IDS, value: unknown): string | undefined =>
  typeof value === 'string' && IDS[kind].test(value) ? value : undefined;

/**
 * An event as Stripe sends it (https://docs.stripe.com/api/events/object), whatever the API version
 * of its object: only ids, the status and our own metadata are read of it.
 */
export const readEvent = (value: unknown): Result<ReportedEvent | IgnoredEvent, NotAnEvent> => {
  const { type, data, ...event } = fieldsOf(value);
  const eventType = codeOf(type);
  if (eventType === undefined) return err(notAnEvent('the event names no type'));
  if (!isReported(eventType)) return ok({ type: 'Ignored', eventType });
  const { livemode, created, account } = event;
  const eventId = idOf('event', event['id']);
  if (event['object'] !== 'event' || eventId === undefined) {
    return err(notAnEvent('it is not an event'));
  }
  if (typeof livemode !== 'boolean') return err(notAnEvent('the event names no mode'));
  if (!Number.isSafeInteger(Number(created) * 1_000)) {
    return err(notAnEvent('the event has no time'));
  }

  const object = fieldsOf(fieldsOf(data)['object']);
  const { [eventType]: kind } = STRIPE_EVENT_TYPES;
  const id = idOf(kind, object['id']);
  const says = codeOf(object['status']);
  if (object['object'] !== OBJECTS[kind] || id === undefined || says === undefined) {
    return err(notAnEvent('the event carries another object than its type says'));
  }
  const payment = kind === 'payment' ? id : paymentOf(object);
  // What was charged without a PaymentIntent is none of ours.
  if (payment === undefined) return ok({ type: 'Ignored', eventType });
  const metadata = fieldsOf(object['metadata']);
  return ok({
    type: 'Reported',
    event: {
      event: eventId,
      at: Number(created) * 1_000,
      mode: livemode ? 'live' : 'test',
      kind,
      payment,
      id,
      says,
      ...defined({ account: idOf('account', account), funds: FUNDS[eventType] }),
      ...ownerIn(metadata),
      ...defined({ refundId: textOf(metadata['refund_id']) }),
    },
  });
};

/** The id of the payment, which may be expanded to the object itself. */
const paymentOf = ({ payment_intent: payment }: Readonly<Record<string, unknown>>) =>
  idOf('payment', payment) ?? idOf('payment', fieldsOf(payment)['id']);

export const notAnEvent = (why: string): NotAnEvent => ({ type: 'NotAnEvent', why });
