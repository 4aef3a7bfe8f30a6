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

/** What was learned, and, where a request or look-up told nothing about the key, how it failed. */
export type OwnerEvidence = {
  readonly known: Order.RequestKnowledge;
  readonly noAnswer?: HandlerError;
};

/** Asks the gateway whose a payment is, of which only a person said that it is this order's. */
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

/** Of a name that nothing has, nothing can be given back; what bears no reference of ours is of no order of ours. */
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
