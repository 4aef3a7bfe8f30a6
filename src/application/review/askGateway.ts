import { okAsync, type ResultAsync } from 'neverthrow';
import type {
  Absent,
  PaymentGateway,
  PaymentLookUp,
  RefundLookUp,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { ReviewCase } from './reviews.ts';

export type GatewayAnswer = PaymentLookUp | RefundLookUp;
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
}: {
  readonly gateway: Pick<PaymentGateway, 'find' | 'findRefund' | 'retrieve' | 'identify'>;
}): AskGateway => {
  const asOurs = <T>(
    { asked: { account } }: ReviewCase,
    ask: () => ResultAsync<T, never>,
  ): ResultAsync<T | UnknownOutcome, never> =>
    gateway
      .identify()
      .map((own) => account === '' || own === account)
      // The account of the key is unknown. What the look-up finds is then judged by its own
      // content.
      .orElse(() => okAsync(true))
      .andThen((isOurs) => (isOurs ? ask() : okAsync<T | UnknownOutcome>(OTHER_ACCOUNT)));
  return {
    asked: (review) =>
      asOurs(review, () => {
        const { of, orderId } = review;
        return of.type === 'Payment'
          ? gateway.find({ ...of, orderId }).map((found): GatewayAnswer => found)
          : gateway.findRefund(of).map((found): GatewayAnswer => found);
      }),
    named: (review, reference) =>
      asOurs(review, () => {
        const kind = review.of.type === 'Payment' ? 'payment' : 'refund';
        return gateway.retrieve({ kind, reference });
      }),
  };
};

export const OTHER_ACCOUNT: UnknownOutcome = {
  type: 'Unknown',
  cause: 'the key is of another account',
};
