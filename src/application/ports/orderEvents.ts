import type { ResultAsync } from 'neverthrow';
import type { DependencyError } from './failures.ts';
import type { EntryResult, OutgoingMessage } from './messageQueue.ts';

/** The limits of SNS: ten entries and 256 KiB in a batch. */
export const EVENTS_BATCH_MAX = 10;
export const EVENTS_BYTES_MAX = 262_144;

/** One event about an order, as it leaves. `groupId` is the order. */
export type OutgoingEvent = OutgoingMessage & {
  /** The same at every publication of the same event, so that a subscriber can drop repeats. */
  readonly id: string;
  readonly groupId: string;
};

/** Where others hear of orders. */
export interface OrderEvents {
  /** Publishes any number of events in few calls. Every event has its own answer. */
  publish(events: readonly OutgoingEvent[]): ResultAsync<readonly EntryResult[], DependencyError>;

  /** Whether it is there. It is a read that changes nothing. */
  check(): ResultAsync<void, DependencyError>;
}
