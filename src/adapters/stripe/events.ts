import { err, ok, type Result } from 'neverthrow';
import type {
  GatewayObjectKind,
  IgnoredEvent,
  NotAnEvent,
  ToldEvent,
} from '../../application/ports/gatewayEvents.ts';
import { defined } from '../defined.ts';
import { codeOf, fieldsOf, ownerIn, textOf } from './rows.ts';

/**
 * The events that say how money stands, each with the object that it carries:
 * https://docs.stripe.com/api/events/types. A webhook endpoint, or an event destination of
 * EventBridge, needs no others; the ones that it sends nevertheless are ignored.
 */
export const STRIPE_EVENT_TYPES = {
  'payment_intent.amount_capturable_updated': 'payment',
  'payment_intent.canceled': 'payment',
  'payment_intent.payment_failed': 'payment',
  'payment_intent.processing': 'payment',
  'payment_intent.requires_action': 'payment',
  'payment_intent.succeeded': 'payment',
  'charge.refunded': 'charge',
  'refund.created': 'refund',
  'refund.failed': 'refund',
  'refund.updated': 'refund',
  'charge.dispute.closed': 'dispute',
  'charge.dispute.created': 'dispute',
  'charge.dispute.funds_reinstated': 'dispute',
  'charge.dispute.funds_withdrawn': 'dispute',
  'charge.dispute.updated': 'dispute',
} as const satisfies Readonly<Record<string, GatewayObjectKind>>;

const OBJECTS: Readonly<Record<GatewayObjectKind, string>> = {
  payment: 'payment_intent',
  refund: 'refund',
  charge: 'charge',
  dispute: 'dispute',
};

const isTold = (type: string): type is keyof typeof STRIPE_EVENT_TYPES =>
  Object.hasOwn(STRIPE_EVENT_TYPES, type);

/** An id of Stripe's, which is kept, logged and put into the path of a request. */
const ID = /^[a-z]{2,8}_[A-Za-z0-9_]{1,246}$/;

const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined;

/**
 * An event as Stripe sends it (https://docs.stripe.com/api/events/object), whatever the API version
 * of its object: only ids, the status and our own metadata are read of it.
 */
export const readEvent = (value: unknown): Result<ToldEvent | IgnoredEvent, NotAnEvent> => {
  const { object: kind, id, type, created, livemode, account, data } = fieldsOf(value);
  const eventType = codeOf(type);
  if (eventType === undefined) return err(notAnEvent('the event names no type'));
  // Events that hold no object of their own are `v2.core.event`, and say nothing of payments.
  if (!isTold(eventType)) return ok({ type: 'Ignored', eventType });
  const eventId = idOf(id);
  if (kind !== 'event' || eventId === undefined) return err(notAnEvent('it is not an event'));
  if (typeof livemode !== 'boolean') return err(notAnEvent('the event names no mode'));
  if (!Number.isSafeInteger(created)) return err(notAnEvent('the event has no time'));

  const object = fieldsOf(fieldsOf(data)['object']);
  const { [eventType]: of } = STRIPE_EVENT_TYPES;
  const objectId = idOf(object['id']);
  if (object['object'] !== OBJECTS[of] || objectId === undefined) {
    return err(notAnEvent('the event carries another object than its type says'));
  }
  const status = codeOf(object['status']);
  return ok({
    type: 'Told',
    event: {
      eventId,
      eventType,
      at: Number(created) * 1_000,
      isLive: livemode,
      object: { kind: of, id: objectId, ...defined({ status }) },
      ...defined({
        account: idOf(account),
        payment: of === 'payment' ? objectId : paymentOf(object),
      }),
      ...ownerIn(fieldsOf(object['metadata'])),
    },
  });
};

/** It may be expanded to the object itself. */
const paymentOf = ({ payment_intent: payment }: Readonly<Record<string, unknown>>) =>
  idOf(payment) ?? idOf(textOf(fieldsOf(payment)['id']));

export const notAnEvent = (why: string): NotAnEvent => ({ type: 'NotAnEvent', why });
