import { AUTHENTICATION_REQUIRED, forgedConfirmation } from './confirmation.ts';
import { CANCELLED } from './decide.ts';
import { driveRequest } from './driveRequest.ts';
import type { DeclinedAnswer, Observation, RequestKnowledge } from './evidence.ts';
import { askGateway } from './mayCharge.ts';
import { isOfOurAccount, type OpenRequest, type OrderView } from './openRequest.ts';
import { nextPendingLookAt } from './pending.ts';
import { findNumber } from './requestNumber.ts';
import { confirmKey, voidKey } from './requests.ts';
import type { Authentication, OpenPayment } from './state.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';

/*
 * A payment of a saved method that the bank wants authenticated. The same payment is confirmed once
 * more with its customer there, so that there is a link and never a second payment. Whoever has it
 * can complete the payment at any time, and with other means after a failure: once a confirmation
 * is in the log, the order ends without a charge only by a cancel that the gateway confirms (R24).
 */

type AwaitedPayment = OpenPayment & { readonly authentication: Authentication };

/**
 * The next step, by docs/protocol.md, "A payment that waits for its customer". Undefined where this
 * message has nothing to do, as another one waits for the customer.
 */
export const driveAuthentication = (
  open: OpenRequest,
  payment: AwaitedPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { known, review } = open;
  const { context } = view;
  const { authentication } = payment;
  // The table of evidence has a person's decision, and asks for the right key.
  if (review?.resolved !== undefined) return driveRequest(open, context);
  if (!isOfOurAccount(open.request, context)) return askGateway(open, context);
  const answer = evidenceOf(known, payment);
  switch (answer?.type) {
    case 'MoneyMoved':
    case 'MultipleFound':
    case 'UnderWay':
      return driveRequest({ ...open, known: { ...known, answer } }, context);
    case 'Voided':
      return declined(payment, known.declined, view);
    case 'CustomerAwaited':
      return authentication.link === undefined && mayConfirm(open, authentication, view)
        ? append(awaited(payment, answer.link, view))
        : waitOrCancel(open, payment, view);
    case 'Inspected':
      return waitOrCancel(open, payment, view);
    case 'Declined':
    case 'Refused':
    case 'StoredFailure':
      return known.voided === true ? inspect(open, payment) : cancel(open, payment, view);
    case 'NoAnswer':
    case 'LookUpFailed':
    case 'Absent':
      return unanswered(open, payment, view);
    case undefined:
      return firstStep(open, payment, view);
  }
};

/**
 * Evidence about the payment. Its first decline is no evidence: it is the answer that the key of
 * the charge has for ever, whatever became of the payment since (hole 39).
 */
const evidenceOf = (
  { answer, confirmed }: RequestKnowledge,
  { amountMinor, currency }: OpenPayment,
): Observation | undefined => {
  if (answer?.type === 'Declined') {
    return answer.code === AUTHENTICATION_REQUIRED && confirmed !== true ? undefined : answer;
  }
  if (answer?.type !== 'Inspected') return answer;
  const { found, lookedUpAt } = answer;
  switch (found?.status) {
    case 'captured': {
      const { reference, capturedMinor } = found;
      const moved = { reference, amountMinor: capturedMinor, currency: found.currency };
      return { type: 'MoneyMoved', source: 'look-up', ...moved };
    }
    case 'cancelled':
      return { type: 'Voided' };
    case 'pending':
      return { type: 'UnderWay', reference: found.reference, amountMinor, currency };
    case 'open':
      return answer;
    case 'authorised':
    case undefined:
      return { type: 'LookUpFailed', lookedUpAt };
  }
};

const awaited = ({ attempt }: OpenPayment, link: string, { context: { now: at } }: OrderView) =>
  ({ type: 'PaymentAuthenticationAwaited', data: { attempt, link, at } }) as const;

const declined = (
  { attempt }: OpenPayment,
  said: DeclinedAnswer | undefined,
  { state: { cancellation } }: OrderView,
): OrderStep => {
  const code = said?.code ?? AUTHENTICATION_REQUIRED;
  const cancelled = cancellation === undefined ? [] : [CANCELLED];
  return append({ type: 'PaymentDeclined', data: { attempt, code } }, ...cancelled);
};

/**
 * The step before anything is known: it is sent, left to the message that waits, cancelled, or
 * asked about.
 */
