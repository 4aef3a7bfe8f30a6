import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import type { SendCommandError, createSendCommand } from '../ingest/sendCommand.ts';
import type { Allocator } from '../series/allocator.ts';
import type { PaymentRules } from '../orders/dependencies.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import { PERSON } from '../causes.ts';
import { BY_CHARACTERS_MAX, textMistakes } from '../personText.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecordError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { OrderStream } from '../log/eventStreams.ts';
import { EVIDENCE_CHARACTERS_MAX, type InvalidDecision } from './decision.ts';

/** By these types it cannot charge, refund, number, notify, or ask the gateway anything. */
export type AdoptionDependencies = {
  readonly orders: Pick<OrderStream, 'load' | 'append'>;
  /** It is used only to find the end of the series of credit notes. */
  readonly allocator: Pick<Allocator, 'open'>;
  readonly rules: Pick<PaymentRules, 'creditNotes'>;
  readonly sendCommand: ReturnType<typeof createSendCommand>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'create'>;
};

export type AdoptionRequest = {
  readonly orderId: string;
  readonly by: string;
  readonly reason: string;
};

export type AdoptionResult = {
  /** The state before a worker has compared anything. */
  readonly state: Order.State;
  /** It is false where it was requested before and is due: only the message was sent again. */
  readonly isNew: boolean;
  readonly correlationId: string;
};

export type AdoptionError =
  | InvalidDecision
  | { readonly type: 'UnknownOrder' }
  /** Nothing was captured, so that nothing can have been refunded. */
  | { readonly type: 'NotComparable'; readonly state: Order.State }
  | ConflictsExhausted
  /** The request is recorded; the same request again sends the message again. */
  | { readonly type: 'NotSent'; readonly error: SendCommandError }
  | RecordError;

/**
 * Records that a person wants the order compared with the gateway, and has a worker do it: refunds
 * that nobody requested here become events, each with its credit note. The append comes before the
 * message: after a crash in between, the same command sends the message.
 */
export const createAdopt = (dependencies: AdoptionDependencies) => {
  const { orders, allocator, rules, sendCommand, clock, ids } = dependencies;

  const append = (
    { orderId, by, reason }: AdoptionRequest,
    correlationId: string,
  ): ResultAsync<Omit<AdoptionResult, 'correlationId'>, AdoptionError> =>
    retryConflicts<Omit<AdoptionResult, 'correlationId'>, AdoptionError>(() =>
      safeTry(async function* () {
        const { series } = rules.creditNotes;
        // The head is read before the order, so that any number allocated for it later stands
        // behind this position.
        const { head: seriesFrom } = yield* allocator.open(series);
        const loaded = yield* orders.load(orderId);
        const { state } = loaded;
        if (state.version === 0) return err({ type: 'UnknownOrder' as const });
        const comparison = { by, reason, at: clock.now(), series, seriesFrom };
        const events = yield* Order.askToCompare(comparison, state).mapErr(
          (error): AdoptionError => ({ ...error, state }),
        );
        if (events.length === 0) return ok({ state, isNew: false });
        const idempotencyKey = `adopt#${orderId}#${correlationId}`;
        const commit = { events, idempotencyKey, correlationId, causationId: PERSON };
        yield* orders.append(orderId, loaded, commit);
        return ok({ state, isNew: true });
      }),
    );

  return (request: AdoptionRequest): ResultAsync<AdoptionResult, AdoptionError> =>
    safeTry(async function* () {
      const reasons = mistakesIn(request);
      if (reasons.length > 0) return err({ type: 'InvalidDecision' as const, reasons });
      const { orderId } = request;
      const correlationId = ids.create();
      const { state, isNew } = yield* append(request, correlationId);
      const groupId = state.placed?.customer.id ?? orderId;
      const message = { type: 'ResumeOrder', v: 1, orderId } as const;
      return sendCommand(message, { groupId, correlationId })
        .map(() => ({ state, isNew, correlationId }))
        .mapErr((error): AdoptionError => ({ type: 'NotSent', error }));
    });
};

const mistakesIn = ({ orderId, by, reason }: AdoptionRequest): readonly string[] => [
  ...(Order.isOrderId(orderId) ? [] : ['the order: is not an order id']),
  ...textMistakes('by', by, BY_CHARACTERS_MAX),
  ...textMistakes('reason', reason, EVIDENCE_CHARACTERS_MAX),
];
