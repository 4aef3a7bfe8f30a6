import { localDate } from '../calendar.ts';
import * as Invoice from '../invoice/index.ts';
import type { TaxedOrder } from '../money/index.ts';
import { formatNumber, type NumberFormat, type PrintedNumber } from '../series/index.ts';
import { askCustomer } from './confirmation.ts';
import type { DecisionContext } from './context.ts';
import { CANCELLED } from './decide.ts';
import type { EventOf, StreamEvent } from './events.ts';
import { knownOf, type MoneyMoved, type RequestKnowledge } from './evidence.ts';
import {
  bare,
  isTriedAgain,
  type OpenRequest,
  type OrderView,
  type RequestPolicy,
} from './openRequest.ts';
import { paymentKey, requestCancelRefund, requestPayment } from './requests.ts';
import { priceOf } from './pricing.ts';
import { findNumber } from './requestNumber.ts';
import { isAfterRestore } from './requestTimes.ts';
import { isShopPayment } from './shopPayment.ts';
import type { OpenPayment, PlacedOrder, State } from './state.ts';
import {
  append,
  deadLetter,
  inReview,
  type GatewayCall,
  type LookUpRequest,
  type OrderStep,
} from './step.ts';
import { isAtGateway, isRequestOf } from './ways.ts';

export const paymentRequest = (payment: OpenPayment, view: OrderView): OpenRequest => {
  const { placed, state, evidence, context } = view;
  const { attempt, deployment, paymentKey: key } = payment;
  const { orderId } = placed;
  const subject = `payment#${attempt}` as const;
  return {
    subject,
    orderId,
    documentId: orderId,
    key,
    request: payment,
    known: paymentKnown(payment, knownOf(evidence, subject)),
    isWanted: payment.status === 'requested' && state.cancellation === undefined,
    isItself: () =>
      key === paymentKey(deployment, orderId, attempt) && isRequestOf(placed, payment, context),
    call: callOf(payment),
    ...(payment.status === 'review' && { review: payment }),
    ...(payment.pending && { pending: payment.pending }),
    isDisputed: false,
    lookUp: lookUpOf(payment, placed, context),
    lookUpFrom: lookUpFrom(payment, state),
    policy: policyOf(payment, view),
  };
};

const callOf = ({ way, payment }: OpenPayment): GatewayCall =>
  way === 'authorised' ? { type: 'capture', payment } : { type: 'charge' };

/**
 * The knowledge about a payment. The order itself is evidence where the gateway has no part in it.
 */
const paymentKnown = (payment: OpenPayment, known: RequestKnowledge): RequestKnowledge => {
  const { way, payment: reference, amountMinor, currency } = payment;
  if (isAtGateway(way)) return known;
  return {
    ...known,
    answer: { type: 'MoneyMoved', source: 'shop', reference, amountMinor, currency },
  };
};

/**
 * The look-up of the payment. The log of a restored deployment may have lost that the order was
 * paid before, at any attempt: an intent of its first weeks takes such a payment for its own.
 */
const lookUpOf = (
  payment: OpenPayment,
  placed: PlacedOrder,
  context: DecisionContext,
): LookUpRequest => {
  const { attempt, deployment, at, body } = payment;
  if (isShopPayment(payment)) return { type: 'ShopPayment', payment: payment.payment };
  if (payment.pending !== undefined) {
    return namedPayment(payment.pending.reference, payment, { placed, context });
  }
  const { payment: paid } = placed;
  const customer = paid.type === 'saved' ? { customer: paid.customer } : {};
  const of = { type: 'Payment', orderId: placed.orderId, deployment, body, ...customer } as const;
  return isAfterRestore(payment, context)
    ? { ...of, attempt: 'any', since: 0 }
    : { ...of, attempt, since: at - context.clockSkewMs };
};

/** The payment of that name, if it is one of this attempt. */
export const namedPayment = (
  payment: string,
  intent: Pick<OpenPayment, 'attempt' | 'deployment' | 'at'>,
  { placed: { orderId }, context }: Pick<OrderView, 'placed' | 'context'>,
): LookUpRequest => {
  const { attempt, deployment, at } = intent;
  const since = isAfterRestore(intent, context) ? 0 : at - context.clockSkewMs;
  return { type: 'NamedPayment', payment, deployment, orderId, attempt, since };
};

/**
 * A look-up is useful once the sending was stopped, the order was cancelled, or the time to send is
 * over.
 */
const lookUpFrom = ({ stopped, sendUntil, at }: OpenPayment, { cancellation }: State): number => {
  const cancelledAt = cancellation === undefined ? Infinity : Math.max(cancellation.at, at);
  return Math.min(stopped?.at ?? Infinity, cancelledAt, sendUntil);
};

