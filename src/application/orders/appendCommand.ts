import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import type { PaymentCommand } from '../messages/index.ts';
import { type OrderContext, type LoadedOrder, type PaymentDependencies } from './dependencies.ts';
import { CONFLICTS_MAX } from '../log/retryConflicts.ts';
import { createCurrentContext } from './context.ts';
import { logCommit } from './append.ts';
import { toDomain } from './toDomain.ts';

/** The order with the command in it. */
export type AppendedCommand = {
  readonly order: LoadedOrder;
  /** When the reading or writing of that order began. */
  readonly viewedAt: number;
  /** The reason of an answer that is no for ever: nothing is driven. */
  readonly refused?: string;
  /** The command is not in the order: the order is driven first, and then decides again (R26). */
  readonly isNotCompared?: true;
};

/** Whatever has to come first takes seconds at most, if it is under way at all. */
export const TOO_EARLY_RETRY_MS = 1_000;

export type AppendCommand = (
  command: PaymentCommand,
  handling: OrderContext,
) => Promise<Result<AppendedCommand, HandlerError>>;

/** Makes the command durable, before anything that it asks for is done. */
export const createAppendCommand = (dependencies: PaymentDependencies): AppendCommand => {
  const { orders, ids, telemetry, clock } = dependencies;
  const currentContext = createCurrentContext(dependencies);

  /**
   * Decides on the state at hand and appends. After a conflict it decides again on the state that
   * is there now. No effect stands inside: the loop may run several times.
   */
  return async (command, handling) => {
    const { orderId, correlationId, causationId, deployment, letter } = handling;
    let viewedAt = clock.now();
    // A new order is not looked for first: the append itself shows whether it is new.
    const found = command.type === 'PlaceOrder' ? ok(orders.start) : await orders.load(orderId);
    if (found.isErr()) return err(found.error);
    let order = found.value;
    if (command.type === 'ResumeOrder') return ok({ order, viewedAt });
    const wanted = toDomain(command, ids);
    for (let conflicts = 0; conflicts <= CONFLICTS_MAX; conflicts += 1) {
      const decided = Order.decide(
        wanted,
        order.state,
        currentContext({ deployment, letter, viewedAt }),
      );
      if (decided.isErr()) {
        if (decided.error.type === 'NotComparedYet') {
          return ok({ order, viewedAt, isNotCompared: true });
        }
        if (decided.error.type !== 'Refused') return err(refusalOf(decided.error, orderId));
        const { reason: refused } = decided.error;
        // The answer is no, and this record alone says so.
        const subject = { orderId, correlationId, causationId, outcome: refused };
        telemetry.record({ level: 'warn', event: 'command.refused', ...subject });
        return ok({ order, viewedAt, refused });
      }
      const events = decided.value;
      const idempotencyKey = keyOf(command);
      const commit = { events, idempotencyKey, correlationId, causationId };
      if (events.length > 0) viewedAt = clock.now();
      const appended = await orders.append(orderId, order, commit);
      if (appended.isOk()) {
        logCommit(telemetry, events, { orderId, correlationId, causationId });
        return ok({ order: appended.value, viewedAt });
      }
      if (appended.error.type !== 'Conflict') return err(appended.error);
      viewedAt = clock.now();
      const reloaded = await orders.load(orderId);
      if (reloaded.isErr()) return err(reloaded.error);
      order = reloaded.value;
    }
    return err({ type: 'ConflictsExhausted', orderId });
  };
};

const keyOf = (command: Exclude<PaymentCommand, { type: 'ResumeOrder' }>): string => {
  const { orderId } = command;
  switch (command.type) {
    case 'PlaceOrder':
      return `place#${orderId}`;
    case 'CancelOrder':
      return `cancel#${orderId}`;
    case 'RefundPayment':
      return `refund#${orderId}#${command.refundId}`;
    case 'CorrectEmail':
      return `correct#${orderId}`;
  }
};

const refusalOf = (
  rejection: Exclude<Order.Rejection, { type: 'Refused' | 'NotComparedYet' }>,
  orderId: string,
): HandlerError => {
  switch (rejection.type) {
    case 'PayloadConflict':
      return { type: 'PayloadConflict', orderId };
    case 'NotPriced':
      return { type: 'InvalidOrder', orderId, reasons: [rejection.reason] };
    case 'Unchargeable':
      return { ...rejection, orderId };
    case 'NotCapturedYet': {
      const why = 'nothing is captured yet';
      return { type: 'NotYet', orderId, why, retryAfterMs: TOO_EARLY_RETRY_MS };
    }
    case 'NotPlacedYet': {
      const why = 'the order has not come yet';
      return { type: 'NotYet', orderId, why, retryAfterMs: TOO_EARLY_RETRY_MS };
    }
    case 'OrderInReview':
      return { type: 'ReviewRequired', orderId, reason: 'order-in-review' };
  }
};
