import type { ResultAsync } from 'neverthrow';
import type { AbortedCall, Misconfiguration, Unavailable } from './failures.ts';

/**
 * The number of messages in a queue, hidden ones included. SQS gives an approximate number that
 * lags by up to a minute.
 */
export type CountMessages = () => ResultAsync<number, Unavailable | Misconfiguration | AbortedCall>;
