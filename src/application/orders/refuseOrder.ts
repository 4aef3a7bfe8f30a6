import { ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { draftIn, type Correlation, type OrderDraft } from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';
import { retryConflicts } from '../log/retryConflicts.ts';
import type { AppendError, LoadError } from '../ports/eventStore.ts';
import type { LoadedOrder, PaymentDependencies } from './dependencies.ts';
import { createPublish } from './publish.ts';
import { logCommit } from './append.ts';

export type RefuseOrder = (
  body: string,
  error: HandlerError,
  correlation: Correlation,
) => ResultAsync<void, HandlerError>;

/**
 * Records that the order was refused at the door, and notifies its customer, who may have a notice
 * that the order was received. Does nothing if the error is no such refusal, or the order was
 * placed.
 */
export const createRefuseOrder = (dependencies: PaymentDependencies): RefuseOrder => {
  const { ids } = dependencies;
  const publish = createPublish(dependencies);
  const append = createAppendRefusal(dependencies);
  return (body, error, correlation) => {
    const reasons = reasonsOf(error);
    const draft = reasons === undefined ? undefined : draftIn(body);
    if (reasons === undefined || draft === undefined) return okAsync(undefined);
    const handling = { ...correlation, orderId: draft.orderId };
    return append(refusalOf(draft, reasons, ids), handling).andThen((order) =>
      // The messages of an order that was placed publish it.
      order.state.placed === undefined ? publish(order, handling) : okAsync(undefined),
    );
  };
};

/** The refusal, and its dead letter, are known by the same fingerprint. */
export const refusalOf = (
  { customer, content }: OrderDraft,
  reasons: readonly string[],
  ids: Pick<Ids, 'fingerprint'>,
): Order.OrderRefusal => ({
  customer,
  reasons,
  fingerprint: ids.fingerprint({ refused: content }),
});

/**
 * The reasons of a refusal; undefined where a repetition may help, and where another order has the
 * id.
 */
const reasonsOf = (error: HandlerError): readonly string[] | undefined => {
  if (error.type === 'MalformedMessage' || error.type === 'InvalidOrder') return error.reasons;
  if (error.type === 'Unchargeable') return [error.reason];
  return error.type === 'CommitTooLarge' || error.type === 'TooLarge'
    ? [`order: is too large to be kept, ${error.bytes} bytes`]
    : undefined;
};

type RefusalContext = Correlation & { readonly orderId: string };

const createAppendRefusal =
  ({ orders, clock, telemetry }: Pick<PaymentDependencies, 'orders' | 'clock' | 'telemetry'>) =>
  (refusal: Order.OrderRefusal, handling: RefusalContext): ResultAsync<LoadedOrder, HandlerError> =>
    retryConflicts<LoadedOrder, AppendError | LoadError>(() =>
      safeTry(async function* () {
        const { orderId, correlationId, causationId } = handling;
        const order = yield* orders.load(orderId);
        const { state } = order;
        const events = Order.refuse(state, refusal, clock.now());
        if (events.length === 0) {
          const isKept = state.placed !== undefined || Order.isOrderRefused(state, refusal);
          // The stream has as many refusals as it may: only the dead letter shows this one.
          if (!isKept) telemetry.record({ level: 'warn', event: 'refusal.dropped', ...handling });
          return ok(order);
        }
        const idempotencyKey = `refuse#${orderId}`;
        const commit = { events, idempotencyKey, correlationId, causationId };
        const appended = yield* orders.append(orderId, order, commit);
        logCommit(telemetry, events, handling);
        return ok(appended);
      }),
    ).mapErr((error) =>
      error.type === 'ConflictsExhausted' ? { ...error, orderId: handling.orderId } : error,
    );
