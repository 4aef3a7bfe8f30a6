import { err, errAsync, ok, okAsync, ResultAsync, safeTry } from 'neverthrow';
import { priceLines } from '../../domain/money/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { HandlerError } from '../delivery/handler.ts';
import { toInvoiceRow } from '../invoiceRow.ts';
import { encodeMessage, type Correlation } from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { MessageQueue } from '../ports/messageQueue.ts';
import type { PaymentGateway } from '../ports/paymentGateway.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { Held, OrderStream } from '../streams.ts';

export type PaymentDependencies = {
  readonly orders: OrderStream;
  readonly gateway: PaymentGateway;
  readonly invoices: InvoiceView;
  readonly notifications: MessageQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  /** How long after its intent a charge may be sent again; far below the gateway's key window. */
  readonly resendHorizonMs: number;
};

/** Two writers meet once or twice; more often means that something else is wrong. */
const DECISIONS_MAX = 5;

/** What one handling of one order carries through its steps. */
export type Handling = Correlation & { readonly orderId: string; readonly signal: AbortSignal };

export type HeldOrder = Held<Order.State>;

export type Steps = ReturnType<typeof createSteps>;

export const createSteps = (dependencies: PaymentDependencies) => {
  const { orders, gateway, invoices, notifications, clock, ids, telemetry } = dependencies;
  const { resendHorizonMs } = dependencies;

  /**
   * Decides on the state held, appends, and after a conflict decides again from what is there now. No effect
   * stands inside: the loop may run several times.
   */
  const decideAndAppend = (
    held: HeldOrder,
    command: Order.Command,
    { idempotencyKey, orderId, correlationId, causationId }: Handling & { idempotencyKey: string },
  ): ResultAsync<HeldOrder, HandlerError> =>
    safeTry(async function* () {
      let current = held;
      for (let decisions = 0; decisions < DECISIONS_MAX; decisions += 1) {
        const events = yield* Order.decide(command, current.state).mapErr((rejection) =>
          refusalOf(orderId, rejection),
        );
        const commit = { events, idempotencyKey, correlationId, causationId };
        const appended = await orders.append(orderId, current, commit);
        if (appended.isOk()) {
          recordCommit(events, { orderId, correlationId, causationId });
          return ok(appended.value);
        }
        if (appended.error.type !== 'Conflict') return err(appended.error);
        current = yield* orders.load(orderId);
      }
      return err<never, HandlerError>({ type: 'ConflictsExhausted', orderId });
    });

  const recordCommit = (
    events: readonly Order.StreamEvent[],
    subject: Correlation & { readonly orderId: string },
  ): void => {
    if (events.length === 0) return;
    const names = events.map(({ type }) => type);
    const level = names.includes('PaymentReviewRequired') ? 'error' : 'info';
    telemetry.record({ level, event: 'order.committed', ...subject, outcome: names.join('+') });
  };

  /** A new order is not looked for first: the append itself tells whether it is new. */
  const recordIntent = (
    order: Order.Content,
    handling: Handling,
  ): ResultAsync<HeldOrder, HandlerError> => {
    const { orderId, currency, paymentMethod } = order;
    const body = priceLines(order.lines)
      .mapErr(() => refusalOf(orderId, { type: 'Overflow', orderId }))
      .andThen(({ totalMinor }) =>
        gateway
          .prepare({ orderId, attempt: 1, amountMinor: totalMinor, currency, paymentMethod })
          .mapErr((unchargeable): HandlerError => ({ ...unchargeable, orderId })),
      );
    return body.asyncAndThen((paymentBody) =>
      decideAndAppend(
        orders.start,
        {
          type: 'PlaceOrder',
          order,
          fingerprint: ids.fingerprint(order),
          paymentBody,
          at: clock.now(),
        },
        { ...handling, idempotencyKey: `place#${orderId}` },
      ),
    );
  };

  /** Sends the stored key and bytes, and brings back what the gateway said for good, if it has to be asked. */
  const charge = (
    { state }: HeldOrder,
    { orderId, signal }: Handling,
  ): ResultAsync<Order.Evidence | undefined, HandlerError> => {
    const step = Order.nextStep(state, { now: clock.now(), resendHorizonMs });
    switch (step.type) {
      case 'Settled':
        return okAsync(undefined);
      case 'Review':
        return errAsync({ type: 'ReviewRequired', orderId, reason: step.reason });
      case 'HorizonPassed':
        return errAsync({ type: 'ResendHorizonPassed', orderId });
      case 'NotPlaced':
        return errAsync({ type: 'ReviewRequired', orderId, reason: 'no payment was requested' });
      case 'Charge': {
        if (signal.aborted) return errAsync({ type: 'Aborted', dependency: 'PaymentGateway' });
        const { paymentKey: key, body } = step.request;
        return gateway.charge({ key, body, signal }).andThen((outcome) => {
          switch (outcome.type) {
            case 'Captured':
            case 'Declined':
              return ok(outcome);
            case 'NotExecuted':
              return err({ ...outcome, orderId });
            case 'Unknown':
              return err({ ...outcome, type: 'OutcomeUnknown' as const, orderId });
          }
        });
      }
    }
  };

  /** Captured and invoiced in one commit, or declined. The evidence outlives every lost race. */
  const recordOutcome = (
    held: HeldOrder,
    evidence: Order.Evidence | undefined,
    handling: Handling,
  ): ResultAsync<HeldOrder, HandlerError> => {
    const { payment } = held.state;
    if (evidence === undefined || payment.status === 'none') return okAsync(held);
    const { attempt } = payment;
    return decideAndAppend(
      held,
      { type: 'RecordPayment', attempt, evidence, at: clock.now() },
      { ...handling, idempotencyKey: `payment#${handling.orderId}#${attempt}` },
    );
  };

  /** Repeatable: the row is guarded by its version, and the notification service tells each fact once. */
  const publish = (
    { state }: HeldOrder,
    { orderId, correlationId, causationId }: Handling,
  ): ResultAsync<'paid' | 'declined', HandlerError> => {
    const step = Order.nextStep(state, { now: clock.now(), resendHorizonMs });
    if (step.type !== 'Settled') {
      const reason = step.type === 'Review' ? step.reason : `not settled: ${step.type}`;
      return errAsync({ type: 'ReviewRequired', orderId, reason });
    }
    const row =
      state.invoice.status === 'issued'
        ? invoices.putIfNewer(toInvoiceRow(state.invoice))
        : okAsync(undefined);
    const message = encodeMessage(
      { type: 'OrderSettled', v: 1, orderId, outcome: step.outcome },
      { correlationId, causationId, groupId: state.placed?.customer.id ?? orderId },
    );
    const notice = notifications.send([message]).andThen(([result]) => {
      if (result?.type === 'Done') return ok(undefined);
      return err({ type: 'SendFailed' as const, code: result?.code ?? 'NoAnswer' });
    });
    return ResultAsync.combine([row, notice] as const)
      .map(() => step.outcome)
      .mapErr((error): HandlerError => error);
  };

  return { recordIntent, charge, recordOutcome, publish };
};

const refusalOf = (orderId: string, rejection: Order.Rejection): HandlerError => {
  switch (rejection.type) {
    case 'PayloadConflict':
      return { type: 'PayloadConflict', orderId };
    case 'Overflow':
      return { type: 'InvalidOrder', orderId, reasons: ['lines: overflow'] };
    case 'Contradiction':
      return {
        type: 'ReviewRequired',
        orderId,
        reason: `the gateway contradicts what is recorded (${rejection.recorded}): ${rejection.why}`,
      };
  }
};
