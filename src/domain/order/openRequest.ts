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
  /** The request as it was frozen, and whether its sending was stopped. */
  readonly request: RequestOnItsWay & SendingState;
  readonly known: RequestKnowledge;
  /**
   * Whether its money is still to move. It is false for a request in review, and for the charge of
   * a cancelled order.
   */
  readonly isWanted: boolean;
  /** Whether key and body are those that its own fields, and those of its order, lead to. */
  readonly isItself: () => boolean;
  readonly call: GatewayCall;
  readonly review?: ReviewInProgress;
  /** It is set while the gateway calls the request under way (R19). */
  readonly pending?: Omit<EventData['PaymentPending'], 'attempt'>;
  /** Whether a dispute of its payment is open: it is looked up, and not sent (R20). */
  readonly isDisputed: boolean;
  readonly lookUp: LookUpRequest;
  /** The time from which a look-up is useful: nothing is sent any more. */
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
  /** The event that is recorded where the gateway settles it later. */
  readonly underWay: (reference: string) => StreamEvent;
  /** The gateway refused it twice while nobody else could send it: it was never executed (R12). */
  readonly refused: (code: string) => OrderStep;
  readonly absent: (open: OpenRequest, lookedUpAt: number) => OrderStep;
  readonly reviewRequired: (
    reason: ReviewReason,
    observed: readonly MoneyMovement[],
  ) => StreamEvent;
};

/** The money alone. An event that is about more may hold no more than this. */
export const bare = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

export const isAsAsked = (
  { amountMinor, currency }: FrozenRequest,
  moved: MoneyMovement,
): boolean => moved.amountMinor === amountMinor && moved.currency === currency;

/**
 * Whether our account was asked. A request before 0.2 names no account, nor does a deployment that
 * moved no money yet.
 */
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

/** Whether this process holds the newest claim, so that nobody else can have sent it since. */
export const holdsClaim = ({ known, request: { stopped } }: OpenRequest): boolean =>
  stopped?.claim !== undefined && known.claim === stopped.claim.version;

/** Whether an attempt that ends without a charge is followed by another one. */
export const isTriedAgain = (
  { isWanted }: Pick<OpenRequest, 'isWanted'>,
  attempt: number,
  { attemptsMax }: Pick<DecisionContext, 'attemptsMax'>,
): boolean => isWanted && attempt < attemptsMax;
