import type { DecisionContext } from './context.ts';
import { sealText } from './requests.ts';
import {
  append,
  backOff,
  searchSeries,
  type LookUpRequest,
  type OpenRequest,
  type OrderStep,
} from './step.ts';

/** The shortest pause between two look-ups; it grows with the time that has passed. */
const LOOK_UP_PAUSE_MS = 5_000;
/** What is of another account is looked at again so often: somebody has to give the right key. */
const OTHER_ACCOUNT_PAUSE_MS = 900_000;

/**
 * For so long after a restore a new intent is looked up before it is sent. No message is kept for more than 14
 * days, and what a shop sends again, it sends within weeks; a look-up for each order is nothing to do for ever,
 * as a gateway allows few of them (Stripe: 20 in a second).
 */
const RESTORE_LOOK_UP_MS = 30 * 86_400_000;

/**
 * Whether the log may have lost an order, or refund, of that id, which the gateway then knows. The clock of whoever
 * said that it was restored may have been ahead of the one that the intent was dated by.
 */
export const isAfterRestore = (
  at: number,
  { deployment: { restoredAt }, clockSkewMs }: DecisionContext,
): boolean =>
  restoredAt !== undefined &&
  at >= restoredAt - clockSkewMs &&
  at < restoredAt + RESTORE_LOOK_UP_MS;

/** Whether it was only looked up so that it is not sent a second time: what is not there is sent after that. */
export const isSentIfAbsent = (
  open: OpenRequest,
  facts: DecisionContext,
  { maySend }: Pick<SendingOptions, 'maySend'>,
): boolean =>
  maySend &&
  open.request.stopped === undefined &&
  isAfterRestore(open.request.at, facts) &&
  isYoung(open, facts);

export type SendingOptions = {
  /** Whether it may be sent at all: not in review, and no charge under a tombstone. */
  readonly maySend: boolean;
  readonly isInReview: boolean;
  readonly lookUp: LookUpRequest;
};

/**
 * What is done about a request of which nothing is known yet: it is sent, sent once more under a claim, or
 * looked up. The only place where a step that moves money is made.
 */
export const askGateway = (
  open: OpenRequest,
  facts: DecisionContext,
  options: SendingOptions,
): OrderStep => {
  const { subject, known } = open;
  if (!isOfOurAccount(open, facts)) {
    const until = facts.now + OTHER_ACCOUNT_PAUSE_MS;
    const why = 'asked of another account of the gateway';
    return { type: 'BackOff', subject, why, until, alarm: 'gateway.other_account' };
  }
  const { stopped } = open.request;
  if (options.maySend && isYoung(open, facts)) {
    if (stopped === undefined) {
      const isToBeLookedUp = isAfterRestore(open.request.at, facts) && known.answer === undefined;
      if (isToBeLookedUp) return { type: 'LookUp', subject, of: options.lookUp };
      return post(open, facts, facts.viewedAt + facts.sendWithinMs);
    }
    if (stopped.why === 'refused' && isInTimeAgain(open, facts)) return resend(open, facts);
  }
  // On every resume in review the series is searched first: another's number is evidence (R8).
  if (options.isInReview && known.searched === undefined) return searchSeries(open);
  return { type: 'LookUp', subject, of: options.lookUp };
};

/** The last check before money moves: R4, and that the payment service wrote the intent, for this order (ADR 0027). */
const post = (open: OpenRequest, facts: DecisionContext, viewEndsAt: number): OrderStep => {
  const { subject, key, request } = open;
  if (!isGenuine(open, facts)) return forged(`${subject} bears no seal of the payment service`);
  if (!open.isItself(facts))
    return forged(`${subject} is frozen with another request than its own`);
  const notAfter = Math.min(request.sendUntil, request.at + facts.resendHorizonMs, viewEndsAt);
  return { type: 'Post', subject, key, body: request.body, notAfter };
};

export const forged = (reason: string): OrderStep => ({
  type: 'DeadLetter',
  reason,
  alarm: 'intent.forged',
});

