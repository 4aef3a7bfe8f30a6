import { errAsync } from 'neverthrow';
import type { BatchTracing } from '../batcher.ts';
import { createGroupedCalls } from '../groupedCalls.ts';
import type { Clock } from '../ports/clock.ts';
import {
  messageBytes,
  QUEUE_BATCH_MAX,
  QUEUE_BYTES_MAX,
  type MessageQueue,
  type OutgoingMessage,
  type QueueError,
  type TooLarge,
} from '../ports/messageQueue.ts';

/**
 * The same queue with group commit: the messages that different callers send, delete and hide
 * within a few milliseconds travel in one call of up to ten. A call that fails as a whole is an
 * error for each of its callers.
 */
export const createGroupedQueue = (
  queue: MessageQueue,
  clock: Pick<Clock, 'now' | 'sleep'>,
  tracing?: BatchTracing,
): MessageQueue => {
  const limitsOf = (method: string) => ({
    entriesMax: QUEUE_BATCH_MAX,
    clock,
    traced: tracing && { name: `SQS/${method}`, tracing },
  });
  const sends = createGroupedCalls<OutgoingMessage, QueueError | TooLarge>(
    (messages) => queue.send(messages),
    { ...limitsOf('SendMessageBatch'), bytesMax: QUEUE_BYTES_MAX, bytesOf: messageBytes },
  );
  return {
    receive: (options) => queue.receive(options),
    send: (messages) => {
      // Otherwise the messages of others would be refused with it.
      const bytes = Math.max(0, ...messages.map(messageBytes));
      return bytes > QUEUE_BYTES_MAX ? errAsync({ type: 'TooLarge', bytes }) : sends(messages);
    },
    delete: createGroupedCalls<string, QueueError>(
      (receipts) => queue.delete(receipts),
      limitsOf('DeleteMessageBatch'),
    ),
    changeVisibility: createGroupedCalls<
      Parameters<MessageQueue['changeVisibility']>[0][number],
      QueueError
    >((changes) => queue.changeVisibility(changes), limitsOf('ChangeMessageVisibilityBatch')),
  };
};
