import { knownOf } from './evidence.ts';
import { isKnownHint } from './hints.ts';
import { isOfOurAccount, type OrderView } from './openRequest.ts';
import { namedPayment } from './payment.ts';
import { isShopPayment } from './shopPayment.ts';
import type { OpenPayment, Payment } from './state.ts';
import { retryLater, type LookUpRequest, type OrderStep } from './step.ts';
import { isAtGateway } from './ways.ts';

/*
 * The subject of a gateway's event is asked for by its name before anything follows from it (R18).
 */

/** Asks for the payment that the event names, while nothing is known of this attempt. */
export const askHinted = (payment: OpenPayment, view: OrderView): OrderStep | undefined => {
  const { state, evidence, context } = view;
  const { hint } = context;
  if (hint === undefined || isKnownHint(hint, state)) return undefined;
  const subject = `payment#${payment.attempt}` as const;
  const { answer, heard } = knownOf(evidence, subject);
  const isDecided = payment.status === 'review' && payment.resolved !== undefined;
  if (answer !== undefined || heard === true || isDecided) return undefined;
  // Another account's key shows nothing of it.
  if (!isOfOurAccount(payment, context)) return undefined;
  const of = hintedLookUp(hint.payment, payment, view);
  return of && { type: 'LookUp', subject, of };
};

const hintedLookUp = (
  name: string,
  payment: OpenPayment,
  view: OrderView,
): LookUpRequest | undefined => {
  if (payment.authentication !== undefined) {
    return name === payment.authentication.reference
      ? { type: 'ShopPayment', payment: name }
      : undefined;
  }
  if (isShopPayment(payment)) {
    // A captured payment stands, and nothing of another one is about this order.
    return name === payment.payment && payment.verified?.is !== 'captured'
      ? { type: 'ShopPayment', payment: name }
      : undefined;
  }
  return isAtGateway(payment.way) ? namedPayment(name, payment, view) : undefined;
};

/**
 * Asks for the payment of an order that needs none any more: money that moved under one of its
 * attempts is a contradiction.
 */
export const askHintedOfEnded = (
  payment: Extract<Payment, { readonly status: 'captured' | 'declined' | 'failed' }>,
  view: OrderView,
): OrderStep | undefined => {
  const { placed, state, evidence, context } = view;
  const { hint, deployment } = context;
  const { attempt } = payment;
  const isOwn = payment.status === 'captured' && payment.reference === hint?.payment;
  if (hint === undefined || isOwn || isKnownHint(hint, state)) return undefined;
  const subject = `payment#${attempt}` as const;
  const { answer, heard } = knownOf(evidence, subject);
  if (answer?.type === 'LookUpFailed') return retryLater(subject, 'look-up failed');
  if (answer !== undefined || heard === true) return undefined;
  const { orderId } = placed;
  const of = { orderId, attempt, deployment: deployment.id, payment: hint.payment, since: 0 };
  return { type: 'LookUp', subject, of: { type: 'NamedPayment', ...of } };
};
