import { err, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { DecisionContext, Unchargeable } from './context.ts';
import type { EventOf, FrozenRequest, Subject } from './events.ts';
import type { PlacedOrder, Refund } from './state.ts';

/**
 * One key for one attempt of one order of one deployment, the same for ever: never derived from a
 * message. Several deployments may share an account of the gateway, and number their orders alike.
 */
export const paymentKey = (deployment: string, orderId: string, attempt: number): string =>
  `${keyPrefix(deployment)}/${orderId}/payment/${attempt}`;

export const refundKey = (deployment: string, orderId: string, refundId: string): string =>
  `${keyPrefix(deployment)}/${orderId}/refund/${refundId}`;

/** Releases before 0.2 knew of no deployment. */
const keyPrefix = (deployment: string): string =>
  deployment === '' ? 'paidonce' : `paidonce/${deployment}`;

export const FIRST_ATTEMPT = 1;

/** The text under a seal: everything that decides whether and what is sent, and of which order. */
export const sealText = (
  subject: Subject,
  orderId: string,
  key: string,
  sent: FrozenRequest,
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
  ]);

/** The same text, of an intent as it is in the log. */
export const sealTextOf = (
  orderId: string,
  intent: EventOf<'PaymentRequested' | 'RefundRequested'>,
): string =>
  intent.type === 'PaymentRequested'
    ? sealText(`payment#${intent.data.attempt}`, orderId, intent.data.paymentKey, intent.data)
    : sealText(`refund#${intent.data.refundId}`, orderId, intent.data.refundKey, intent.data);

type RequestTerms = Pick<
  FrozenRequest,
  'body' | 'amountMinor' | 'currency' | 'series' | 'seriesFrom'
>;

/** Freezes a request: until when it may be sent, when absence is proof, its owner, and the seal. */
const freeze = (
  terms: RequestTerms,
  of: { readonly subject: Subject; readonly orderId: string; readonly key: string },
  { now: at, resendHorizonMs, closeMs, requestLifeMs, deployment, seal }: DecisionContext,
): FrozenRequest => {
  const times = { at, sendUntil: at + resendHorizonMs, closeAt: at + closeMs, requestLifeMs };
  const owner = { deployment: deployment.id, account: deployment.account };
  const sent = { ...terms, ...times, ...owner, seal: '' };
  return { ...sent, seal: seal(sealText(of.subject, of.orderId, of.key, sent)) };
};

/** The gateway's token that is charged. */
export const paymentMethodOf = ({ payment }: Pick<PlacedOrder, 'payment'>): string =>
  'paymentMethod' in payment ? payment.paymentMethod : '';

/** The intent to charge: everything that makes a later try, by whatever code, the same request. */
export const requestPayment = (
  placed: PlacedOrder,
  attempt: number,
  context: DecisionContext,
): Result<EventOf<'PaymentRequested'>, Unchargeable> => {
  const { orderId, currency, payableMinor: amountMinor } = placed;
  const { series, from: seriesFrom } = context.invoices;
  const { id: deployment } = context.deployment;
  const key = paymentKey(deployment, orderId, attempt);
  const money = { amountMinor, currency };
  const paymentMethod = paymentMethodOf(placed);
  return context.prepare({ deployment, orderId, attempt, ...money, paymentMethod }).map((body) => {
    const of = { subject: `payment#${attempt}`, orderId, key } as const;
    const frozen = freeze({ body, ...money, series, seriesFrom }, of, context);
    return { type: 'PaymentRequested', data: { attempt, paymentKey: key, ...frozen } };
  });
};

type RefundTerms = {
  readonly placed: PlacedOrder;
  readonly paymentReference: string;
  readonly refundId: string;
  readonly cause: 'command' | 'cancel';
  readonly fingerprint: string;
  readonly credit: Invoice.Credit;
};

export const requestRefund = (
  { placed, paymentReference, refundId, cause, fingerprint, credit }: RefundTerms,
  context: DecisionContext,
): Result<EventOf<'RefundRequested'>, Unchargeable> => {
  const { orderId, currency } = placed;
  const { payableMinor: amountMinor } = Invoice.totalsOf(credit);
  const { series, from: seriesFrom } = context.creditNotes;
  const { id: deployment } = context.deployment;
  const key = refundKey(deployment, orderId, refundId);
  const money = { amountMinor, currency };
  return context
    .prepareRefund({ deployment, orderId, refundId, paymentReference, ...money })
    .map((body) => {
      const of = { subject: `refund#${refundId}`, orderId, key } as const;
      const frozen = freeze({ body, ...money, series, seriesFrom }, of, context);
      const data = { refundId, refundKey: key, ...frozen, cause, fingerprint, ...credit };
      return { type: 'RefundRequested', data };
    });
};

/** So often a cancelled order's money is asked for again, each time under a new id (hole 11). */
export const CANCEL_REFUNDS_MAX = 5;

export type CancelRefundsExhausted = { readonly type: 'CancelRefundsExhausted' };

/** The intent to refund everything that is left of a cancelled order. */
export const requestCancelRefund = (
  {
    refunds,
    ...terms
  }: Pick<RefundTerms, 'placed' | 'paymentReference' | 'credit'> & {
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
