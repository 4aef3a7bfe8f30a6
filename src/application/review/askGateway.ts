import { okAsync, ResultAsync } from 'neverthrow';
import { pauseMsAfter } from '../log/rateLimit.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  Absent,
  InspectedPayment,
  PaymentGateway,
  PaymentLookUp,
  RefundLookUp,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { ReviewCase } from './reviews.ts';

export type GatewayAnswer = PaymentLookUp | RefundLookUp | StillAuthorised;
/** The shop's payment is neither captured nor released: either may still happen. */
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
};

/** By its type it can look up, and can neither charge nor refund. */
export const createAskGateway = ({
  gateway,
  clock,
}: {
  readonly gateway: Pick<
    PaymentGateway,
    'find' | 'findRefund' | 'inspect' | 'retrieve' | 'identify'
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
        const { payment, way: _, ...reference } = of;
        return payment === undefined
          ? gateway.find({ ...reference, orderId }).map((found): GatewayAnswer => found)
          : gateway.inspect({ payment }).map(standing);
      }),
    named: (review, reference) =>
      asOurs(review, () => {
        const kind = review.of.type === 'Payment' ? 'payment' : 'refund';
        return gateway.retrieve({ kind, reference });
      }),
  };
};

/** What the shop's payment says to the question whether it was captured. */
const standing = (found: InspectedPayment | Absent | UnknownOutcome): GatewayAnswer => {
  if (found.type === 'Unknown') return found;
  if (found.type === 'Absent') return { type: 'Absent' };
  const { reference, capturedMinor: amountMinor, currency, status } = found;
  if (amountMinor > 0) return { type: 'Captured', reference, amountMinor, currency };
  if (status === 'cancelled') return { type: 'Declined', code: 'authorisation-released' };
  if (status === 'authorised') return { type: 'Authorised', reference };
  return { type: 'Absent' };
};

/** One that is throttled each time has waited for half a minute. */
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
