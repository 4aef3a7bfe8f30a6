import { okAsync } from 'neverthrow';
import { messageBytes, type EntryResult } from '../../application/ports/messageQueue.ts';
import {
  EVENTS_BYTES_MAX,
  type OrderEvents,
  type OutgoingEvent,
} from '../../application/ports/orderEvents.ts';

export type MemoryOrderEvents = OrderEvents & {
  /** Everything that was published, repeats too, the oldest first. */
  published(): readonly OutgoingEvent[];
};

const DONE: EntryResult = { type: 'Done' };
const TOO_LARGE: EntryResult = { type: 'Failed', code: 'TooLarge', retryable: false };

/** A topic that keeps what it gets, with the limit of SNS for one event. */
export const createMemoryOrderEvents = (): MemoryOrderEvents => {
  const published: OutgoingEvent[] = [];
  return {
    publish: (events) =>
      okAsync(
        events.map((event) => {
          if (messageBytes(event) > EVENTS_BYTES_MAX) return TOO_LARGE;
          published.push(event);
          return DONE;
        }),
      ),
    check: () => okAsync(undefined),
    published: () => [...published],
  };
};
