import type { PrintedNumber } from '../series/index.ts';
import type { DecisionContext } from './context.ts';
import type {
  EventData,
  FrozenRequest,
  MoneyMovement,
  ReviewReason,
  StreamEvent,
  Subject,
} from './events.ts';
import type { DeclinedAnswer, Evidence, MoneyMoved, RequestKnowledge } from './evidence.ts';
import { sealText, type RequestOnItsWay } from './requests.ts';
import type { PlacedOrder, SendingState, State } from './state.ts';
import {
  forgedAsAnother,
  forgedWithoutSeal,
  type GatewayCall,
  type LookUpRequest,
  type OrderStep,
} from './step.ts';
import { closeMsOf } from './ways.ts';

export type OrderView = {
  readonly placed: PlacedOrder;
  readonly state: State;
  readonly evidence: Evidence;
  readonly context: DecisionContext;
};

/** A request without a recorded outcome: the current attempt at the payment, or one refund. */
export type OpenRequest = {
  readonly subject: Subject;
  readonly orderId: string;
  readonly documentId: string;
  readonly key: string;
  /** As it was frozen, and whether its sending was stopped. */
  readonly request: RequestOnItsWay & SendingState;
  readonly known: RequestKnowledge;
  /** Whether its money is still to move: no request in review, no charge of a cancelled order. */
  readonly isWanted: boolean;
  /** Whether key and body are what its own fields, and those of its order, come to. */
  readonly isItself: () => boolean;
  readonly call: GatewayCall;
  readonly review?: ReviewInProgress;
  /** Set while the gateway calls it under way (R19). */
  readonly pending?: Omit<EventData['PaymentPending'], 'attempt'>;
  /** A dispute of its payment is open: it is looked up, and not sent (R20). */
  readonly isDisputed: boolean;
  readonly lookUp: LookUpRequest;
  /** From when on a look-up is useful: nothing is sent any more. */
  readonly lookUpFrom: number;
  readonly policy: RequestPolicy;
};

export type ReviewInProgress = {
  readonly reason: ReviewReason;
  readonly letter: string;
  /** A person decided that the money moved. The decision that it did not has ended the request. */
  readonly resolved?: { readonly reference: string };
};

/** The differences between a payment and a refund. Everything else is decided alike for both. */
export type RequestPolicy = {
  /** A step that has to come before the request is sent, if any. */
  readonly beforeSending: (open: OpenRequest) => OrderStep | undefined;
  /** The end of a request whose money is in the log already, under another request. */
  readonly recordedBefore: (moved: MoneyMoved) => StreamEvent | undefined;
  /** The money moved as it was asked for, and its document has a number. */
  readonly succeeded: (moved: MoneyMoved, number: PrintedNumber) => OrderStep;
  readonly declined: (open: OpenRequest, answer: DeclinedAnswer) => OrderStep;
  /** What is recorded where the gateway settles it later. */
  readonly underWay: (reference: string) => StreamEvent;
  /** The gateway refused it twice while nobody else could send it: it was never executed (R12). */
  readonly refused: (code: string) => OrderStep;
  readonly absent: (open: OpenRequest, lookedUpAt: number) => OrderStep;
  readonly reviewRequired: (
    reason: ReviewReason,
    observed: readonly MoneyMovement[],
  ) => StreamEvent;
};

export const allocateNumber = (
  { subject, request: { series, seriesFrom: from }, documentId: id }: OpenRequest,
  reference: string,
): OrderStep => ({ type: 'AllocateNumber', subject, series, entry: { id, reference, from } });

export const findNumber = ({ subject, request, documentId: id }: OpenRequest): OrderStep => {
  const { series, seriesFrom: from, amountMinor, currency } = request;
  const wanted = { id, from };
  return { type: 'FindNumber', subject, series, wanted, asked: { amountMinor, currency } };
};

/** Before it is recorded as failed by its name there: a number may have been taken for it (R25). */
export const closeDocument = (
  { subject, request, documentId: id }: OpenRequest,
  reference: string,
): OrderStep => {
  const { series, seriesFrom: from, amountMinor, currency } = request;
  const entry = { id, reference, from };
  return { type: 'CloseDocument', subject, series, entry, asked: { amountMinor, currency } };
};

/** An event that is about more may hold no more than the money. */
export const bare = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

export const isAsAsked = (
  { amountMinor, currency }: FrozenRequest,
  moved: MoneyMovement,
): boolean => moved.amountMinor === amountMinor && moved.currency === currency;

/** A request before 0.2 names no account, nor does a deployment that moved no money yet. */
export const isOfOurAccount = (
  { account }: FrozenRequest,
  { deployment }: DecisionContext,
): boolean => account === '' || deployment.account === '' || account === deployment.account;

/**
 * Whether the payment service wrote it. A request of releases before 0.2 bears no seal, and is
 * older than the deployment's identity.
 */
