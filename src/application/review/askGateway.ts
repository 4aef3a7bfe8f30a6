import { okAsync, ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { pauseMsAfter } from '../log/rateLimit.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Absent,
  InspectedPayment,
  NamedPayment,
  PaymentGateway,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { ReviewCase } from './reviews.ts';

export type GatewayAnswer = PaymentLookUp | RefundLookUp | StillAuthorised;
/** The payment is neither captured nor released, or cancelled: either may still happen. */
export type StillAuthorised = { readonly type: 'Authorised'; readonly reference: string };
export type NamedAnswer = RetrievedMovement | Absent | UnknownOutcome;

export type AskGateway = {
  /**
   * The gateway's current answer about one request; `Unknown` where it cannot be reached. A key of
   * another account proves nothing about our requests: absence there would have no meaning.
   */
  asked(review: ReviewCase): ResultAsync<GatewayAnswer, never>;
  /** The gateway's current answer about an id that a person or an earlier look-up names. */
  named(review: ReviewCase, reference: string): ResultAsync<NamedAnswer, never>;
  /**
   * The money that disputes took of a payment for good, in minor units. 0 while they cannot be
   * read: a decision that relies on them waits, or is forced.
   */
  takenForGood(review: ReviewCase, reference: string): ResultAsync<number, never>;
  /** Every refund of the payment of a refund in review, whoever made it. */
  refunds(review: ReviewCase): ResultAsync<RefundList | UnknownOutcome, never>;
};

/** By its type it can look up, and can neither charge nor refund. */
export const createAskGateway = ({
  gateway,
  clock,
}: {
  readonly gateway: Pick<
    PaymentGateway,
    | 'find'
    | 'findRefund'
    | 'inspect'
    | 'retrieve'
    | 'retrievePayment'
    | 'listRefunds'
    | 'standing'
    | 'identify'
  >;
  readonly clock: Pick<Clock, 'sleep'>;
}): AskGateway => {
  const asOurs = <T>(
    { asked: { account } }: ReviewCase,
    ask: () => ResultAsync<T | UnknownOutcome, never>,
  ): ResultAsync<T | UnknownOutcome, never> =>
    gateway
      .identify()
      .map((own) => account === '' || own === account)
      // The account of the key is unknown. What the look-up finds is then judged by its own
      // content.
      .orElse(() => okAsync(true))
      .andThen((isOurs) =>
        isOurs ? untilAnswered(clock, ask) : okAsync<T | UnknownOutcome>(OTHER_ACCOUNT),
      );
  return {
    asked: (review) =>
      asOurs(review, () => {
        const { of, orderId } = review;
        if (of.type === 'Refund')
          return gateway.findRefund(of).map((found): GatewayAnswer => found);
        const { payment, pending, awaited, way: _, ...reference } = of;
        if (awaited !== undefined) return gateway.inspect({ payment: awaited }).map(awaitedAnswer);
        if (pending !== undefined) {
          const { deployment, attempt, since } = of;
          const named = { deployment, orderId, attempt, since, payment: pending };
          return gateway.retrievePayment(named).map(underItsName);
        }
        return payment === undefined
          ? gateway.find({ ...reference, orderId }).map((found): GatewayAnswer => found)
          : gateway.inspect({ payment }).map(standing);
      }),
    named: (review, reference) =>
      asOurs(review, () => {
        const kind = review.of.type === 'Payment' ? 'payment' : 'refund';
        return gateway.retrieve({ kind, reference });
      }),
    takenForGood: (review, paymentReference) =>
      review.of.type === 'Refund'
        ? okAsync(0)
        : asOurs(review, () => gateway.standing({ paymentReference })).map((standing) =>
            standing.type === 'Unknown' ? 0 : Order.takenForGood(standing.disputes),
          ),
    refunds: (review) =>
      asOurs(review, () => {
        const { of } = review;
        const paymentReference = of.type === 'Refund' ? of.paymentReference : '';
        return gateway.listRefunds({ paymentReference });
      }),
  };
};

/**
 * The answer about the payment of that name. If it is another order's, or absent, it says nothing
 * about this one.
 */
const underItsName = (found: NamedPayment): GatewayAnswer =>
  found.type === 'NotOurs' || found.type === 'OtherAttempt' ? { type: 'Absent' } : found;

/** The answer of the shop's payment to the question whether it was captured. */
const standing = (found: InspectedPayment | Absent | UnknownOutcome): GatewayAnswer => {
  if (found.type === 'Unknown') return found;
  if (found.type === 'Absent') return { type: 'Absent' };
  const { reference, capturedMinor: amountMinor, currency, status } = found;
  if (amountMinor > 0) return { type: 'Captured', reference, amountMinor, currency };
  if (status === 'cancelled') return { type: 'Declined', code: 'authorisation-released' };
  if (status === 'authorised') return { type: 'Authorised', reference };
  return { type: 'Absent' };
};

/**
 * The answer about a payment that waits for its customer, who can complete an open one until it is
 * cancelled, also after a failure (R24).
 */
const awaitedAnswer = (found: InspectedPayment | Absent | UnknownOutcome): GatewayAnswer =>
  found.type === 'Inspected' && found.status === 'open' && found.capturedMinor === 0
    ? { type: 'Authorised', reference: found.reference }
    : standing(found);

/** A look-up that is throttled each time has waited for half a minute. */
const THROTTLED_MAX = 5;

/** A look-up that the gateway throttles is repeated with growing pauses. */
const untilAnswered = <T>(
  clock: Pick<Clock, 'sleep'>,
  ask: () => ResultAsync<T | UnknownOutcome, never>,
): ResultAsync<T | UnknownOutcome, never> => {
  const repeat = async (): Promise<T | UnknownOutcome> => {
    for (let refusals = 0; ; refusals += 1) {
      const says = await ask().match(
        (answer) => answer,
        (never: never) => never,
      );
      if (!isThrottledAnswer(says) || refusals === THROTTLED_MAX) return says;
      await clock.sleep(pauseMsAfter(refusals));
    }
  };
  return ResultAsync.fromSafePromise(repeat());
};

const isThrottledAnswer = (says: unknown): says is UnknownOutcome => {
  const { type, trouble }: Partial<UnknownOutcome> = Object(says);
  return type === 'Unknown' && trouble === 'Throttled';
};

export const OTHER_ACCOUNT: UnknownOutcome = {
  type: 'Unknown',
  cause: 'the key is of another account',
};
