import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { DecisionContext, Unchargeable } from './context.ts';
import type { EventData, EventOf, FrozenRequest, PaymentWay, Subject } from './events.ts';
import type { Authentication, PlacedOrder, Refund } from './state.ts';
import { bodyOf, closeMsOf, isRefundedByShop, paymentTermsOf, type PaymentTerms } from './ways.ts';

/**
 * The key of one attempt of one order of one deployment. It is the same for ever, and never derived
 * from a message. Several deployments may share an account of the gateway, and number their orders
 * alike.
 */
export const paymentKey = (deployment: string, orderId: string, attempt: number): string =>
  `${keyPrefix(deployment)}/${orderId}/payment/${attempt}`;

export const refundKey = (deployment: string, orderId: string, refundId: string): string =>
  `${keyPrefix(deployment)}/${orderId}/refund/${refundId}`;

/** Releases before 0.2 knew of no deployment. */
const keyPrefix = (deployment: string): string =>
  deployment === '' ? 'paidonce' : `paidonce/${deployment}`;

export const FIRST_ATTEMPT = 1;

/** The key under which the authorisation of a payment is released. */
export const voidKey = (key: string): string => `${key}/void`;

/** The key under which the payment is confirmed again with its customer there. */
export const confirmKey = (key: string): string => `${key}/confirm`;

/** A request with the way in which its order is paid; a refund has none. */
export type RequestOnItsWay = FrozenRequest &
  Partial<Pick<EventData['PaymentRequested'], 'way' | 'payment'>>;

/**
 * The text under a seal: everything that decides whether and what is sent, and for which order. The
 * text of a charge and of a refund is as it was before there were other ways to pay.
 */
export const sealText = (
  subject: Subject,
  orderId: string,
  key: string,
  sent: Omit<RequestOnItsWay, 'seal'>,
): string =>
  JSON.stringify([
    subject,
    orderId,
    key,
    sent.body,
    sent.amountMinor,
    sent.currency,
    sent.at,
    sent.series,
    sent.seriesFrom,
    sent.sendUntil,
    sent.closeAt,
    sent.requestLifeMs,
    sent.deployment,
    sent.account,
    ...(sent.way === undefined || sent.way === 'method' ? [] : [sent.way, sent.payment]),
  ]);

/** The same text, for an intent as it is in the log. */
export const sealTextOf = (
  orderId: string,
  intent: EventOf<'PaymentRequested' | 'RefundRequested'>,
): string =>
  intent.type === 'PaymentRequested'
    ? sealText(`payment#${intent.data.attempt}`, orderId, intent.data.paymentKey, intent.data)
    : sealText(`refund#${intent.data.refundId}`, orderId, intent.data.refundKey, intent.data);

/** The text under the seal of a confirmation. */
export const confirmSealText = (
  orderId: string,
  key: string,
  { reference, body, at, sendUntil, until }: Omit<Authentication, 'seal'>,
): string => JSON.stringify([orderId, confirmKey(key), reference, body, at, sendUntil, until]);

type RequestTerms = Pick<
  FrozenRequest,
  'body' | 'amountMinor' | 'currency' | 'series' | 'seriesFrom'
>;

/** Freezes a request: until when it may be sent, when absence is proof, its owner, and the seal. */
const freeze = <T extends RequestTerms & Partial<PaymentTerms>>(
  terms: T,
  of: { readonly subject: Subject; readonly orderId: string; readonly key: string },
  context: DecisionContext,
): T & FrozenRequest => {
  const { now: at, resendHorizonMs, requestLifeMs, deployment, seal } = context;
  const sent = {
    ...terms,
    at,
    sendUntil: at + resendHorizonMs,
    closeAt: at + closeMsOf(terms, context),
    requestLifeMs,
    deployment: deployment.id,
    account: deployment.account,
  };
  return { ...sent, seal: seal(sealText(of.subject, of.orderId, of.key, sent)) };
};

/** The intent to charge: everything that makes a later try, by whatever code, the same request. */
export const requestPayment = (
  placed: PlacedOrder,
  attempt: number,
  context: DecisionContext,
): Result<EventOf<'PaymentRequested'>, Unchargeable> => {
  const { orderId, currency, payableMinor: amountMinor } = placed;
  const { series, from: seriesFrom } = context.invoices;
  const { id: deployment } = context.deployment;
  const charge = { deployment, orderId, attempt, amountMinor, currency };
  const terms = paymentTermsOf(placed.payment, charge);
  if (terms.isErr()) return err(terms.error);
  const prepared = bodyOf(placed.payment, terms.value, charge, context);
  if (prepared.isErr()) return err(prepared.error);
  const { way, payment } = terms.value;
  const key = paymentKey(deployment, orderId, attempt);
  const of = { subject: `payment#${attempt}`, orderId, key } as const;
  const asked = {
    attempt,
    paymentKey: key,
    body: prepared.value,
    amountMinor,
    currency,
    series,
    seriesFrom,
    way,
    payment,
  };
  return ok({ type: 'PaymentRequested', data: freeze(asked, of, context) });
};

type RefundTerms = {
  readonly placed: PlacedOrder;
  readonly paymentReference: string;
  /** The way in which the order was paid. */
  readonly way: PaymentWay;
  readonly refundId: string;
  readonly cause: 'command' | 'cancel';
  readonly fingerprint: string;
  readonly credit: Invoice.Credit;
};

export const requestRefund = (
  { placed, paymentReference, way, refundId, cause, fingerprint, credit }: RefundTerms,
  context: DecisionContext,
): Result<EventOf<'RefundRequested'>, Unchargeable> => {
  const { orderId, currency } = placed;
  const { payableMinor: amountMinor } = Invoice.totalsOf(credit);
  const { series, from: seriesFrom } = context.creditNotes;
  const { id: deployment } = context.deployment;
  const key = refundKey(deployment, orderId, refundId);
  const money = { amountMinor, currency };
  const asked = { deployment, orderId, refundId, paymentReference, ...money };
  const prepared = isRefundedByShop(way, money) ? ok('') : context.prepareRefund(asked);
  return prepared.map((body) => {
    const of = { subject: `refund#${refundId}`, orderId, key } as const;
    const request = { refundId, refundKey: key, body, amountMinor, currency, series, seriesFrom };
    const data = { ...freeze(request, of, context), cause, fingerprint, ...credit };
    return { type: 'RefundRequested', data };
  });
};

/** A cancelled order's money is asked for again this often, each time under a new id (hole 11). */
export const CANCEL_REFUNDS_MAX = 5;

export type CancelRefundsExhausted = { readonly type: 'CancelRefundsExhausted' };

/** The intent to refund everything that is left of a cancelled order. */
export const requestCancelRefund = (
  {
    refunds,
    ...terms
  }: Pick<RefundTerms, 'placed' | 'paymentReference' | 'way' | 'credit'> & {
    readonly refunds: readonly Refund[];
  },
  context: DecisionContext,
): Result<EventOf<'RefundRequested'>, Unchargeable | CancelRefundsExhausted> => {
  const asked = refunds.filter(
    (refund) => refund.status !== 'rejected' && refund.cause === 'cancel',
  ).length;
  if (asked >= CANCEL_REFUNDS_MAX) return err({ type: 'CancelRefundsExhausted' });
  const refundId = `cancel#${asked + 1}`;
  return requestRefund({ ...terms, refundId, cause: 'cancel', fingerprint: '' }, context);
};
