import { localDate } from '../calendar.ts';
import * as Invoice from '../invoice/index.ts';
import type { PrintedNumber } from '../series/index.ts';
import { CANCELLED } from './decide.ts';
import type { StreamEvent } from './events.ts';
import { knownOf } from './evidence.ts';
import { refundKnown } from './refundEvidence.ts';
import { bare, type OpenRequest, type OrderView, type RequestPolicy } from './openRequest.ts';
import { documentNumber } from './payment.ts';
import { closeDocument } from './requestNumber.ts';
import { refundKey, requestCancelRefund } from './requests.ts';
import {
  isOpen,
  isRecorded,
  RECORDED_BEFORE,
  uncreditedOf,
  type CapturedPayment,
  type OpenRefund,
  type State,
} from './state.ts';
import { isDisputed, owedOf, restOf } from './sums.ts';
import { append, deadLetter, forged, retryLater, type OrderStep } from './step.ts';
import { isRefundedByShop } from './ways.ts';

export const refundRequest = (
  refund: OpenRefund,
  payment: CapturedPayment,
  view: OrderView,
): OpenRequest => {
  const { placed, context } = view;
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
    known: refundKnown(refund, view),
    isWanted: refund.status === 'pending',
    isDisputed: isDisputed(view.state),
    ...(refund.pending && { pending: refund.pending }),
    isItself: () =>
      key === refundKey(deployment, orderId, refundId) &&
      (isRefundedByShop(payment.way, request)
        ? body === ''
        : context.isPreparedRefund(body, request)),
    call: { type: 'refund' },
    ...(refund.status === 'review' && { review: refund }),
    lookUp: { type: 'Refund', deployment, refundId, paymentReference },
    lookUpFrom: lookUpFrom(refund, view.state),
    policy: policyOf(refund, payment, view),
  };
};

/**
 * A look-up is useful once the sending was stopped, a dispute was opened, or the time to send is
 * over.
 */
const lookUpFrom = ({ stopped, sendUntil, at }: OpenRefund, { disputes = [] }: State): number => {
  const opened = disputes
    .filter(({ verdict }) => verdict === undefined)
    .map(({ openedAt }) => Math.max(openedAt, at));
  return Math.min(stopped?.at ?? Infinity, sendUntil, ...opened);
};

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
    // It is refunded and credited in one commit.
    succeeded: ({ reference, currency, source }, number) => {
      const { declined } = knownOf(view.evidence, `refund#${refundId}`);
      // A number was taken for it: it had been made, and has come back since (hole 29).
      const back = declined?.reference === reference ? declined : undefined;
      return append(
        { type: 'RefundSucceeded', data: { refundId, reference, amountMinor, currency, source } },
        ...credits({ refundId, credit: { lines, roundingMinor, prepaidMinor }, number }, view),
        ...(back === undefined
          ? []
          : [
              {
                type: 'RefundReturned' as const,
                data: { refundId, reference, code: back.code, at, letter },
              },
            ]),
      );
    },
    declined: (open, { code, reference }) =>
      reference !== undefined && open.known.closed === undefined
        ? closeDocument(open, reference)
        : append(failed(code, reference)),
    underWay: (reference) => ({
      type: 'RefundPending',
      data: { refundId, reference, at, until: at + view.context.pendingMaxMs, letter },
    }),
    refused: (code) => append(failed(code)),
    absent: ({ isDisputed: isBlocked }) =>
      append(failed(isBlocked ? 'disputed' : 'absent after close')),
    reviewRequired: (reason, observed) => ({
      type: 'RefundReviewRequired',
      data: { refundId, reason, seen: observed.map(bare), at, letter },
    }),
  };
};

/**
 * The step that asks the gateway for the owner of the payment, before money of it is refunded. A
 * person may have attributed it to this order, and whoever can write into the log can do so in a
 * person's name (ADR 0027).
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
 * Asks again for a refund of a cancelled order that failed, under a new id, while ids are left.
 * Nothing is asked for before it is known which refunds others have made.
 */
export const refundRest = (
  { reference: paymentReference, way }: CapturedPayment,
  { placed, state, context }: OrderView,
): readonly OrderStep[] => {
  const { cancellation, cancelled, comparison, refunds } = state;
  const { invoice } = state;
  if (cancellation === undefined || comparison !== undefined || invoice.status === 'none')
    return [];
  // Its end drives the order on (R20).
  if (isDisputed(state)) return [];
  if (owedOf(state) === 0) {
    return cancelled || refunds.some(isOpen) ? [] : [append(CANCELLED)];
  }
  const rest = restOf(state, invoice.document);
  if (rest.isErr()) return [deadLetter(`the money cannot be refunded: ${rest.error.reason}`)];
  const left = { placed, paymentReference, way, refunds, credit: rest.value };
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
  const isToEnd = state.cancellation !== undefined && !state.cancelled && !isDisputed(state);
  const isAllBack = isToEnd && isAllBackWith(refundId, credit, state);
  return [{ type: 'CreditNoteIssued', data }, ...(isAllBack ? [CANCELLED] : [])];
};

/** Whether nothing is owed and no other refund is under way once this one has succeeded. */
const isAllBackWith = (refundId: string, credit: Invoice.Credit, state: State): boolean => {
  const others = state.refunds.filter((refund) => refund.refundId !== refundId);
  const uncredited = uncreditedOf({ ...state, refunds: others });
  return !others.some(isOpen) && uncredited === Invoice.totalsOf(credit).totalMinor;
};
