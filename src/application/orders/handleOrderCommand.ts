import { err, ok, ResultAsync, safeTry } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { firstMessageId, type Handler, type HandlerError } from '../delivery/handler.ts';
import {
  correlationOf,
  decodePaymentMessage,
  unwrap,
  type Correlation,
  type PaymentCommand,
} from '../messages/index.ts';
import { checkClock } from '../ports/clock.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { type PaymentDependencies, admit } from './dependencies.ts';
import { createDriver } from './drive.ts';
import { createPublish } from './publish.ts';
import { createAppendCommand } from './appendCommand.ts';
import { createRefuseOrder } from './refuseOrder.ts';

/**
 * Phase 3 of the picture, and the payment service's handler. Every step may be repeated, so that a
 * redelivery repairs a crash anywhere. The delivery engine deletes the message, last of all.
 */
export const createOrderCommandHandler = (dependencies: PaymentDependencies): Handler => {
  const appendCommand = createAppendCommand(dependencies);
  const drive = createDriver(dependencies);
  const publish = createPublish(dependencies);
  const refuse = createRefuseOrder(dependencies);
  const { allocator, clock, rules, telemetry, deployment: current, refundSenders } = dependencies;
  const series = [rules.invoices.series, rules.creditNotes.series];

  const handle: Handler = (delivery) =>
    safeTry(async function* () {
      yield* checkClock(clock);
      const command = yield* decodePaymentMessage(delivery.body);
      yield* admit(command, delivery, refundSenders);
      const { orderId } = command;
      const { correlationId, causationId } = correlationOf(delivery);
      const deployment = yield* current();
      const letter = firstMessageId(delivery);
      const { signal, deadLetter } = delivery;
      const chain = { correlationId, causationId, orderId };
      const handling = { ...chain, signal, deployment, letter, deadLetter };
      yield* ResultAsync.combine(series.map((name) => allocator.open(name)));
      // 3a. The intent is durable before anything is sent.
      const { order, viewedAt, refused } = yield* appendCommand(command, handling);
      // 3b. Same key, same bytes: at most one capture. 3c. Captured and invoiced in one append.
      const driven =
        refused === undefined ? yield* drive({ order, viewedAt }, handling) : { order };
      // 3d. Read model and notices: repeatable.
      yield* publish(driven.order, handling);
      const { review } = driven;
      if (review?.isContradiction === true) {
        return err({ type: 'Contradiction' as const, orderId, reason: review.reason });
      }
      // The dead letter of one message stands for a review, also when that message comes again.
      const isOfAnother = review?.letter !== undefined && !['', letter].includes(review.letter);
      if (review !== undefined && !isOfAnother) {
        return err({ type: 'ReviewRequired' as const, orderId, reason: review.reason });
      }
      if (isOfAnother) return ok({ orderId, correlationId, outcome: 'in review' });
      const outcome = refused === undefined ? outcomeOf(command, driven.order.state) : 'refused';
      return ok({ orderId, correlationId, outcome });
    });

  return (received) =>
    safeTry(async function* () {
      const delivery = yield* unwrap(received);
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

/**
 * The outcome in the record of the handling. A refund's own message has that of the refund. Every
 * paid order is `paid`, whatever was refunded since: records are counted by this word.
 */
const outcomeOf = (command: PaymentCommand, state: Order.State): string => {
  const refund =
    command.type === 'RefundPayment'
      ? state.refunds.find(({ refundId }) => refundId === command.refundId)
      : undefined;
  if (refund?.status === 'failed' || refund?.status === 'rejected') {
    return `refund ${refund.status}`;
  }
  const isPaid = state.payment.status === 'captured' && !state.cancelled;
  return isPaid ? 'paid' : Order.statusOf(state);
};
