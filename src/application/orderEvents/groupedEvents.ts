import type { BatchTracing } from '../batcher.ts';
import { createGroupedCalls } from '../groupedCalls.ts';
import type { Clock } from '../ports/clock.ts';
import type { DependencyError } from '../ports/failures.ts';
import { messageBytes } from '../ports/messageQueue.ts';
import {
  EVENTS_BATCH_MAX,
  EVENTS_BYTES_MAX,
  type OrderEvents,
  type OutgoingEvent,
} from '../ports/orderEvents.ts';

/**
 * The same topic with group commit: the events of different orders that are published within a few
 * milliseconds travel in one call of up to ten (ADR 0030).
 */
export const createGroupedEvents = (
  topic: OrderEvents,
  clock: Pick<Clock, 'now' | 'sleep'>,
  tracing?: BatchTracing,
): OrderEvents => ({
  ...topic,
  publish: createGroupedCalls<OutgoingEvent, DependencyError>((events) => topic.publish(events), {
    entriesMax: EVENTS_BATCH_MAX,
    bytesMax: EVENTS_BYTES_MAX,
    bytesOf: messageBytes,
    clock,
    traced: tracing && { name: 'SNS/PublishBatch', tracing },
  }),
});
