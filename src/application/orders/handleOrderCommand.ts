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
import { type PaymentDependencies, admit } from './dependencies.ts';
import { createCarryOn, outcomeOf } from './carryOn.ts';
import { createAppendCommand, TOO_EARLY_RETRY_MS, type AppendedCommand } from './appendCommand.ts';
import { createHandleGatewayEvent } from './handleGatewayEvent.ts';
import { createRefuseOrder } from './refuseOrder.ts';

/**
 * Phase 3 of the picture, and the payment service's handler. Every step may be repeated, so that a
 * redelivery repairs a crash anywhere. The delivery engine deletes the message, last of all.
 */
export const createOrderCommandHandler = (dependencies: PaymentDependencies): Handler => {
  const { carryOn, publishOnly } = createCarryOn(dependencies);
  const appendCommand = createAppendCommand(dependencies);
  const handleEvent = createHandleGatewayEvent(dependencies, carryOn);
  const refuse = createRefuseOrder(dependencies);
  const {
    allocator,
    clock,
    rules,
    telemetry,
    deployment: current,
    refundSenders,
    seals,
  } = dependencies;
  const series = [rules.invoices.series, rules.creditNotes.series];

  const openSeries = async (): Promise<Result<void, HandlerError>> => {
    for (const name of series) {
      const opened = await allocator.open(name);
      if (opened.isErr()) return err(opened.error);
    }
    return ok();
  };

  const handle = async (delivery: Delivery): Handled => {
    const decoded = checkClock(clock).andThen(() => decodePaymentMessage(delivery.body));
    if (decoded.isErr()) return err(decoded.error);
    const message = decoded.value;
    if (message.type !== 'GatewayEvent') {
      const admitted = admit(message, delivery, refundSenders);
      if (admitted.isErr()) return err(admitted.error);
    }
    const { correlationId, causationId } = correlationOf(delivery);
    await seals.fresh();
    const deployment = await current();
    if (deployment.isErr()) return err(deployment.error);
    const letter = firstMessageId(delivery);
    const { signal, deadLetter, sentAt } = delivery;
    const context = {
      correlationId,
      causationId,
      signal,
      deployment: deployment.value,
      letter,
      deadLetter,
      sentAt,
    };
    const opened = await openSeries();
    if (opened.isErr()) return err(opened.error);
    if (message.type === 'GatewayEvent') {
      const isRepeated = delivery.receiveCount > 1 || letter !== delivery.messageId;
      return handleEvent(message, { ...context, isRepeated });
    }
    const { orderId } = message;
    const handling = {
      ...context,
      orderId,
      // A person, or the reconciler, wants to know how it stands now.
      ...(message.type === 'ResumeOrder' && { asksPending: true as const }),
    };
    // 3a. The intent is durable before anything is sent.
    let appended = await appendCommand(message, handling);
    if (appended.isOk() && appended.value.isNotCompared) {
      const compared = await carryOn(appended.value, handling);
      if (compared.isErr()) return err(compared.error);
      appended = await appendCommand(message, handling);
    }
    if (appended.isErr()) return err(appended.error);
    if (appended.value.isNotCompared) return err(notComparedYet(appended.value, orderId));
    const { order, viewedAt, refused } = appended.value;
    const carried = await (refused === undefined
      ? carryOn({ order, viewedAt }, handling, (state) => outcomeOfCommand(message, state))
      : publishOnly(order, handling));
    return carried.map(({ outcome }) => ({ orderId, correlationId, outcome }));
  };

  const handleReceived = async (received: Delivery): Handled => {
    const { gatewayEventReader } = dependencies;
    const unwrapped = unwrap(received);
    if (unwrapped.isErr()) return err(unwrapped.error);
    const delivery = withoutEventDetail(unwrapped.value, gatewayEventReader);
    if (ignoredEventIn(delivery, gatewayEventReader) !== undefined) {
      const { correlationId } = correlationOf(delivery);
      return ok({ correlationId, outcome: 'ignored' });
    }
    const handled = await handle(delivery);
    if (handled.isOk()) return handled;
    logIllegal(telemetry, handled.error, correlationOf(delivery));
    logNotAllowed(telemetry, handled.error, correlationOf(delivery));
    // A refusal for ever is recorded, and its customer notified, before the dead letter is sent.
    const recorded = await refuse(delivery.body, handled.error, correlationOf(delivery));
    return err(recorded.isErr() ? recorded.error : handled.error);
  };

  return (received) => new ResultAsync(handleReceived(received));
};

/** A person's decision, or the end of another refund, has to come first. */
const notComparedYet = ({ order }: AppendedCommand, orderId: string): HandlerError => {
  if (Order.openReviews(order.state).length > 0) {
    return { type: 'ReviewRequired', orderId, reason: 'order-in-review' };
  }
  const why = 'the order is not compared with the gateway yet';
  return { type: 'NotYet', orderId, why, retryAfterMs: TOO_EARLY_RETRY_MS };
};

type Handled = Promise<Result<HandlerSuccess, HandlerError>>;

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
