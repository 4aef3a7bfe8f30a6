import { chargeObject } from './charges.ts';
import { isOpen, type StoredDispute } from './disputes.ts';
import type { EventOccurrence } from './events.ts';
import type { StoredIntent } from './intents.ts';
import type { TimelineChange, PaymentState } from './paymentState.ts';
import type { StoredRefundObject } from './refunds.ts';

/** The events that Stripe makes of a change: https://docs.stripe.com/api/events/types */
export const occurrencesBetween = (
  before: PaymentState | undefined,
  after: PaymentState,
): readonly EventOccurrence[] => [
  ...ofPayment(before?.intent.object, after.intent.object),
  ...after.refunds.flatMap(({ object }, n) => ofRefund(before?.refunds[n]?.object, object, after)),
  ...after.disputes.flatMap(({ object }, n) => ofDispute(before?.disputes[n]?.object, object)),
];

/** Before the payment itself, where its customer had something to do and has done it. */
export const authentication = (change: TimelineChange): readonly EventOccurrence[] => {
  if (change.type !== 'Executed' || change.isAuthenticated !== true) return [];
  const open = { latest_charge: null, amount_capturable: 0, amount_received: 0 };
  const object = { ...change.object, ...open, status: 'requires_action' };
  return [{ type: 'payment_intent.requires_action', object }];
};

const PAYMENT_EVENTS = {
  succeeded: 'payment_intent.succeeded',
  processing: 'payment_intent.processing',
  requires_payment_method: 'payment_intent.payment_failed',
  requires_action: 'payment_intent.requires_action',
  requires_capture: 'payment_intent.amount_capturable_updated',
  canceled: 'payment_intent.canceled',
} as const satisfies Record<StoredIntent['status'], string>;

const ofPayment = (
  before: StoredIntent | undefined,
  after: StoredIntent,
): readonly EventOccurrence[] =>
  before?.status === after.status ? [] : [{ type: PAYMENT_EVENTS[after.status], object: after }];

const ofRefund = (
  before: StoredRefundObject | undefined,
  after: StoredRefundObject,
  state: PaymentState,
): readonly EventOccurrence[] => {
  const failure = after.status === 'failed' ? [{ type: 'refund.failed', object: after }] : [];
  if (before === undefined) {
    const created = { type: 'refund.created', object: after };
    const charged = { type: 'charge.refunded', object: chargeObject(state) };
    return after.status === 'failed' ? [created, ...failure] : [created, charged];
  }
  const { status } = before;
  if (status === after.status) return [];
  return [{ type: 'refund.updated', object: after, previous: { status } }, ...failure];
};

const ofDispute = (
  before: StoredDispute | undefined,
  after: StoredDispute,
): readonly EventOccurrence[] => {
  const event = (name: string, previous?: object): EventOccurrence => ({
    type: `charge.dispute.${name}`,
    object: after,
    ...(previous === undefined ? {} : { previous }),
  });
  const hasMoved = (before?.balance_transactions.length ?? 0) < after.balance_transactions.length;
  if (before === undefined)
    return [event('created'), ...(hasMoved ? [event('funds_withdrawn')] : [])];
  if (before.status === after.status) return [];
  return [
    event('updated', { status: before.status }),
    ...(hasMoved ? [event('funds_reinstated')] : []),
    ...(isOpen(after) ? [] : [event('closed')]),
  ];
};
