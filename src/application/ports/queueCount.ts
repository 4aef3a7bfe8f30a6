import type { ResultAsync } from 'neverthrow';
import type { AbortedCall, DependencyError } from './failures.ts';

/**
 * The counts are approximate, as SQS provides them: exact only if nothing has changed for about a
 * minute.
 */
export type QueueCounts = {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
};

/** The queues of both services, and those of their dead letters. */
export const QUEUES = ['payments', 'payments-dlq', 'notifications', 'notifications-dlq'] as const;
export type QueueName = (typeof QUEUES)[number];

export type CountQueue = (
  queue: QueueName,
) => ResultAsync<QueueCounts, DependencyError | AbortedCall>;

/**
 * Counts messages, hidden ones included. SQS provides an approximate number that lags by up to a
 * minute.
 */
export type CountMessages = () => ResultAsync<number, DependencyError | AbortedCall>;
