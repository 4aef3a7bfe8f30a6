import { err, ok, type Result, ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import {
  firstMessageId,
  type Delivery,
  type Handler,
  type HandlerError,
  type HandlerSuccess,
} from '../delivery/handler.ts';
import {
  correlationOf,
  decodePaymentMessage,
  ignoredEventIn,
  unwrap,
  withoutEventDetail,
  type Correlation,
  type PaymentCommand,
} from '../messages/index.ts';
import { checkClock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type OrderContext, type PaymentDependencies, admit } from './dependencies.ts';
import { createCarryOn, outcomeOf, type CarryOn, type PublishOnly } from './carryOn.ts';
import {
  createAppendCommand,
  TOO_EARLY_RETRY_MS,
  type AppendCommand,
  type AppendedCommand,
} from './appendCommand.ts';
import { createHandleGatewayEvent, type HandleGatewayEvent } from './handleGatewayEvent.ts';
import { createRefuseOrder, type RefuseOrder } from './refuseOrder.ts';

/**
 * Phase 3 of the picture, and the payment service's handler. Every step may be repeated, so that a
 * redelivery repairs a crash anywhere. The delivery engine deletes the message, last of all.
 */
export const createOrderCommandHandler = (dependencies: PaymentDependencies): Handler => {
  const { carryOn, publishOnly } = createCarryOn(dependencies);
  const parts = {
    ...dependencies,
    appendCommand: createAppendCommand(dependencies),
    carryOn,
    publishOnly,
    handleEvent: createHandleGatewayEvent(dependencies, carryOn),
    refuse: createRefuseOrder(dependencies),
  };
  return (received) => new ResultAsync(handleReceived(received, parts));
};

type HandlerParts = PaymentDependencies & {
  readonly appendCommand: AppendCommand;
  readonly carryOn: CarryOn;
  readonly publishOnly: PublishOnly;
  readonly handleEvent: HandleGatewayEvent;
  readonly refuse: RefuseOrder;
};

type Handled = Promise<Result<HandlerSuccess, HandlerError>>;

/** Takes a message out of its envelope and handles it. What is refused for ever is recorded. */
const handleReceived = async (received: Delivery, parts: HandlerParts): Handled => {
  const { gatewayEventReader, refuse, telemetry } = parts;
  const unwrapped = unwrap(received);
  if (unwrapped.isErr()) return err(unwrapped.error);
  const delivery = withoutEventDetail(unwrapped.value, gatewayEventReader);
  const correlation = correlationOf(delivery);
  if (ignoredEventIn(delivery, gatewayEventReader) !== undefined) {
    return ok({ correlationId: correlation.correlationId, outcome: 'ignored' });
  }
  const handled = await handleMessage(delivery, parts);
  if (handled.isOk()) return handled;
  logIllegal(telemetry, handled.error, correlation);
  logNotAllowed(telemetry, handled.error, correlation);
  // A refusal for ever is recorded, and its customer notified, before the dead letter is sent.
  const recorded = await refuse(delivery.body, handled.error, correlation);
  return err(recorded.isErr() ? recorded.error : handled.error);
};

/** Decodes the message and checks its sender before it reads anything. */
const handleMessage = async (delivery: Delivery, parts: HandlerParts): Handled => {
  const { clock, handleEvent, refundSenders } = parts;
  const decoded = checkClock(clock).andThen(() => decodePaymentMessage(delivery.body));
  if (decoded.isErr()) return err(decoded.error);
  const message = decoded.value;
  const admitted = message.type === 'GatewayEvent' ? ok() : admit(message, delivery, refundSenders);
  if (admitted.isErr()) return err(admitted.error);
  const context = await contextOf(delivery, parts);
  if (context.isErr()) return err(context.error);
  return message.type === 'GatewayEvent'
    ? handleEvent(message, { ...context.value, isRepeated: isRepeated(delivery) })
    : handleCommand(message, context.value, parts);
};

type MessageContext = Omit<OrderContext, 'orderId'>;

/** Prepares what every decision needs: fresh seals, the deployment and the open series. */
const contextOf = async (
  delivery: Delivery,
  { seals, deployment: current, allocator, rules }: HandlerParts,
): Promise<Result<MessageContext, HandlerError>> => {
  await seals.fresh();
  const deployment = await current();
  if (deployment.isErr()) return err(deployment.error);
  for (const { series } of [rules.invoices, rules.creditNotes]) {
    const opened = await allocator.open(series);
    if (opened.isErr()) return err(opened.error);
  }
  const { correlationId, causationId } = correlationOf(delivery);
  const { signal, deadLetter, sentAt } = delivery;
  return ok({
    correlationId,
    causationId,
    signal,
    deployment: deployment.value,
    letter: firstMessageId(delivery),
    deadLetter,
    sentAt,
  });
};

/** Whether it was received before, or is a copy that came out of the dead-letter queue. */
const isRepeated = (delivery: Delivery): boolean =>
  delivery.receiveCount > 1 || firstMessageId(delivery) !== delivery.messageId;

const handleCommand = async (
  command: PaymentCommand,
  context: MessageContext,
  parts: HandlerParts,
): Handled => {
  const { carryOn, publishOnly } = parts;
  const { orderId } = command;
  const handling = {
    ...context,
    orderId,
    // A person, or the reconciler, wants to know how it stands now.
    ...(command.type === 'ResumeOrder' && { asksPending: true as const }),
  };
  // 3a. The intent is durable before anything is sent.
  const appended = await appendIntent(command, handling, parts);
  if (appended.isErr()) return err(appended.error);
  const { order, viewedAt, refused } = appended.value;
  // 3b. It is charged. 3c. It is invoiced. 3d. It is published, also where the answer is no.
  const carried = await (refused === undefined
    ? carryOn({ order, viewedAt }, handling, (state) => outcomeOfCommand(command, state))
    : publishOnly(order, handling));
  return carried.map(({ outcome }) => ({
    orderId,
    correlationId: context.correlationId,
    outcome,
  }));
};

/** An order that must be compared with the gateway first is driven, and decides again (R26). */
const appendIntent = async (
  command: PaymentCommand,
  handling: OrderContext,
  { appendCommand, carryOn }: HandlerParts,
): Promise<Result<AppendedCommand, HandlerError>> => {
  const first = await appendCommand(command, handling);
  if (first.isErr() || first.value.isNotCompared === undefined) return first;
  const compared = await carryOn(first.value, handling);
  if (compared.isErr()) return err(compared.error);
  const second = await appendCommand(command, handling);
  return second.andThen((appended) =>
    appended.isNotCompared ? err(notComparedYet(appended, handling.orderId)) : ok(appended),
  );
};

/** A person's decision, or the end of another refund, has to come first. */
const notComparedYet = ({ order }: AppendedCommand, orderId: string): HandlerError => {
  if (Order.openReviews(order.state).length > 0) {
    return { type: 'ReviewRequired', orderId, reason: 'order-in-review' };
  }
  const why = 'the order is not compared with the gateway yet';
  return { type: 'NotYet', orderId, why, retryAfterMs: TOO_EARLY_RETRY_MS };
};

/** Somebody else wrote into the order's stream: nothing is sent for it. */
const logIllegal = (telemetry: Telemetry, error: HandlerError, correlation: Correlation): void => {
  if (error.type !== 'CorruptStream' || error.fault !== 'illegal') return;
  const { streamId, version, why } = error;
  const about = { level: 'error', event: 'stream.illegal', ...correlation } as const;
  telemetry.record({ ...about, facts: { streamId, version, why } });
};

/** A sender asked for a refund who may not, or the list of those who may is wrong. */
const logNotAllowed = (
  telemetry: Telemetry,
  error: HandlerError,
  correlation: Correlation,
): void => {
  if (error.type !== 'NotAllowed') return;
  const { orderId, command, senderId = 'nobody known' } = error;
  const about = { level: 'error', event: 'command.not_allowed', ...correlation, orderId } as const;
  telemetry.record({ ...about, outcome: command, facts: { senderId } });
};

/** A refund's own message has the outcome of the refund. */
const outcomeOfCommand = (command: PaymentCommand, state: Order.State): string => {
  const refund =
    command.type === 'RefundPayment'
      ? state.refunds.find(({ refundId }) => refundId === command.refundId)
      : undefined;
  return refund?.status === 'failed' || refund?.status === 'rejected'
    ? `refund ${refund.status}`
    : outcomeOf(state);
};
