import { ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { Event } from './events.ts';
import type { Facts, Unchargeable } from './facts.ts';
import type { Placed, Refund } from './state.ts';

/** One key for one attempt of one order, the same for ever: never derived from a message. */
export const paymentKey = (orderId: string, attempt: number): string =>
  `paidonce/${orderId}/payment/${attempt}`;

export const refundKey = (orderId: string, refundId: string): string =>
  `paidonce/${orderId}/refund/${refundId}`;

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

type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>;

/** The intent to charge: everything that a later try, by whatever code, will need to be the same request. */
export const requestPayment = (
  placed: Placed,
  attempt: number,
  facts: Facts,
): Result<Of<'PaymentRequested'>, Unchargeable> => {
  const { orderId, currency, paymentMethod, totalMinor: amountMinor } = placed;
  const { series, from: seriesFrom } = facts.invoices;
  return facts.prepare({ orderId, attempt, amountMinor, currency, paymentMethod }).map((body) => ({
    type: 'PaymentRequested',
    data: {
      attempt,
      paymentKey: paymentKey(orderId, attempt),
      body,
      amountMinor,
      currency,
      at: facts.now,
      series,
      seriesFrom,
    },
  }));
};

type RefundOrder = {
  readonly placed: Placed;
  readonly paymentReference: string;
  readonly refundId: string;
  readonly cause: 'command' | 'cancel';
  readonly fingerprint: string;
  readonly lines: readonly Invoice.CreditLine[];
};

/** The intent to give money back. */
export const requestRefund = (
  { placed, paymentReference, refundId, cause, fingerprint, lines }: RefundOrder,
  facts: Facts,
): Result<Of<'RefundRequested'>, Unchargeable> => {
  const { orderId, currency } = placed;
  const { totalMinor: amountMinor } = Invoice.totalsOf(lines);
  const { series, from: seriesFrom } = facts.creditNotes;
  return facts
    .prepareRefund({ orderId, refundId, paymentReference, amountMinor, currency })
    .andThen((body) =>
      ok({
        type: 'RefundRequested' as const,
        data: {
          refundId,
          refundKey: refundKey(orderId, refundId),
          body,
          amountMinor,
          currency,
          at: facts.now,
          series,
          seriesFrom,
          cause,
          fingerprint,
          lines,
        },
      }),
    );
};
