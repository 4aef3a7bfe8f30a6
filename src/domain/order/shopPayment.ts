import { CANCELLED } from './decide.ts';
import type { StandingPayment, Observation } from './evidence.ts';
import {
  forgery,
  holdsClaim,
  isOfOurAccount,
  isTriedAgain,
  type OpenRequest,
  type OrderView,
} from './openRequest.ts';
import { isAfterClose, isGivenUp, nextLookUpAt } from './requestTimes.ts';
import { voidKey } from './requests.ts';
import { capturedOf, fitOf, heldBy, isOfAnother, type UnusableCode } from './shopPaymentFit.ts';
import type { OpenPayment } from './state.ts';
import { append, inReview, retryLater, type OrderStep } from './step.ts';

/*
 * A payment that the shop has made at its checkout, authorised or captured, and that an order
 * names. It is looked at, claimed and recorded as verified before anything follows from it (R16).
 * From then on an authorised one is captured, or released where the order is given up (R17).
 */

/** The reason why nothing can be captured any more. The look-up says no more than this. */
const RELEASED = 'authorisation-released';

export const isShopPayment = ({ way }: Pick<OpenPayment, 'way'>): boolean =>
  way === 'authorised' || way === 'paid';

/** Evidence about the request, as the table of evidence takes it. */
export const evidenceOf = (
  payment: OpenPayment,
  { known, request }: Pick<OpenRequest, 'known' | 'request'>,
): Observation | undefined => {
  const { answer, refused } = known;
  const { verified } = payment;
  if (verified?.is === 'captured') {
    return { type: 'MoneyMoved', source: 'look-up', ...moneyOf(verified) };
  }
  if (answer?.type === 'MoneyMoved' && answer.reference !== payment.payment) {
    // The answer is about another payment, and so no evidence about this one.
    return { type: 'NoAnswer' };
  }
  if (answer?.type !== 'Inspected') return answer;
  const { found, lookedUpAt } = answer;
  switch (found?.status) {
    case 'captured': {
      // A refund before it was verified is money that the order does not have.
      const amountMinor = verified === undefined ? heldBy(found) : found.capturedMinor;
      const { reference, currency } = found;
      return { type: 'MoneyMoved', source: 'look-up', reference, amountMinor, currency };
    }
    case 'cancelled':
      return { type: 'Declined', code: RELEASED };
    case 'pending': {
      const { amountMinor, currency } = payment;
      return { type: 'UnderWay', reference: found.reference, amountMinor, currency };
    }
    case 'authorised':
      // If the gateway refused to capture an authorised payment, that refusal stands.
      return refused === undefined || request.stopped?.why === 'stored failure'
        ? { type: 'Absent', lookedUpAt }
        : { type: 'Refused', code: refused };
    case 'open':
    case undefined:
      return found !== undefined && found.capturedMinor > 0
        ? { type: 'MoneyMoved', source: 'look-up', ...capturedOf(found) }
        : { type: 'LookUpFailed', lookedUpAt };
  }
};

const moneyOf = ({ reference, amountMinor, currency }: NonNullable<OpenPayment['verified']>) => ({
  reference,
  amountMinor,
  currency,
});

/** The step that has to come before the table of evidence is asked, if any. */
export const shopPaymentStep = (
  open: OpenRequest,
  payment: OpenPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { reason = 'unresolved' } = open.review ?? {};
  if (reason !== 'unresolved' && reason !== 'pending') return undefined;
  if (open.review?.resolved !== undefined) return undefined;
  // Another account's key shows nothing of it: the table waits for the right one.
  if (!isOfOurAccount(open.request, view.context)) return undefined;
  return payment.verified === undefined
    ? verify(open, payment, view)
    : release(open, payment, view);
};

/** Compares it with the order, claims it, and records both, before anything is sent (R16). */
const verify = (
  open: OpenRequest,
  payment: OpenPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { subject, request, known } = open;
  const { context } = view;
  const { answer, payer } = known;
  if (answer?.type === 'LookUpFailed') return undefined;
  // Nothing was sent yet, so that only this is evidence.
  if (answer?.type !== 'Inspected') return inspect(open);
  const forged = forgery(open, context);
  if (forged !== undefined) return forged;
  const fit = fitOf(answer.found, payment, view);
  switch (fit.type) {
    case 'unusable':
      return unusable(fit.code, payment, view);
    case 'not yet':
      return context.now < request.sendUntil
        ? retryLater(subject, 'the payment is not completed', context.now + NOT_YET_PAUSE_MS)
        : unusable('not-completed', payment, view);
    case 'other':
      return undefined;
    case 'under way':
      // It is claimed once, before it is waited for.
      if (payment.pending !== undefined) return undefined;
      break;
    case 'fits':
      break;
  }
  if (payer === undefined) {
    const { account, payment: name } = payment;
    return { type: 'ClaimPayment', subject, account, payment: name };
  }
  if (payer === 'another order') return unusable('claimed-by-another-order', payment, view);
  // The table of evidence says what follows of what is under way.
  if (answer.found === undefined || fit.type === 'under way') return undefined;
  return verified(answer.found, payment, view);
};

