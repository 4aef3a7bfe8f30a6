import type { ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type {
  Absent,
  PaymentGateway,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { OrderContext } from './dependencies.ts';

/** What was learned, and how a request or look-up failed that is no evidence about the key. */
export type OwnerEvidence = {
  readonly known: Order.RequestKnowledge;
  readonly noAnswer?: HandlerError;
};

/** Asks the gateway for the owner of a payment that only a person says is this order's. */
export const findOwner = (
  gateway: Pick<PaymentGateway, 'retrieve'>,
  of: Order.CaptureLookUp,
  { orderId, signal }: Pick<OrderContext, 'orderId' | 'signal'>,
): ResultAsync<OwnerEvidence, never> =>
  gateway
    .retrieve({ kind: 'payment', reference: of.paymentReference, signal })
    .map((found): OwnerEvidence => {
      const known = { capture: captureOf(of, found) };
      if (found.type !== 'Unknown') return { known };
      return { known, noAnswer: { ...found, type: 'OutcomeUnknown', orderId } };
    });

/** A payment that is absent cannot be refunded; one without our references is of no other order. */
const captureOf = (
  { orderId, attempt, deployment }: Order.CaptureLookUp,
  found: RetrievedMovement | Absent | UnknownOutcome,
): NonNullable<Order.RequestKnowledge['capture']> => {
  if (found.type === 'Unknown') return 'unknown';
  if (found.type === 'Absent') return 'of no other';
  const isOfAnother =
    (found.orderId ?? orderId) !== orderId ||
    (found.attempt ?? attempt) !== attempt ||
    (found.deployment ?? deployment) !== deployment;
  return isOfAnother ? 'of another' : 'of no other';
};
