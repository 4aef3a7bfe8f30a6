import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../invoice/index.ts';
import type { Content } from './content.ts';
import type { DecisionContext, Unchargeable } from './context.ts';
import type { StreamEvent } from './events.ts';
import { checkRefundStep, checkSteps, withCashRounding } from './gatewaySteps.ts';
import { FIRST_ATTEMPT, requestCancelRefund, requestPayment, requestRefund } from './requests.ts';
import { placedAt, priceOf, type NotPriced } from './pricing.ts';
import { isMade, isOpen, leftOf, type State } from './state.ts';
import { creditOfHeld, isDisputed, owedOf, restOf } from './sums.ts';
import { isKnownCorrection, isSameMailbox, isSameOrder } from './sameOrder.ts';
import { isHeldBefore } from './ways.ts';

/** Commands include their fingerprints, so that nothing here is impure. */
export type Command =
  | { readonly type: 'PlaceOrder'; readonly order: Content; readonly fingerprint: string }
  | { readonly type: 'CancelOrder'; readonly orderId: string; readonly reason: string }
  | {
      readonly type: 'RefundPayment';
      readonly orderId: string;
      readonly refundId: string;
      readonly wanted: Invoice.CreditRequest;
      readonly fingerprint: string;
    }
  | {
      readonly type: 'CorrectEmail';
      readonly orderId: string;
      readonly email: string;
      readonly by: string;
      readonly reason: string;
    };

export type Rejection =
  /** Another order, or refund, was asked for under this id before. */
  | { readonly type: 'PayloadConflict' }
  | NotPriced
  | Unchargeable
  /** It is too early: nothing is captured yet. */
  | { readonly type: 'NotCapturedYet' }
  /** It is not known yet which refunds others have made: the order is driven first (R26). */
  | { readonly type: 'NotComparedYet' }
  /** There is no order yet of which an address could be corrected. */
  | { readonly type: 'NotPlacedYet' }
  /** A person must look at the payment first. */
  | { readonly type: 'OrderInReview' }
  /** The answer is no, and stays no. */
  | { readonly type: 'Refused'; readonly reason: string };

/** The maximum number of refunds of one order, rejected ones included. It bounds the stream. */
export const REFUNDS_MAX = 100;

/**
 * The maximum number of corrections: each sends every notice again. It bounds the stream and mails.
 */
export const CORRECTIONS_MAX = 10;

type DecisionResult = Result<readonly StreamEvent[], Rejection>;

/**
 * The table "Recording a command" (docs/payments.md): the events that the command adds to the
 * stream. No events mean that the command is known already, and that the order is only to be driven
 * on.
 */
export const decide = (
  command: Command,
  state: State,
  context: DecisionContext,
): DecisionResult => {
  switch (command.type) {
    case 'PlaceOrder':
      return place(command, state, context);
    case 'CancelOrder':
      return cancel(command, state, context);
    case 'RefundPayment':
      return refund(command, state, context);
    case 'CorrectEmail':
      return correct(command, state, context);
  }
};

const place = (
  { order, fingerprint }: Extract<Command, { type: 'PlaceOrder' }>,
  { placed, cancellation }: State,
  context: DecisionContext,
): DecisionResult => {
  // The order is placed: the same one again is driven on; another one under its id changes nothing.
  if (placed !== undefined) {
    return isSameOrder(placed, order, fingerprint) ? ok([]) : err({ type: 'PayloadConflict' });
  }
  const rounded = withCashRounding(order, context);
  const priced = priceOf(rounded);
  if (priced.isErr()) return err(priced.error);
  const data = placedAt(rounded, priced.value, fingerprint);
  const steps = checkSteps(data, context);
  if (steps.isErr()) return err(steps.error);
  const requested = requestPayment(data, FIRST_ATTEMPT, context);
  if (requested.isErr()) return err(requested.error);
  const isPlaced: StreamEvent = { type: 'OrderPlaced', data };
  // Only CancellationRequested: the cancel came first, and nobody is charged. What is held already,
  // or authorised, has to be refunded.
  return cancellation !== undefined && !isHeldBefore(requested.value.data.way)
    ? ok([isPlaced, CANCELLED])
    : ok([isPlaced, requested.value]);
};

export const CANCELLED: StreamEvent = { type: 'OrderCancelled', data: {} };

