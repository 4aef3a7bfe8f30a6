import { err, errAsync, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError, HandlerSuccess } from '../delivery/handler.ts';
import type { GatewayEventMessage } from '../messages/index.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import { createClaimPayment, type ClaimPayment } from './claimPayment.ts';
import type { LoadedOrder, OrderContext, PaymentDependencies } from './dependencies.ts';
import type { CarriedOrder, CarryOn } from './carryOn.ts';

export type EventContext = Omit<OrderContext, 'orderId'> & {
  /** Whether it was received before, or comes from the dead letters: its work may be unfinished. */
  readonly isRepeated: boolean;
};

/** An order that may be the event's, as it was read, and when the read began. */
type EventOrder = {
  readonly orderId: string;
  readonly order: LoadedOrder;
  readonly viewedAt: number;
};

export type HandleGatewayEvent = (
  event: GatewayEventMessage,
  handling: EventContext,
) => ResultAsync<HandlerSuccess, HandlerError>;

/**
 * An event of the gateway is a hint: its order is found, and asks the gateway itself (R18). Finding
 * it by what the event names, or by the claim of its payment, costs one read. Only if neither is
 * known here, the gateway is asked whose the payment is.
 */
export const createHandleGatewayEvent = (
  dependencies: PaymentDependencies,
  carryOn: CarryOn,
): HandleGatewayEvent => {
  const parts = { ...dependencies, carryOn, claimPayment: createClaimPayment(dependencies) };
  return (event, handling) => handleEvent(event, handling, parts);
};

type EventParts = Pick<
  PaymentDependencies,
  'orders' | 'claims' | 'gateway' | 'clock' | 'telemetry'
> & {
  readonly carryOn: CarryOn;
  readonly claimPayment: ClaimPayment;
};

const handleEvent = (
  event: GatewayEventMessage,
  handling: EventContext,
  parts: EventParts,
): ResultAsync<HandlerSuccess, HandlerError> =>
  safeTry(async function* () {
    const { deployment } = handling;
    const why = whyRefused(event, deployment);
    if (why !== undefined) {
      parts.telemetry.record(eventRecord('gateway_event.refused', event, handling, { why }));
      return ok(done(handling, 'refused'));
    }
    if (isOfAnother(event, deployment)) return ok(done(handling, 'foreign'));
    const candidate = yield* knownCandidate(event, handling, parts);
    if (candidate === undefined) return askWhose(event, handling, parts);
    const { orderId } = candidate;
    // An earlier delivery may have recorded it, and has still to publish it, or to wait (R10).
    if (!handling.isRepeated && Order.isKnownHint(hintOf(event), candidate.order.state)) {
      return ok({ orderId, ...done(handling, 'known') });
    }
    const { outcome } = yield* drive(candidate, event, handling, parts);
    return ok({ orderId, ...done(handling, outcome) });
  });

/** The order that the event names, or otherwise the one that has claimed the payment. */
const knownCandidate = (
  event: GatewayEventMessage,
  handling: EventContext,
  parts: EventParts,
): ResultAsync<EventOrder | undefined, HandlerError> => {
  const { orderId, payment } = event;
  if (orderId === undefined) return claimant(event, handling, parts);
  return readCandidate(orderId, payment, parts).andThen((found) =>
    found === undefined ? claimant(event, handling, parts) : okAsync(found),
  );
};

/** The order that has claimed the event's payment. */
const claimant = (
  { payment }: GatewayEventMessage,
  { deployment: { account } }: EventContext,
  parts: EventParts,
): ResultAsync<EventOrder | undefined, HandlerError> =>
  parts.claims
    .load(`${account}#${payment}`)
    .andThen(({ state: { claimed } }) =>
      claimed === undefined ? okAsync(undefined) : readCandidate(claimed.orderId, payment, parts),
    );

/** Asks the gateway whose the payment is, and drives that order. */
const askWhose = (
  event: GatewayEventMessage,
  handling: EventContext,
  parts: EventParts,
): ResultAsync<HandlerSuccess, HandlerError> =>
  safeTry(async function* () {
    const { payment } = event;
    const { deployment, signal } = handling;
    const found = yield* parts.gateway.inspect({ payment, signal });
    if (found.type === 'Unknown') {
      const orderId = event.orderId ?? payment;
      return err({ ...found, type: 'OutcomeUnknown' as const, orderId });
    }
    if (found.type === 'Absent' || found.orderId === undefined) {
      return nobodys(event, handling, 'foreign', parts);
    }
    if (isOfAnother(found, deployment)) return ok(done(handling, 'foreign'));
    const { orderId } = found;
    if (!Order.isOrderId(orderId)) return nobodys(event, handling, 'unknown order', parts);
    const candidate = yield* readCandidate(orderId, payment, parts);
    if (candidate === undefined) return nobodys(event, handling, 'unknown order', parts);
    const { order, outcome } = yield* drive(candidate, event, handling, parts);
    if (isCapturedAs(payment, order.state)) {
      yield* claim(payment, { ...handling, orderId }, parts);
    }
    return ok({ orderId, ...done(handling, outcome) });
  });

/** The event belongs to no order here. Somebody must know of a dispute. */
const nobodys = (
  event: GatewayEventMessage,
  handling: EventContext,
  outcome: 'foreign' | 'unknown order',
  { telemetry }: EventParts,
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

/** Claims the payment, so that its next event finds the order by the claim. */
const claim = (
  payment: string,
  handling: OrderContext,
  { claimPayment }: EventParts,
): ResultAsync<void, HandlerError> => {
  const { orderId, deployment } = handling;
  return claimPayment({ account: deployment.account, payment }, handling)
    .mapErr((error): HandlerError =>
      error.type === 'Conflict' ? { type: 'ConflictsExhausted', orderId } : error,
    )
    .andThen((payer) => {
      if (payer.orderId === orderId) return okAsync(undefined);
      const reason = `contradiction: another order has claimed ${payment}`;
      return errAsync<void, HandlerError>({ type: 'Contradiction', orderId, reason });
    });
};

/** Reads the order; undefined where it names another payment, or is none. */
const readCandidate = (
  orderId: string,
  payment: string,
  { orders, clock }: EventParts,
): ResultAsync<EventOrder | undefined, HandlerError> => {
  const viewedAt = clock.now();
  return orders
    .load(orderId)
    .map((order) => (mayBeOf(payment, order.state) ? { orderId, order, viewedAt } : undefined));
};

const drive = (
  { orderId, order, viewedAt }: EventOrder,
  event: GatewayEventMessage,
  handling: EventContext,
  { carryOn }: EventParts,
): ResultAsync<CarriedOrder, HandlerError> =>
  carryOn({ order, viewedAt }, { ...handling, orderId, hint: hintOf(event) });

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

/** The reason why an event is refused. Only events of a connected account name their account. */
const whyRefused = (
  { mode, account }: GatewayEventMessage,
  { account: bound }: Order.DeploymentIdentity,
): 'mode' | 'account' | undefined => {
  const [ours, ourMode] = bound.split(':');
  if (mode !== ourMode) return 'mode';
  return account !== undefined && account !== ours ? 'account' : undefined;
};

/** Whether its metadata names another deployment than this one. */
const isOfAnother = (
  { deployment }: { readonly deployment?: string | undefined },
  { id }: Order.DeploymentIdentity,
): boolean => deployment !== undefined && deployment !== id;

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
