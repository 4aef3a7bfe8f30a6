import { localDate } from '../calendar.ts';
import * as Invoice from '../invoice/index.ts';
import type { PrintedNumber } from '../series/index.ts';
import { CANCELLED } from './decide.ts';
import type { StreamEvent } from './events.ts';
import { knownOf, type RequestKnowledge } from './evidence.ts';
import { bare, type OpenRequest, type OrderView, type RequestPolicy } from './openRequest.ts';
import { documentNumber } from './payment.ts';
import { refundKey, requestCancelRefund } from './requests.ts';
import {
  isOpen,
  isRecorded,
  leftOf,
  RECORDED_BEFORE,
  uncreditedOf,
  type CapturedPayment,
  type OpenRefund,
  type State,
} from './state.ts';
import { append, deadLetter, forged, retryLater, type OrderStep } from './step.ts';
import { isRefundedByShop } from './ways.ts';

export const refundRequest = (
  refund: OpenRefund,
  payment: CapturedPayment,
  view: OrderView,
): OpenRequest => {
  const { placed, evidence, context } = view;
  const { refundId, deployment, refundKey: key, body, amountMinor } = refund;
  const { orderId, currency } = placed;
  const { reference: paymentReference } = payment;
  const subject = `refund#${refundId}` as const;
  const request = { deployment, orderId, refundId, paymentReference, amountMinor, currency };
  return {
    subject,
    orderId,
    documentId: `${orderId}#${refundId}`,
    key,
    request: refund,
    known: refundKnown(refund, knownOf(evidence, subject)),
    isWanted: refund.status === 'pending',
    isItself: () =>
      key === refundKey(deployment, orderId, refundId) &&
      (isRefundedByShop(payment.way, request)
        ? body === ''
        : context.isPreparedRefund(body, request)),
    call: { type: 'refund' },
    ...(refund.status === 'review' && { review: refund }),
    lookUp: { type: 'Refund', deployment, refundId, paymentReference },
    lookUpFrom: Math.min(refund.stopped?.at ?? Infinity, refund.sendUntil),
    policy: policyOf(refund, payment, view),
  };
};

/** What the shop refunds itself is refunded by its word, and has no name at the gateway. */
const refundKnown = (
  { body, amountMinor, currency }: OpenRefund,
  known: RequestKnowledge,
): RequestKnowledge =>
  body === ''
    ? {
        ...known,
        answer: { type: 'MoneyMoved', source: 'shop', reference: '', amountMinor, currency },
      }
    : known;

const policyOf = (
  { refundId, lines, roundingMinor, prepaidMinor, amountMinor }: OpenRefund,
  payment: CapturedPayment,
  view: OrderView,
): RequestPolicy => {
  const { now: at, letter } = view.context;
  const failed = (code: string, reference = ''): StreamEvent => ({
    type: 'RefundFailed',
    data: { refundId, code, reference },
  });
  return {
    beforeSending: (open) =>
      payment.source === 'person' ? checkOwner(open, payment, view) : undefined,
    // It was adopted before it was asked for again, as after a restore: it is credited already.
    recordedBefore: (moved) =>
      isRecorded(view.state, moved) ? failed(RECORDED_BEFORE, moved.reference) : undefined,
    // Refunded and credited in one commit.
    succeeded: ({ reference, currency, source }, number) =>
      append(
        { type: 'RefundSucceeded', data: { refundId, reference, amountMinor, currency, source } },
        ...credits({ refundId, credit: { lines, roundingMinor, prepaidMinor }, number }, view),
      ),
    declined: (code) => append(failed(code)),
    refused: (code) => append(failed(code)),
    absent: () => append(failed('absent after close')),
    reviewRequired: (reason, observed) => ({
      type: 'RefundReviewRequired',
      data: { refundId, reason, seen: observed.map(bare), at, letter },
    }),
  };
};

/**
 * That a payment is this order's, a person may have said, and whoever can write into the log can
 * say it in a person's name. So the gateway is asked before money of it is refunded (ADR 0027).
 */
const checkOwner = (
  { subject, known }: OpenRequest,
  { attempt, reference: paymentReference }: CapturedPayment,
  { placed: { orderId }, context }: OrderView,
): OrderStep | undefined => {
  const { id: deployment } = context.deployment;
  if (known.capture === undefined) {
    const of = { type: 'Capture', deployment, orderId, attempt, paymentReference } as const;
    return { type: 'LookUp', subject, of };
  }
  if (known.capture === 'unknown') {
    return retryLater(subject, 'whose the payment is cannot be asked');
  }
  return known.capture === 'of another'
    ? forged(`${subject} is of a payment of another order`)
    : undefined;
};

/**
 * A refund of a cancelled order that failed is asked for again, under a new id, while there are
 * any. Nothing is asked for before it is known which refunds others have made.
 */
export const refundRest = (
  { reference: paymentReference, way }: CapturedPayment,
  { placed, state, context }: OrderView,
): readonly OrderStep[] => {
  const { cancellation, comparison, refunds } = state;
  const isOwed = cancellation !== undefined && uncreditedOf(state) > 0;
  const { invoice } = state;
  if (!isOwed || comparison !== undefined || invoice.status === 'none') return [];
  const credit = Invoice.creditIn(leftOf(state, invoice.document));
  const left = { placed, paymentReference, way, refunds, credit };
  return [
    requestCancelRefund(left, context).match(
      (requested) => append(requested),
      (error) =>
        deadLetter(
          error.type === 'CancelRefundsExhausted'
            ? 'cancel-refund-exhausted'
            : `the money cannot be refunded: ${error.reason}`,
        ),
    ),
  ];
};

/** The credit note of a refund, and the end of a cancelled order with the last of its money. */
export const credits = (
  {
    refundId,
    credit,
    number,
  }: {
    readonly refundId: string;
    readonly credit: Invoice.Credit;
    readonly number: PrintedNumber;
  },
  { state, context }: Pick<OrderView, 'state' | 'context'>,
): readonly StreamEvent[] => {
  const numbered = documentNumber(number, context.creditNotes.format);
  const data = {
    refundId,
    ...numbered,
    issuedOn: localDate(numbered.issuedAt, context.timeZone),
    lines: credit.lines,
    ...Invoice.totalsOf(credit),
  };
  const isAllBack = state.cancellation !== undefined && isAllBackWith(refundId, credit, state);
  return [{ type: 'CreditNoteIssued', data }, ...(isAllBack ? [CANCELLED] : [])];
};

/** Whether nothing is owed and no other refund is under way once this one has succeeded. */
const isAllBackWith = (refundId: string, credit: Invoice.Credit, state: State): boolean => {
  const others = state.refunds.filter((refund) => refund.refundId !== refundId);
  const uncredited = uncreditedOf({ ...state, refunds: others });
  return !others.some(isOpen) && uncredited === Invoice.totalsOf(credit).totalMinor;
};