const firstStep = (
  open: OpenRequest,
  payment: AwaitedPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { context } = view;
  const { link, letter } = payment.authentication;
  if (open.pending === undefined) {
    if (isGivenUp(open, payment.authentication, view)) return cancel(open, payment, view);
    if (link === undefined) return confirm(open, payment, view);
  }
  const isWaitedFor = letter !== context.letter && context.asksPending !== true;
  // The charge's own key, or a message that asks nothing, does not say how the payment stands.
  return isWaitedFor && open.known.answer === undefined ? undefined : inspect(open, payment);
};

/** The step for a payment that is open there: the customer has not completed it, or has failed. */
const waitOrCancel = (
  open: OpenRequest,
  payment: AwaitedPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { authentication } = payment;
  const { link, at, until, letter } = authentication;
  const { context } = view;
  const { now } = context;
  if (open.known.voided === true) return unanswered(open, payment, view);
  if (hasFailed(open.known.answer) || isGivenUp(open, authentication, view)) {
    return cancel(open, payment, view);
  }
  if (link === undefined) return confirm(open, payment, view);
  return letter === context.letter
    ? retryLater(open.subject, 'it waits for the customer', nextPendingLookAt({ at, until }, now))
    : undefined;
};

/** Whether it has failed. It waits because the bank wants it authenticated: that is no failure. */
const hasFailed = (answer: Observation | undefined): boolean =>
  answer?.type === 'Inspected' &&
  answer.found?.failed !== undefined &&
  answer.found.failed !== AUTHENTICATION_REQUIRED;

const isGivenUp = (open: OpenRequest, authentication: Authentication, view: OrderView): boolean =>
  !open.isWanted ||
  view.context.now >= authentication.until ||
  (authentication.link === undefined && !mayConfirm(open, authentication, view));

/**
 * Whether it may be confirmed: as for any request, by its own terms and by the settings of this
 * process (R4).
 */
const mayConfirm = (
  { isWanted }: OpenRequest,
  { at, sendUntil, until }: Authentication,
  { context: { now, clockSkewMs, resendHorizonMs } }: OrderView,
): boolean =>
  isWanted &&
  now >= at - clockSkewMs &&
  now < Math.min(sendUntil, until) &&
  now - at < resendHorizonMs;

const inspect = ({ subject }: OpenRequest, { authentication }: AwaitedPayment): OrderStep => ({
  type: 'LookUp',
  subject,
  of: { type: 'ShopPayment', payment: authentication.reference },
});

/**
 * The step where nothing says how it stands. After its limit it is asked about for as long again as
 * the charge had to be sent. Then the series is searched, and a person is asked (R8).
 */
const unanswered = (open: OpenRequest, payment: AwaitedPayment, view: OrderView): OrderStep => {
  const { subject, review, known, policy } = open;
  const { now } = view.context;
  const { at, until } = payment.authentication;
  if (review !== undefined) return inReview(subject, review);
  if (now < until + (payment.sendUntil - payment.at)) {
    return retryLater(subject, 'it cannot be seen', nextPendingLookAt({ at, until }, now));
  }
  return known.searched === undefined
    ? findNumber(open)
    : append(policy.reviewRequired('pending', []));
};

const confirm = (open: OpenRequest, payment: AwaitedPayment, view: OrderView): OrderStep => {
  const { reference, body, sendUntil } = payment.authentication;
  return (
    forgedConfirmation(open, payment.authentication, view) ?? {
      type: 'Send',
      subject: open.subject,
      call: { type: 'confirm', payment: reference },
      key: confirmKey(open.key),
      body,
      notAfter: Math.min(sendUntil, sentUntil(view)),
    }
  );
};

/**
 * Cancels the payment there. A cancel takes effect once, and never after a capture: it needs no
 * horizon.
 */
const cancel = (
  open: OpenRequest,
  payment: AwaitedPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { deployment, attempt, authentication } = payment;
  const { reference } = authentication;
  const { orderId } = view.placed;
  const request = { deployment, orderId, attempt, payment: reference };
  return view.context.prepareVoid(request).match(
    (body): OrderStep =>
      forgedConfirmation(open, payment.authentication, view) ?? {
        type: 'Send',
        subject: open.subject,
        call: { type: 'void', payment: reference },
        key: voidKey(open.key),
        body,
        notAfter: sentUntil(view),
      },
    () => undefined,
  );
};

const sentUntil = ({ context: { viewedAt, sendWithinMs } }: OrderView): number =>
  viewedAt + sendWithinMs;
