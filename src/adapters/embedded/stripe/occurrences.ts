import { chargeObject } from './charges.ts';
import type { EventOccurrence } from './events.ts';
import type { StoredIntent } from './intents.ts';
import type { Change, PaymentState, WithOrigin } from './paymentState.ts';
import type { StoredRefundObject } from './refunds.ts';

/** The events that Stripe makes of a change: https://docs.stripe.com/api/events/types */
export const occurrencesBetween = (
  before: PaymentState | undefined,
  after: PaymentState,
): readonly EventOccurrence[] => [
  ...ofPayment(before?.intent.object, after.intent.object),
  ...after.refunds.flatMap(({ object }, n) => ofRefund(before?.refunds[n], object, after)),
];

/** Before the payment itself, where its customer had something to do and has done it. */
export const authentication = (change: Change): readonly EventOccurrence[] => {
  if (change.type !== 'Executed' || change.isAuthenticated !== true) return [];
  const open = { latest_charge: null, amount_capturable: 0, amount_received: 0 };
  const object = { ...change.object, ...open, status: 'requires_action' };
  return [{ type: 'payment_intent.requires_action', object }];
};

const PAYMENT_EVENTS = {
  succeeded: 'payment_intent.succeeded',
  requires_payment_method: 'payment_intent.payment_failed',
  requires_capture: 'payment_intent.amount_capturable_updated',
  canceled: 'payment_intent.canceled',
} as const satisfies Record<StoredIntent['status'], string>;

const ofPayment = (
  before: StoredIntent | undefined,
  after: StoredIntent,
): readonly EventOccurrence[] =>
  before?.status === after.status ? [] : [{ type: PAYMENT_EVENTS[after.status], object: after }];

const ofRefund = (
  before: WithOrigin<StoredRefundObject> | undefined,
  after: StoredRefundObject,
  state: PaymentState,
): readonly EventOccurrence[] => {
  const failure = after.status === 'failed' ? [{ type: 'refund.failed', object: after }] : [];
  if (before === undefined) {
    const created = { type: 'refund.created', object: after };
    const charged = { type: 'charge.refunded', object: chargeObject(state) };
    return after.status === 'failed' ? [created, ...failure] : [created, charged];
  }
  const { status } = before.object;
  if (status === after.status) return [];
  return [{ type: 'refund.updated', object: after, previous: { status } }, ...failure];
};
