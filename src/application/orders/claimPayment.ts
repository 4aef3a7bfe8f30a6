import { errAsync, type ResultAsync } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import type { OrderContext, PaymentDependencies } from './dependencies.ts';

export type ClaimPayment = (
  claim: Pick<Order.StepOf<'ClaimPayment'>, 'account' | 'payment'>,
  handling: Pick<OrderContext, 'orderId' | 'correlationId' | 'causationId'>,
) => ResultAsync<{ readonly orderId: string }, AppendError | LoadError>;

/**
 * Claims a payment for an order, and returns the order whose claim was first. The claim has a
 * stream of its own, so that of all orders that name the payment one is paid by it (R16). A second
 * claim by the same order adds nothing.
 */
export const createClaimPayment =
  ({ claims, clock }: Pick<PaymentDependencies, 'claims' | 'clock'>): ClaimPayment =>
  ({ account, payment }, { orderId, correlationId, causationId }) => {
    const id = `${account}#${payment}`;
    const claim = { type: 'PaymentClaimed', data: { orderId, at: clock.now() } } as const;
    const commit = { events: [claim], idempotencyKey: `claim#${orderId}` };
    return claims
      .append(id, claims.start, { ...commit, correlationId, causationId })
      .orElse((error) => (error.type === 'Conflict' ? claims.load(id) : errAsync(error)))
      .map(({ state }) => ({ orderId: state.claimed?.orderId ?? '' }));
  };