/** A customer who is still at the checkout takes minutes. */
const NOT_YET_PAUSE_MS = 30_000;

const inspect = ({ subject, lookUp: of }: OpenRequest): OrderStep => ({
  type: 'LookUp',
  subject,
  of,
});

const verified = (
  { reference, status, currency, capturableMinor, capturedMinor }: StandingPayment,
  { attempt }: OpenPayment,
  { context: { now: at } }: OrderView,
): OrderStep => {
  const is = status === 'captured' ? status : 'authorised';
  const amountMinor = is === 'captured' ? capturedMinor : capturableMinor;
  const data = { attempt, reference, amountMinor, currency, is, at } as const;
  return append({ type: 'PaymentVerified', data });
};

const unusable = (code: UnusableCode, { attempt }: OpenPayment, view: OrderView): OrderStep =>
  failed({ attempt, proof: 'unusable', code, at: view.context.now }, view);

const failed = (
  data: {
    readonly attempt: number;
    readonly proof: 'unusable' | 'voided';
    readonly code: string;
    readonly at: number;
  },
  { state: { cancellation } }: OrderView,
): OrderStep =>
  append({ type: 'PaymentFailed', data }, ...(cancellation === undefined ? [] : [CANCELLED]));

/** Releases a verified authorisation that its order is not to have captured (R17). */
const release = (
  open: OpenRequest,
  payment: OpenPayment,
  view: OrderView,
): OrderStep | undefined => {
  const { known, request } = open;
  const { answer, voided } = known;
  const { attempt } = payment;
  const { now: at } = view.context;
  if (payment.verified?.is === 'captured') return undefined;
  if (answer === undefined) {
    // What was refused is not sent again before it is known how the payment stands.
    return request.stopped !== undefined && known.claim === undefined ? inspect(open) : undefined;
  }
  if (answer.type === 'Voided') {
    return failed({ attempt, proof: 'voided', code: '', at }, view);
  }
  const isUnsaid = answer.type === 'StoredFailure' && voided === true;
  if (answer.type === 'Refused' || isUnsaid) return inspect(open);
  if (answer.type !== 'Inspected') return undefined;
  const { found, lookedUpAt } = answer;
  if (found === undefined) return undefined;
  // Captured for good, and not by us: nothing of ours can be captured any more.
  if (found.status === 'captured' && isOfAnother(found, payment, view.placed.orderId)) {
    return unusable('of-another-order', payment, view);
  }
  // Whether the payment ends next, with no further attempt.
  const isEnding =
    view.state.cancellation !== undefined ||
    (known.refused !== undefined && holdsClaim(open)) ||
    (isAfterClose(request, lookedUpAt) && !isTriedAgain(open, attempt, view.context));
  const isStanding = found.status === 'authorised' && voided === undefined;
  if (isEnding && isStanding) return sendVoid(open, payment, view);
  if (found.status !== 'authorised' || known.voidRefused !== true) return undefined;
  // One refusal is not for good: the authorisation would hold its customer's money for days (I19).
  // Somebody who looks at a review has it released again.
  if (open.review !== undefined) return inReview(open.subject, open.review);
  return isGivenUp(request, lookedUpAt)
    ? undefined
    : retryLater(open.subject, 'the release was refused', nextLookUpAt(open, lookedUpAt));
};

/**
 * Releases the authorisation. That moves no money and needs no horizon: the gateway does it once,
 * and never after a capture. It names what the intent names, under a key of its own.
 */
const sendVoid = (
  open: OpenRequest,
  { attempt, payment, deployment }: OpenPayment,
  { placed: { orderId }, context }: OrderView,
): OrderStep | undefined => {
  const { subject } = open;
  const forged = forgery(open, context);
  if (forged !== undefined) return forged;
  return context.prepareVoid({ deployment, orderId, attempt, payment }).match(
    (body): OrderStep => ({
      type: 'Send',
      subject,
      call: { type: 'void', payment },
      key: voidKey(open.key),
      body,
      notAfter: context.viewedAt + context.sendWithinMs,
    }),
    () => undefined,
  );
};
