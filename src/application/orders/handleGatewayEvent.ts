import { err, errAsync, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError, HandlerSuccess } from '../delivery/handler.ts';
import type { GatewayEventMessage } from '../messages/index.ts';
import type { InspectedPayment } from '../ports/paymentGateway.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import { createClaimPayment } from './claimPayment.ts';
import type { LoadedOrder, OrderContext, PaymentDependencies } from './dependencies.ts';
import type { CarriedOrder, CarryOn } from './carryOn.ts';

export type EventContext = Omit<OrderContext, 'orderId'> & {
  /** It was received before, or comes from the dead letters: what it did may not be done. */
  readonly isRepeated: boolean;
};

/** An order that may be the event's, as it was read, and when that began. */
type EventOrder = {
  readonly orderId: string;
  readonly order: LoadedOrder;
  readonly viewedAt: number;
};

/**
 * An event of the gateway is a hint: its order is found, and asks the gateway itself (R18). By what
 * the event names, or by the claim of its payment, that costs one read; the gateway is asked whose
 * the payment is only where neither is known here.
 */
export const createHandleGatewayEvent = (
  dependencies: PaymentDependencies,
  carryOn: CarryOn,
): ((
  event: GatewayEventMessage,
  handling: EventContext,
) => ResultAsync<HandlerSuccess, HandlerError>) => {
  const { orders, claims, gateway, clock, telemetry } = dependencies;
  const claimPayment = createClaimPayment(dependencies);

  const read = (orderId: string): ResultAsync<EventOrder, HandlerError> => {
    const viewedAt = clock.now();
    return orders.load(orderId).map((order) => ({ orderId, order, viewedAt }));
  };

  /** The order that the event names, or the one that has claimed the payment. */
  const candidateOf = (
    { orderId, payment }: GatewayEventMessage,
    { deployment: { account } }: EventContext,
  ): ResultAsync<EventOrder | undefined, HandlerError> => {
    const isOfPayment = (found: EventOrder): boolean => mayBeOf(payment, found.order.state);
    const claimed = (): ResultAsync<EventOrder | undefined, HandlerError> =>
      claims
        .load(`${account}#${payment}`)
        .andThen(({ state }) =>
          state.claimed === undefined
            ? okAsync(undefined)
            : read(state.claimed.orderId).map((found) => (isOfPayment(found) ? found : undefined)),
        );
    return orderId === undefined
      ? claimed()
      : read(orderId).andThen((found) => (isOfPayment(found) ? okAsync(found) : claimed()));
  };

  const drive = (
    { orderId, order, viewedAt }: EventOrder,
    event: GatewayEventMessage,
    handling: EventContext,
  ): ResultAsync<CarriedOrder, HandlerError> =>
    carryOn({ order, viewedAt }, { ...handling, orderId, hint: hintOf(event) });

  const refused = (
    event: GatewayEventMessage,
    handling: EventContext,
    why: 'mode' | 'account',
  ): HandlerSuccess => {
    telemetry.record(eventRecord('gateway_event.refused', event, handling, { why }));
    return done(handling, 'refused');
  };

  /** Nobody here knows it. Of a dispute somebody must know. */
  const nobodys = (
    event: GatewayEventMessage,
    handling: EventContext,
    outcome: 'foreign' | 'unknown order',
  ): ResultAsync<HandlerSuccess, HandlerError> => {
    if (event.kind === 'dispute') {
      telemetry.record(eventRecord('dispute.unknown', event, handling, {}));
      return errAsync({ type: 'DisputeUnknown', dispute: event.id, payment: event.payment });
    }
    if (outcome === 'unknown order') {
      telemetry.record(eventRecord('gateway_event.unknown_order', event, handling, {}));
    }
    return okAsync(done(handling, outcome));
  };

  const ask = (
    event: GatewayEventMessage,
    handling: EventContext,
  ): ResultAsync<HandlerSuccess, HandlerError> =>
    safeTry(async function* () {
      const { payment } = event;
      const { deployment, signal } = handling;
      const found = yield* gateway.inspect({ payment, signal });
      if (found.type === 'Unknown') {
        return err({
          ...found,
          type: 'OutcomeUnknown' as const,
          orderId: event.orderId ?? payment,
        });
      }
      if (found.type === 'Absent' || found.orderId === undefined) {
        return nobodys(event, handling, 'foreign');
      }
      if (isOfAnother(found, deployment)) return ok(done(handling, 'foreign'));
      const { orderId } = found;
      if (!Order.isOrderId(orderId)) return nobodys(event, handling, 'unknown order');
      const candidate = yield* read(orderId);
      if (!mayBeOf(payment, candidate.order.state)) {
        return nobodys(event, handling, 'unknown order');
      }
      const { order, outcome } = yield* drive(candidate, event, handling);
      if (isCapturedAs(payment, order.state)) {
        // The next event of this payment finds its order by the claim.
        const claim = { account: deployment.account, payment };
        const payer = yield* claimPayment(claim, { ...handling, orderId }).mapErr(
          (error): HandlerError =>
            error.type === 'Conflict' ? { type: 'ConflictsExhausted', orderId } : error,
        );
        if (payer.orderId !== orderId) {
          const reason = `contradiction: another order has claimed ${payment}`;
          return err({ type: 'Contradiction' as const, orderId, reason });
        }
      }
      return ok({ orderId, correlationId: handling.correlationId, outcome });
    });

  return (event, handling) =>
    safeTry(async function* () {
      const { deployment, correlationId } = handling;
      const why = whyRefused(event, deployment);
      if (why !== undefined) return ok(refused(event, handling, why));
      if (event.deployment !== undefined && event.deployment !== deployment.id) {
        return ok(done(handling, 'foreign'));
      }
      const candidate = yield* candidateOf(event, handling);
      if (candidate === undefined) return ask(event, handling);
      const { orderId } = candidate;
      // A repeated one may be what had it recorded, and has still to publish it, or to wait (R10).
      if (!handling.isRepeated && Order.isKnownHint(hintOf(event), candidate.order.state)) {
        return ok({ orderId, correlationId, outcome: 'known' });
      }
      const { outcome } = yield* drive(candidate, event, handling);
      return ok({ orderId, correlationId, outcome });
    });
};

