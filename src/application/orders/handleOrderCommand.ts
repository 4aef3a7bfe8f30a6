import { err, ok, ResultAsync, safeTry } from 'neverthrow';
import type * as Order from '../../domain/order/index.ts';
import { firstMessageId, type Handler, type HandlerError } from '../delivery/handler.ts';
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
import { createAppendCommand } from './appendCommand.ts';
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
  const { allocator, clock, rules, telemetry, deployment: current, refundSenders } = dependencies;
  const series = [rules.invoices.series, rules.creditNotes.series];

  const handle: Handler = (delivery) =>
    safeTry(async function* () {
      yield* checkClock(clock);
      const message = yield* decodePaymentMessage(delivery.body);
      if (message.type !== 'GatewayEvent') yield* admit(message, delivery, refundSenders);
      const { correlationId, causationId } = correlationOf(delivery);
      const deployment = yield* current();
      const letter = firstMessageId(delivery);
      const { signal, deadLetter, sentAt } = delivery;
      const context = {
        correlationId,
        causationId,
        signal,
        deployment,
        letter,
        deadLetter,
        sentAt,
      };
      yield* ResultAsync.combine(series.map((name) => allocator.open(name)));
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
      const { order, viewedAt, refused } = yield* appendCommand(message, handling);
      const { outcome } = yield* refused === undefined
        ? carryOn({ order, viewedAt }, handling, (state) => outcomeOfCommand(message, state))
        : publishOnly(order, handling);
      return ok({ orderId, correlationId, outcome });
    });

  return (received) =>
    safeTry(async function* () {
      const delivery = withoutEventDetail(yield* unwrap(received), dependencies.gatewayEventReader);
      if (ignoredEventIn(delivery, dependencies.gatewayEventReader) !== undefined) {
        const { correlationId } = correlationOf(delivery);
        return ok({ correlationId, outcome: 'ignored' });
      }
      const handled = await handle(delivery);
      if (handled.isOk()) return handled;
      logIllegal(telemetry, handled.error, correlationOf(delivery));
      logNotAllowed(telemetry, handled.error, correlationOf(delivery));
      // A refusal for ever is recorded, and its customer notified, before the dead letter is sent.
      yield* refuse(delivery.body, handled.error, correlationOf(delivery));
      return err(handled.error);
    });
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
