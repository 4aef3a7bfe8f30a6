import * as Invoice from '../invoice/index.ts';
import { priceLines } from '../money/index.ts';
import { formatNumber, type NumberFormat, type PrintedNumber } from '../series/index.ts';
import type { StreamEvent } from './codec.ts';
import type { Observation, Evidence } from './evidence.ts';
import type { MoneyMovement, ReviewReason, StopReason } from './events.ts';
import type { DecisionContext } from './context.ts';
import { CANCELLED } from './decide.ts';
import { cancelRefundId, paymentKey, requestPayment, requestRefund } from './requests.ts';
import {
  askGateway,
  holdsClaim,
  isAfterRestore,
  isSentIfAbsent,
  nextLookUpAt,
  type SendingOptions,
} from './sending.ts';
import type { Payment, PlacedOrder, State } from './state.ts';
import {
  append,
  backOff,
  bare,
  deadLetter,
  decided,
  inReview,
  isAfterClose,
  isAsked,
  isGivenUp,
  knownOf,
  searchSeries,
  takeNumber,
  type OpenRequest,
  type OrderStep,
} from './step.ts';

type OpenPayment = Extract<Payment, { status: 'requested' | 'review' }>;
type PaymentInProgress = OpenRequest & {
  readonly payment: OpenPayment;
  readonly placed: PlacedOrder;
};

/** The table "driving the payment" (docs/payments.md), for a payment that is open or in review. */
export const drivePayment = (
  payment: OpenPayment,
  placed: PlacedOrder,
  { state, evidence, facts }: PaymentView,
): OrderStep => {
  const { attempt } = payment;
  const { orderId } = placed;
  const subject = `payment#${attempt}` as const;
  const known = knownOf(evidence, subject);
  const asked = { subject, known, key: payment.paymentKey, request: payment, orderId };
  const isItself = ({ isPrepared }: DecisionContext): boolean => {
    const { totalMinor: amountMinor, currency, paymentMethod } = placed;
    const { deployment, body, paymentKey: key } = payment;
    const request = { deployment, orderId, attempt, amountMinor, currency, paymentMethod };
    return key === paymentKey(deployment, orderId, attempt) && isPrepared(body, request);
  };
  const open: PaymentInProgress = { ...asked, isItself, documentId: orderId, payment, placed };
  const isCancellationRequested = state.cancellation !== undefined;
  const asking: SendingOptions = {
    maySend: payment.status === 'requested' && !isCancellationRequested,
    isInReview: payment.status === 'review',
    lookUp: { type: 'Payment', orderId, ...referenceOf(payment, facts) },
  };
  const lookUp = (): OrderStep => askGateway(open, facts, asking);
  const cancelled = isCancellationRequested ? [CANCELLED] : [];
  const answer = (payment.status === 'review' ? decided(payment) : undefined) ?? known.answer;
  switch (answer?.type) {
    case 'Moved':
      if (!isAsked(open, answer)) return review(open, 'amount', [answer], facts);
      return known.number === undefined
        ? takeNumber(open, answer.reference)
        : captured(open, answer, known.number, { state, facts });
    case 'Several':
      return review(open, 'several', answer.found, facts);
    case 'Declined': {
      return append(
        { type: 'PaymentDeclined', data: { attempt, code: answer.code } },
        ...cancelled,
      );
    }
    case 'Absent': {
      const { lookedUpAt } = answer;
      if (isSentIfAbsent(open, facts, asking)) return lookUp();
      if (!isAfterClose(open, lookedUpAt)) {
        return backOff(open, 'not found before close', lookUpAgainAt(open, lookedUpAt, state));
      }
      // What was seen once, a later look-up that misses it does not undo.
      if (payment.status === 'review' && payment.reason !== 'unresolved') {
        return inReview(subject, payment);
      }
      // Before anything is given up the series is searched: a number may have been taken for it (R8).
      if (known.searched === undefined) return searchSeries(open);
      const canTryAnew =
        payment.status === 'requested' && !isCancellationRequested && attempt < facts.attemptsMax;
      if (canTryAnew) return anew(open, lookedUpAt, facts);
      return append(failed(open, { proof: 'absent after close', at: lookedUpAt }), ...cancelled);
    }
    case 'LookUpFailed':
      return isGivenUp(open, answer.lookedUpAt)
        ? unresolved(open, facts)
        : backOff(open, 'look-up failed', lookUpAgainAt(open, answer.lookedUpAt, state));
    case 'Refused': {
      const { code } = answer;
      const { now: at } = facts;
      if (payment.status === 'review') return backOff(open, 'no answer');
      if (payment.stopped === undefined) return append(stopped(open, 'refused', code, at));
      // Nobody else could send it since, and no result is stored for the key: it was never executed.
      if (holdsClaim(open))
        return append(failed(open, { proof: 'refused', code, at }), ...cancelled);
      return lookUp();
    }
    case 'StoredFailure':
      return payment.status === 'requested' && payment.stopped?.why !== 'stored failure'
        ? append(stopped(open, 'stored failure', answer.code, facts.now))
        : lookUp();
    case 'NoAnswer':
      return backOff(open, 'no answer');
    case undefined:
      return lookUp();
  }
};

