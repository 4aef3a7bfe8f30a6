import type { ResultAsync } from 'neverthrow';
import type { DependencyError } from './failures.ts';
import type { EntryResult, OutgoingMessage } from './messageQueue.ts';

/** The limits of SNS: ten entries and 256 KiB in a batch. */
export const EVENTS_BATCH_MAX = 10;
export const EVENTS_BYTES_MAX = 262_144;

/** One event about an order, as it is published. `groupId` is the order. */
export type OutgoingEvent = OutgoingMessage & {
  /**
   * The id is the same at every publication of the event, so that a subscriber can drop repeats.
   */
  readonly id: string;
  readonly groupId: string;
};

/** The topic for order events. */
export interface OrderEvents {
  /** Publishes any number of events in few calls. Every event has its own answer. */
  publish(events: readonly OutgoingEvent[]): ResultAsync<readonly EntryResult[], DependencyError>;

  /** Checks whether the topic is there. It is a read that changes nothing. */
  check(): ResultAsync<void, DependencyError>;
}