const policyOf = (payment: OpenPayment, view: OrderView): RequestPolicy => {
  const { attempt } = payment;
  const { cancellation } = view.state;
  const { now: at, letter } = view.context;
  const cancelled = cancellation === undefined ? [] : [CANCELLED];
  return {
    beforeSending: () => undefined,
    recordedBefore: () => undefined,
    succeeded: (moved, number) => captured(payment, moved, number, view),
    declined: (open, answer) =>
      askCustomer(open, payment, answer, view) ??
      append({ type: 'PaymentDeclined', data: { attempt, code: answer.code } }, ...cancelled),
    underWay: (reference) => ({
      type: 'PaymentPending',
      data: { attempt, reference, at, until: at + view.context.pendingMaxMs, letter },
    }),
    refused: (code) =>
      append(
        { type: 'PaymentFailed', data: { attempt, proof: 'refused', code, at } },
        ...cancelled,
      ),
    absent: (open, lookedUpAt) => {
      // Money that was observed once is not undone by a later look-up that misses it.
      if (payment.status === 'review' && payment.reason !== 'unresolved') {
        return inReview(open.subject, payment);
      }
      // Before it is given up the series is searched: a number may have been taken for it (R8).
      if (open.known.searched === undefined) return findNumber(open);
      const failed = absentAfterClose(attempt, lookedUpAt);
      return isTriedAgain(open, attempt, view.context)
        ? tryAgain(failed, view)
        : append(failed, ...cancelled);
    },
    reviewRequired: (reason, observed) => ({
      type: 'PaymentReviewRequired',
      data: { attempt, reason, seen: observed.map(bare), at, letter },
    }),
  };
};

const absentAfterClose = (attempt: number, at: number): EventOf<'PaymentFailed'> => ({
  type: 'PaymentFailed',
  data: { attempt, proof: 'absent after close', code: '', at },
});

/** The old attempt ends and the new one begins in one commit: at no time are two of them open. */
const tryAgain = (failed: EventOf<'PaymentFailed'>, { placed, context }: OrderView): OrderStep =>
  requestPayment(placed, failed.data.attempt + 1, context).match(
    (requested) => append(failed, requested),
    ({ reason }) => deadLetter(`the payment cannot be asked for again: ${reason}`),
  );

/** A capture always invoices; that of a cancelled order also asks for everything back (R7). */
const captured = (
  { attempt, way }: OpenPayment,
  moved: MoneyMoved,
  number: PrintedNumber,
  { placed, state: { cancellation, refunds }, context }: OrderView,
): OrderStep => {
  const priced = priceOf(placed);
  if (priced.isErr()) return deadLetter(`the order cannot be priced: ${priced.error.reason}`);
  if (priced.value.payableMinor !== placed.payableMinor) {
    return deadLetter('the order does not come to what was asked for');
  }
  const { reference, amountMinor, currency, source } = moved;
  const captures: StreamEvent = {
    type: 'PaymentCaptured',
    data: { attempt, reference, amountMinor, currency, source },
  };
  const invoices: StreamEvent = {
    type: 'InvoiceIssued',
    data: invoiceOf(priced.value, number, { placed, context }),
  };
  if (cancellation === undefined) return append(captures, invoices);
  // Lines that come to nothing leave nothing to credit.
  if (priced.value.totalMinor === 0) return append(captures, invoices, CANCELLED);
  const credit = Invoice.creditIn(Invoice.creditable(priced.value, []));
  const left = { placed, paymentReference: reference, way, refunds, credit };
  return requestCancelRefund(left, context).match(
    (requested) => append(captures, invoices, requested),
    // The number is taken, and must end in a document. A refund that cannot be is reported later.
    () => append(captures, invoices),
  );
};

/** Everything that the invoice of this order shows, for ever. */
const invoiceOf = (
  priced: TaxedOrder,
  number: PrintedNumber,
  { placed, context }: Pick<OrderView, 'placed' | 'context'>,
): Invoice.InvoiceContent => {
  const numbered = documentNumber(number, context.invoices.format);
  const { orderReference, buyerReference, supplyDate, paymentTerms } = placed;
  return {
    ...numbered,
    issuedOn: localDate(numbered.issuedAt, context.timeZone),
    language: placed.customer.language,
    priceMode: placed.priceMode,
    ...(context.seller && { seller: context.seller }),
    ...(placed.buyer && { buyer: placed.buyer }),
    lines: priced.lines,
    netMinor: priced.netMinor,
    taxMinor: priced.taxMinor,
    totalMinor: priced.totalMinor,
    roundingMinor: priced.roundingMinor,
    prepaidMinor: priced.prepaidMinor,
    payableMinor: priced.payableMinor,
    prepaid: placed.prepaid,
    orderReference,
    buyerReference,
    supplyDate,
    paymentTerms,
    paymentMeans: meansOf(placed),
  };
};

const meansOf = ({ payment, payableMinor }: PlacedOrder): Invoice.PaymentMeans => {
  if (payableMinor === 0 || payment.type === 'none') return 'none';
  return payment.type === 'transferred' ? 'transfer' : 'card';
};

/** The number with the print of its series, which may differ from this worker's configuration. */
export const documentNumber = (
  numbered: PrintedNumber,
  format: NumberFormat,
): Invoice.DocumentNumber => {
  const { series, year, number, seriesVersion, date: issuedAt } = numbered;
  const label = numbered.label ?? formatNumber(format, { series, year, number });
  return { series, year, number, label, seriesVersion, issuedAt };
};
