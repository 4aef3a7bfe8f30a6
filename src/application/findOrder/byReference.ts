import { ok, okAsync, type ResultAsync, safeTry } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import type { CurrentDeployment } from '../deployment/deployment.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type {
  Absent,
  MovementKind,
  PaymentGateway,
  RetrievedMovement,
  UnknownOutcome,
} from '../ports/paymentGateway.ts';
import type { FindAttempt, OrderMatch } from './foundOrder.ts';

/** The look-up of a movement at the gateway. It can ask the gateway, and moves nothing. */
export type MovementLookUp = {
  readonly gateway: Pick<PaymentGateway, 'retrieve'> | undefined;
  readonly store: Pick<EventStore, 'head'>;
  readonly deployment: CurrentDeployment;
};

type RetrievedAnswer = RetrievedMovement | Absent | UnknownOutcome;

/** The order that the gateway itself names, if it is one of this deployment's and in its log. */
export const findByReference = (
  { gateway, store, deployment }: MovementLookUp,
  { kind, reference }: { readonly kind: MovementKind; readonly reference: string },
): ResultAsync<OrderMatch | FindAttempt, LoadError> =>
  safeTry(async function* () {
    if (gateway === undefined) return ok<FindAttempt>({ type: 'GatewayNotAsked', kind });
    const answer = yield* withPayment(gateway, gateway.retrieve({ kind, reference }));
    if (answer.type === 'Absent') return ok<FindAttempt>({ type: 'GatewayHasNone', kind });
    if (answer.type === 'Unknown') {
      return ok<FindAttempt>({ type: 'GatewayFailed', cause: answer.cause });
    }
    const { orderId, deployment: owner } = answer;
    const ours = yield* deployment();
    // Releases before 0.2 named no deployment.
    if (orderId === undefined || (owner !== undefined && owner !== ours.id)) {
      return ok<FindAttempt>({
        type: 'NotOurs',
        ...(owner === undefined ? {} : { deployment: owner }),
        ...(orderId === undefined ? {} : { orderId }),
      });
    }
    if (!Order.isOrderId(orderId) || (yield* store.head(orderStreamId(orderId))) === undefined) {
      return ok<FindAttempt>({ type: 'NotOurs', orderId });
    }
    return ok<OrderMatch>({ orderId, by: { type: 'Reference', kind } });
  });

/**
 * Adds the payment: a refund that was made in the dashboard names no order, but its payment does.
 */
const withPayment = (
  gateway: Pick<PaymentGateway, 'retrieve'>,
  asked: ResultAsync<RetrievedAnswer, never>,
): ResultAsync<RetrievedAnswer, never> =>
  asked.andThen((answer) =>
    answer.type === 'Retrieved' &&
    answer.orderId === undefined &&
    answer.paymentReference !== undefined
      ? gateway.retrieve({ kind: 'payment', reference: answer.paymentReference })
      : okAsync(answer),
  );