export const isGenuine = (
  { subject, orderId, key, request }: OpenRequest,
  { deployment, isSeal }: DecisionContext,
): boolean =>
  request.seal === ''
    ? request.at < deployment.sealedSince
    : isSeal(sealText(subject, orderId, key, request), request.seal);

/** The end of an intent that the payment service did not write, or not for this order. */
export const forgery = (open: OpenRequest, context: DecisionContext): OrderStep | undefined => {
  if (!isGenuine(open, context)) return forgedWithoutSeal(open.subject);
  return open.isItself() ? undefined : forgedAsAnother(open.subject);
};

/**
 * Whether it may still be sent (R4): by its own terms, and by the settings of this process, which
 * can only shorten them. A request from the future is not young: its writer's clock was wrong.
 */
export const isYoung = (request: RequestOnItsWay, context: DecisionContext): boolean => {
  const { at, sendUntil, closeAt } = request;
  const { now, resendHorizonMs, requestLifeMs, clockSkewMs } = context;
  const closeMs = closeMsOf(request, context);
  // A process whose requests live longer than the author's would outlive the close, or a fence.
  const isShortLived =
    requestLifeMs <= request.requestLifeMs && closeMs - resendHorizonMs <= closeAt - sendUntil;
  return isShortLived && now >= at - clockSkewMs && now < sendUntil && now - at < resendHorizonMs;
};

/**
 * For so long after a restore a new intent is looked up before it is sent. No message is kept for
 * more than 14 days, and a shop sends an order again within weeks, if ever. A look-up for each
 * order is too much for ever, as a gateway allows few of them (Stripe: 20 in a second).
 */
const RESTORE_LOOK_UP_MS = 30 * 86_400_000;

/**
 * Whether the log may have lost an order, or refund, of that id, which the gateway then knows. The
 * clock by which the restore was dated may have been ahead of the intent's.
 */
export const isAfterRestore = (
  { at }: Pick<FrozenRequest, 'at'>,
  { deployment: { restoredAt }, clockSkewMs }: DecisionContext,
): boolean =>
  restoredAt !== undefined &&
  at >= restoredAt - clockSkewMs &&
  at < restoredAt + RESTORE_LOOK_UP_MS;

/**
 * A: an append takes effect at most so long after it was decided on. The store and the SDK try it
 * for two minutes in all, and an append that they gave up may still land.
 */
const APPEND_LIFE_MS = 180_000;

/**
 * From when on nothing that was sent without a claim, or under an earlier one, can take effect any
 * more. Until the fence itself stood, others looked without seeing it; only a process that saw it
 * stand uses a claim.
 */
export const quietFrom = (
  { stopped, requestLifeMs, at }: OpenRequest['request'],
  { sendWithinMs, clockSkewMs }: DecisionContext,
): number => {
  const from = stopped?.claim?.at ?? (stopped?.at ?? at) + APPEND_LIFE_MS;
  return from + sendWithinMs + requestLifeMs + clockSkewMs;
};

/** The last moment at which it may be sent, by its own terms and by this process's settings. */
export const sendableUntil = (
  { sendUntil, at }: FrozenRequest,
  { resendHorizonMs }: DecisionContext,
): number => Math.min(sendUntil, at + resendHorizonMs);

/** Whether this process holds the newest claim, so that nobody else can have sent it since. */
export const holdsClaim = ({ known, request: { stopped } }: OpenRequest): boolean =>
  stopped?.claim !== undefined && known.claim === stopped.claim.version;

/** Whether an attempt that ends without a charge is followed by another one. */
export const isTriedAgain = (
  { isWanted }: Pick<OpenRequest, 'isWanted'>,
  attempt: number,
  { attemptsMax }: Pick<DecisionContext, 'attemptsMax'>,
): boolean => isWanted && attempt < attemptsMax;

/** Whether a look-up that began then proves by absence that it was never executed (R5). */
export const isAfterClose = ({ closeAt }: FrozenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= closeAt;

/**
 * Whether a look-up that fails is given up. For as long after the close as the request had to be
 * sent, it is tried again, so that a gateway's bad minute does not make a person look (ADR 0011).
 */
export const isGivenUp = ({ closeAt, sendUntil, at }: FrozenRequest, lookedUpAt: number): boolean =>
  lookedUpAt >= closeAt + (sendUntil - at);

/** The shortest pause between two look-ups; it grows with the time that has passed. */
const LOOK_UP_PAUSE_MS = 5_000;

/**
 * When a look-up without evidence is repeated: soon where it has just begun to be useful, later and
 * later after that, and at the close.
 */
export const nextLookUpAt = (
  { request: { closeAt }, lookUpFrom }: OpenRequest,
  lookedUpAt: number,
): number => {
  const at = lookedUpAt + Math.max(LOOK_UP_PAUSE_MS, lookedUpAt - lookUpFrom);
  return lookedUpAt < closeAt ? Math.min(closeAt, at) : at;
};