/**
 * What tells the payment from all others. The log of a restored deployment may have lost that the order was
 * paid before, at any attempt: an intent of its first weeks takes such a payment for its own.
 */
const referenceOf = ({ attempt, deployment, at, body }: OpenPayment, facts: DecisionContext) =>
  isAfterRestore(at, facts)
    ? { deployment, body, attempt: 'any' as const, since: 0 }
    : { deployment, body, attempt, since: at - facts.clockSkewMs };

/** Since when a look-up is of use: the sending was stopped, the order cancelled, or the time for it is over. */
const lookUpAgainAt = (
  open: PaymentInProgress,
  lookedUpAt: number,
  { cancellation }: State,
): number => {
  const { stopped: stop, sendUntil, at } = open.payment;
  const cancelledAt = cancellation === undefined ? Infinity : Math.max(cancellation.at, at);
  return nextLookUpAt(open, lookedUpAt, Math.min(stop?.at ?? Infinity, cancelledAt, sendUntil));
};

export type PaymentView = {
  readonly state: State;
  readonly evidence: Evidence;
  readonly facts: DecisionContext;
};

/** Captured always invoices, in the same commit; under a tombstone it also gives everything back (R7). */
const captured = (
  { payment: { attempt }, placed }: PaymentInProgress,
  moved: Extract<Observation, { type: 'Moved' }>,
  numbered: PrintedNumber,
  { state, facts }: Pick<PaymentView, 'state' | 'facts'>,
): OrderStep => {
  const priced = priceLines(placed.lines);
  if (priced.isErr()) return deadLetter('the order comes to more than can be exact');
  const { lines, ...totals } = priced.value;
  const captures: StreamEvent = {
    type: 'PaymentCaptured',
    data: { attempt, ...bare(moved), source: moved.source },
  };
  const invoices: StreamEvent = {
    type: 'InvoiceIssued',
    data: { ...documentNumber(numbered, facts.invoices.format), lines, ...totals },
  };
  const refundId = cancelRefundId(state.refunds);
  if (state.cancellation === undefined || refundId === undefined) return append(captures, invoices);
  const about = { placed, paymentReference: moved.reference, refundId, fingerprint: '' };
  const left = Invoice.creditable(lines, []);
  return requestRefund({ ...about, cause: 'cancel', lines: left }, facts).match(
    (back) => append(captures, invoices, back),
    // The number is taken, and must end in a document: what cannot be given back is reported after that.
    () => append(captures, invoices),
  );
};

/** The print of its series, which may be another one than this worker is configured with now. */
export const documentNumber = (
  numbered: PrintedNumber,
  format: NumberFormat,
): Invoice.DocumentNumber => {
  const { series, year, number, seriesVersion, date: issuedAt } = numbered;
  const label = numbered.label ?? formatNumber(format, { series, year, number });
  return { series, year, number, label, seriesVersion, issuedAt };
};

const failed = (
  { payment: { attempt } }: PaymentInProgress,
  proven: {
    readonly proof: 'absent after close' | 'refused';
    readonly code?: string;
    readonly at: number;
  },
): StreamEvent => ({ type: 'PaymentFailed', data: { attempt, code: '', ...proven } });

export const stopped = (
  { subject }: OpenRequest,
  why: StopReason,
  code: string,
  at: number,
): StreamEvent => ({ type: 'SendingStopped', data: { subject, why, code, at } });

/** The old attempt ends and the new one begins in one commit: at no time are two of them open. */
const anew = (open: PaymentInProgress, lookedUpAt: number, facts: DecisionContext): OrderStep =>
  requestPayment(open.placed, open.payment.attempt + 1, facts).match(
    (requested) => append(failed(open, { proof: 'absent after close', at: lookedUpAt }), requested),
    ({ reason }) => deadLetter(`the payment cannot be asked for again: ${reason}`),
  );

/** Before any review the series is searched: it may have a number that was taken for this order (R8). */
const unresolved = (open: PaymentInProgress, facts: DecisionContext): OrderStep =>
  open.known.searched === undefined ? searchSeries(open) : review(open, 'unresolved', [], facts);

const review = (
  { subject, payment }: PaymentInProgress,
  reason: ReviewReason,
  seen: readonly MoneyMovement[],
  { now: at, letter }: DecisionContext,
): OrderStep =>
  payment.status === 'review'
    ? inReview(subject, { reason, letter: payment.letter })
    : append({
        type: 'PaymentReviewRequired',
        data: { attempt: payment.attempt, reason, seen: seen.map(bare), at, letter },
      });