/**
 * R12: once everything that was sent before is past its life, one process claims to send the same key and bytes
 * once more. A stored result, or a second refusal, is then proof about the key; until then nobody sends.
 */
const resend = (open: OpenRequest, facts: DecisionContext): OrderStep => {
  const { subject, known, request } = open;
  const { stopped } = request;
  const quietAt = quietFrom(open, facts);
  if (stopped?.claim !== undefined && known.claim === stopped.claim.version) {
    return post(open, facts, stopped.claim.at + facts.sendWithinMs);
  }
  if (facts.now < quietAt) return backOff(open, 'refused, and to be sent once more', quietAt);
  return append({ type: 'ResendClaimed', data: { subject, at: facts.now } });
};

/** Where it will be quiet only when it may be sent no more, absence after the close is what proves. */
const isInTimeAgain = (open: OpenRequest, facts: DecisionContext): boolean => {
  const { sendUntil, at } = open.request;
  const until = Math.min(sendUntil, at + facts.resendHorizonMs);
  return holdsClaim(open) || quietFrom(open, facts) < until;
};

/**
 * A: an append takes effect at most so long after it was decided on. The store and the SDK try it for two minutes
 * in all, and what they gave up may still land.
 */
const APPEND_LIFE_MS = 180_000;

/**
 * From when on nothing that was sent without, or under an earlier, claim can take effect any more. Until the fence
 * itself stood others looked without seeing it; a claim is used only by whoever saw it stand.
 */
const quietFrom = (
  { request }: OpenRequest,
  { sendWithinMs, clockSkewMs }: DecisionContext,
): number => {
  const { stopped, requestLifeMs, at } = request;
  const from = stopped?.claim?.at ?? (stopped?.at ?? at) + APPEND_LIFE_MS;
  return from + sendWithinMs + requestLifeMs + clockSkewMs;
};

/** Whether this process holds the newest claim, so that nobody else can have sent the request since. */
export const holdsClaim = ({ known, request: { stopped } }: OpenRequest): boolean =>
  stopped?.claim !== undefined && known.claim === stopped.claim.version;

/**
 * Whether it may still be sent (R4): by what it was frozen with, and by this process's own settings, which can
 * only shorten that. An intent from the future is not young: its writer's clock was wrong.
 */
const isYoung = ({ request }: OpenRequest, facts: DecisionContext): boolean => {
  const { at, sendUntil, closeAt } = request;
  const { now, resendHorizonMs, closeMs, requestLifeMs, clockSkewMs } = facts;
  // Whose requests live longer than its author's did would outlive the intent's close, or a fence.
  const isShortLived =
    requestLifeMs <= request.requestLifeMs && closeMs - resendHorizonMs <= closeAt - sendUntil;
  return isShortLived && now >= at - clockSkewMs && now < sendUntil && now - at < resendHorizonMs;
};

/** What releases before 0.2 froze names none; nor does a deployment that has not moved money yet. */
const isOfOurAccount = (
  { request: { account } }: OpenRequest,
  { deployment }: DecisionContext,
): boolean => account === '' || deployment.account === '' || account === deployment.account;

/** What releases before 0.2 froze bears no seal, and is older than the deployment's identity. */
const isGenuine = (
  { subject, orderId, key, request }: OpenRequest,
  facts: DecisionContext,
): boolean => {
  if (request.seal === '') return request.at < facts.deployment.sealedSince;
  return facts.isSeal(sealText(subject, orderId, key, request), request.seal);
};

/**
 * When a look-up that told nothing is repeated: soon where it has just begun to be of use, later and later after
 * that, and at the close.
 */
export const nextLookUpAt = (open: OpenRequest, lookedUpAt: number, since: number): number => {
  const { closeAt } = open.request;
  const pauseMs = Math.max(LOOK_UP_PAUSE_MS, lookedUpAt - since);
  return lookedUpAt < closeAt ? Math.min(closeAt, lookedUpAt + pauseMs) : lookedUpAt + pauseMs;
};
