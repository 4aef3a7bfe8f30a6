import { ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { Event } from './events.ts';
import type { Subject } from './evidence.ts';
import type { DecisionContext, Unchargeable } from './context.ts';
import type { PlacedOrder, Refund } from './state.ts';

/**
 * One key for one attempt of one order of one deployment, the same for ever: never derived from a message.
 * Several deployments may share an account of the gateway, and number their orders alike.
 */
export const paymentKey = (deployment: string, orderId: string, attempt: number): string =>
  `${keyPrefix(deployment)}/${orderId}/payment/${attempt}`;

export const refundKey = (deployment: string, orderId: string, refundId: string): string =>
  `${keyPrefix(deployment)}/${orderId}/refund/${refundId}`;

/** Releases before 0.2 knew of no deployment. */
const keyPrefix = (deployment: string): string =>
  deployment === '' ? 'paidonce' : `paidonce/${deployment}`;

export const FIRST_ATTEMPT = 1;

/** A cancelled order's money is asked back so often, each time under a new id (hole 11). */
export const CANCEL_REFUNDS_MAX = 5;

/** The id of the next refund that the cancellation itself asks for; undefined where none is left. */
export const cancelRefundId = (refunds: readonly Refund[]): string | undefined => {
  const asked = refunds.filter(
    (refund) => refund.status !== 'rejected' && refund.cause === 'cancel',
  ).length;
  return asked < CANCEL_REFUNDS_MAX ? `cancel#${asked + 1}` : undefined;
};

type EventOf<T extends Event['type']> = Extract<Event, { readonly type: T }>;

type RequestData = Omit<EventOf<'PaymentRequested'>['data'], 'attempt' | 'paymentKey'>;

/** What a seal is over: everything that decides whether and what is sent, and of which order. */
export const sealText = (
  subject: Subject,
  orderId: string,
  key: string,
  { seal: _seal, ...sent }: RequestData,
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

/** The same, of an intent as it is in the log. */
export const sealTextOf = (
  orderId: string,
  intent: EventOf<'PaymentRequested'> | EventOf<'RefundRequested'>,
): string =>
  intent.type === 'PaymentRequested'
    ? sealText(`payment#${intent.data.attempt}`, orderId, intent.data.paymentKey, intent.data)
    : sealText(`refund#${intent.data.refundId}`, orderId, intent.data.refundKey, intent.data);

type RequestTerms = Pick<
  RequestData,
  'body' | 'amountMinor' | 'currency' | 'series' | 'seriesFrom'
>;

/** Freezes a request: until when it may be sent, when absence will be proof, whose it is, and the seal over it. */
const freeze = (
  asked: RequestTerms,
  of: { readonly subject: Subject; readonly orderId: string; readonly key: string },
  { now: at, resendHorizonMs, closeMs, requestLifeMs, deployment, seal }: DecisionContext,
): RequestData => {
  const times = { at, sendUntil: at + resendHorizonMs, closeAt: at + closeMs, requestLifeMs };
  const whose = { deployment: deployment.id, account: deployment.account };
  const sent = { ...asked, ...times, ...whose, seal: '' };
  return { ...sent, seal: seal(sealText(of.subject, of.orderId, of.key, sent)) };
};

/** The intent to charge: everything that a later try, by whatever code, will need to be the same request. */
export const requestPayment = (
  placed: PlacedOrder,
  attempt: number,
  facts: DecisionContext,
): Result<EventOf<'PaymentRequested'>, Unchargeable> => {
  const { orderId, currency, paymentMethod, totalMinor: amountMinor } = placed;
  const { series, from: seriesFrom } = facts.invoices;
  const { id: deployment } = facts.deployment;
  const key = paymentKey(deployment, orderId, attempt);
  const money = { amountMinor, currency };
  return facts.prepare({ deployment, orderId, attempt, ...money, paymentMethod }).map((body) => {
    const of = { subject: `payment#${attempt}`, orderId, key } as const;
    const frozen = freeze({ body, ...money, series, seriesFrom }, of, facts);
    return { type: 'PaymentRequested', data: { attempt, paymentKey: key, ...frozen } };
  });
};

type RefundOrder = {
  readonly placed: PlacedOrder;
  readonly paymentReference: string;
  readonly refundId: string;
  readonly cause: 'command' | 'cancel';
  readonly fingerprint: string;
  readonly lines: readonly Invoice.CreditLine[];
};

/** The intent to give money back. */
export const requestRefund = (
  { placed, paymentReference, refundId, cause, fingerprint, lines }: RefundOrder,
  facts: DecisionContext,
): Result<EventOf<'RefundRequested'>, Unchargeable> => {
  const { orderId, currency } = placed;
  const { totalMinor: amountMinor } = Invoice.totalsOf(lines);
  const { series, from: seriesFrom } = facts.creditNotes;
  const { id: deployment } = facts.deployment;
  const key = refundKey(deployment, orderId, refundId);
  const money = { amountMinor, currency };
  return facts
    .prepareRefund({ deployment, orderId, refundId, paymentReference, ...money })
    .andThen((body) => {
      const of = { subject: `refund#${refundId}`, orderId, key } as const;
      const frozen = freeze({ body, ...money, series, seriesFrom }, of, facts);
      const data = { refundId, refundKey: key, ...frozen, cause, fingerprint, lines };
      return ok({ type: 'RefundRequested' as const, data });
    });
};
