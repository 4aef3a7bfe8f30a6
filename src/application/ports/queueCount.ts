import type { ResultAsync } from 'neverthrow';
import type { AbortedCall, Misconfiguration, Unavailable } from './failures.ts';

/** How many messages are in a queue, hidden ones included. SQS knows it roughly, and lags by up to a minute. */
export type CountMessages = () => ResultAsync<number, Unavailable | Misconfiguration | AbortedCall>;
