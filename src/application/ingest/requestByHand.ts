import { err, ok, safeTry, type ResultAsync } from 'neverthrow';
import { PERSON } from '../causes.ts';
import * as Order from '../../domain/order/index.ts';
import { foldOrder, locateLegal, orderStreamId } from '../log/eventStreams.ts';
import { retryConflicts, type ConflictsExhausted } from '../log/retryConflicts.ts';
import type { PaymentMessage } from '../messages/index.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendError, EventStore, LoadError, RecordError } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { createSendCommand, SendCommandError, SentCommand } from './sendCommand.ts';

export type RefundingMessage = Extract<
  PaymentMessage,
  { readonly type: 'CancelOrder' | 'RefundPayment' }
>;

export type RequestByHandDependencies = {
  readonly store: Pick<EventStore, 'load' | 'append'>;
  readonly sendCommand: ReturnType<typeof createSendCommand>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'create'>;
};

export type RequestByHandError =
  /** Nothing was sent. */
  | RecordError
  | ConflictsExhausted
  /** Who asked and why is recorded, and the same request again sends the message. */
  | { readonly type: 'NotSent'; readonly error: SendCommandError };

/**
 * Records who asks for a refund or a cancellation, and why, in the order's stream, and then sends
 * the command. After a crash in between, the same request sends the command, and is not recorded a
 * second time.
 */
export const createRequestByHand =
  ({ store, sendCommand, clock, ids }: RequestByHandDependencies) =>
  (
    message: RefundingMessage,
    { by, reason }: { readonly by: string; readonly reason: string },
  ): ResultAsync<SentCommand, RequestByHandError> =>
    safeTry(async function* () {
      const { orderId, type: command } = message;
      const id = message.type === 'RefundPayment' ? message.refundId : '';
      const correlationId = ids.create();
      const groupId = yield* retryConflicts<string, AppendError | LoadError>(() =>
        safeTry(async function* () {
          const streamId = orderStreamId(orderId);
          const idempotencyKey = `hand#${command}#${id}#${by}`;
          const { commits, position } = yield* store.load(streamId);
          const { placed } = foldOrder(yield* locateLegal(orderId, commits));
          const group = placed?.customer.id ?? orderId;
          if (commits.some((commit) => commit.idempotencyKey === idempotencyKey)) return ok(group);
          const data = { command, id, by, reason, at: clock.now() };
          const event = Order.codec.encode({ type: 'RequestedByHand', data });
          const about = { idempotencyKey, correlationId, causationId: PERSON };
          const commit = { commitId: ids.create(), events: [event] as const, ...about };
          yield* store.append(streamId, position, commit);
          return ok(group);
        }),
      );
      const sent = await sendCommand(message, { groupId, correlationId });
      return sent.isOk() ? ok(sent.value) : err({ type: 'NotSent' as const, error: sent.error });
    });

export type RequestByHand = ReturnType<typeof createRequestByHand>;