const cancel = (
  { reason }: Extract<Command, { type: 'CancelOrder' }>,
  state: State,
  context: DecisionContext,
): DecisionResult => {
  const { payment, cancellation, cancelled, comparison, placed } = state;
  if (cancellation !== undefined || cancelled || payment.status === 'declined') return ok([]);
  const requested: StreamEvent = {
    type: 'CancellationRequested',
    data: { reason, at: context.now },
  };
  switch (payment.status) {
    case 'none': // Nothing was asked for yet.
    case 'requested': // Open or in review: the process that drives the order sees the request.
    case 'review':
      return ok([requested]);
    case 'failed': // It was never captured.
      return ok([requested, CANCELLED]);
    case 'captured': {
      const { invoice, refunds } = state;
      // The end of the dispute drives it on (R20).
      if (isDisputed(state)) return ok([requested]);
      if (owedOf(state) === 0) {
        return ok(refunds.some(isOpen) ? [requested] : [requested, CANCELLED]);
      }
      // The rest is asked for after the comparison: what has a number needs its amount (R26).
      if (comparison !== undefined) return ok([requested]);
      if (placed === undefined || invoice.status === 'none') return ok([requested]);
      const { reference: paymentReference, way } = payment;
      const of = { placed, paymentReference, way, refunds };
      // A refund that cannot be is reported later, when the order is driven. The cancellation
      // stands.
      return restOf(state, invoice.document)
        .andThen((credit) => requestCancelRefund({ ...of, credit }, context))
        .match(
          (back): DecisionResult => ok([requested, back]),
          () => ok([requested]),
        );
    }
  }
};

const refund = (
  { refundId, wanted, fingerprint }: Extract<Command, { type: 'RefundPayment' }>,
  state: State,
  context: DecisionContext,
): DecisionResult => {
  const { payment, cancellation, cancelled, comparison, placed } = state;
  // The id is known: the refund is driven on, or is another one under the same id.
  const known = state.refunds.find((other) => other.refundId === refundId);
  if (known !== undefined) {
    return known.fingerprint === fingerprint ? ok([]) : err({ type: 'PayloadConflict' });
  }
  if (cancelled) return refused('the order is cancelled');
  if (placed === undefined && state.refused !== undefined) {
    return refused('the order was refused at the door');
  }
  switch (payment.status) {
    case 'declined':
      return refused('the payment was declined');
    case 'failed':
      return refused('the payment was never made');
    case 'none':
    case 'requested':
      return err({ type: 'NotCapturedYet' });
    case 'review':
      return err({ type: 'OrderInReview' });
    case 'captured': {
      if (state.refunds.length >= REFUNDS_MAX) return refused(`${REFUNDS_MAX} refunds already`);
      const rejected = ({ reason }: { readonly reason: string }): StreamEvent => ({
        type: 'RefundRejected',
        data: { refundId, fingerprint, reason },
      });
      const { invoice } = state;
      if (cancellation !== undefined || placed === undefined || invoice.status === 'none') {
        return ok([rejected({ reason: 'the order is being cancelled' })]);
      }
      if (isDisputed(state)) return ok([rejected({ reason: 'the payment is disputed' })]);
      const { reference: paymentReference, way } = payment;
      const of = { placed, paymentReference, way } as const;
      const about = { ...of, refundId, fingerprint, cause: 'command' } as const;
      const left = leftOf(state, invoice.document);
      return creditOfHeld(wanted, { left, document: invoice.document, state })
        .andThen((credit) => checkRoom(credit, { wanted, left, state }))
        .andThen((credit) =>
          checkRefundStep(credit, { left, way, currency: placed.currency }, context),
        )
        .andThen((credit) => requestRefund({ ...about, credit }, context))
        .match(
          (requested): DecisionResult =>
            comparison === undefined ? ok([requested]) : err({ type: 'NotComparedYet' }),
          (why) => ok([rejected(why)]),
        );
    }
  }
};

/**
 * Checks that the credit note fits. The rest can always be refunded: every refund leaves room for
 * the credit note of the rest.
 */
const checkRoom = (
  credit: Invoice.Credit,
  {
    wanted,
    left,
    state: { invoice, refunds },
  }: {
    readonly wanted: Invoice.CreditRequest;
    readonly left: Invoice.Credit;
    readonly state: State;
  },
): Result<Invoice.Credit, { readonly reason: string }> => {
  if (wanted.type === 'Rest' || invoice.status === 'none') return ok(credit);
  const { document } = invoice;
  const asked = refunds.filter((each) => !isMade(each) && each.status !== 'rejected');
  return Invoice.hasRoomFor(credit, { document, asked, left })
    ? ok(credit)
    : err({ reason: 'the invoice has no room for more credit notes but one of all that is left' });
};

const correct = (
  { email, by, reason }: Extract<Command, { type: 'CorrectEmail' }>,
  { placed, corrections = [] }: State,
  { now: at }: DecisionContext,
): DecisionResult => {
  if (placed === undefined) return err({ type: 'NotPlacedYet' });
  // Its notices go there already.
  if (isSameMailbox(placed.customer.email, email)) return ok([]);
  // A copy that comes late: a newer correction stands.
  if (isKnownCorrection({ email, by, reason }, corrections)) return ok([]);
  if (corrections.length >= CORRECTIONS_MAX)
    return refused(`${CORRECTIONS_MAX} corrections already`);
  return ok([{ type: 'CustomerEmailCorrected', data: { email, by, reason, at } }]);
};

const refused = (reason: string): DecisionResult => err({ type: 'Refused', reason });