const hintOf = ({ event, kind, payment, id, says, funds }: GatewayEventMessage): Order.Hint => ({
  event,
  kind,
  payment,
  id,
  says,
  ...(funds && { funds }),
});

const done = ({ correlationId }: EventContext, outcome: string): HandlerSuccess => ({
  correlationId,
  outcome,
});

/** An account's events name no account, but those of one that is connected to it. */
const whyRefused = (
  { mode, account }: GatewayEventMessage,
  { account: bound }: Order.DeploymentIdentity,
): 'mode' | 'account' | undefined => {
  const [ours, ourMode] = bound.split(':');
  if (mode !== ourMode) return 'mode';
  return account !== undefined && account !== ours ? 'account' : undefined;
};

const isOfAnother = ({ deployment }: InspectedPayment, { id }: Order.DeploymentIdentity): boolean =>
  deployment !== undefined && deployment !== id;

/** Whether the order names this payment, or none yet. */
const mayBeOf = (name: string, { placed, payment }: Order.State): boolean => {
  if (placed === undefined) return false;
  const named = nameOf(payment);
  return named === undefined || named === name;
};

const nameOf = (payment: Order.Payment): string | undefined => {
  switch (payment.status) {
    case 'captured':
      return payment.reference;
    case 'requested':
    case 'review':
      return (
        (payment.pending ?? payment.authentication)?.reference ?? (payment.payment || undefined)
      );
    case 'none':
    case 'declined':
    case 'failed':
      return undefined;
  }
};

const isCapturedAs = (name: string, { payment }: Order.State): boolean =>
  payment.status === 'captured' && payment.reference === name;

const eventRecord = (
  name: string,
  { event, kind, payment, id, says, orderId }: GatewayEventMessage,
  { correlationId, causationId }: EventContext,
  facts: TelemetryRecord['facts'],
): TelemetryRecord => ({
  level: 'error',
  event: name,
  correlationId,
  causationId,
  ...(orderId === undefined ? {} : { orderId }),
  facts: { ...facts, gatewayEvent: event, kind, payment, id, says },
});
