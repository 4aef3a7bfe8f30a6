import type { ResultAsync } from 'neverthrow';
import type { AbortedCall, Misconfiguration, Unavailable } from './failures.ts';

/** Hidden ones included. SQS gives an approximate number that lags by up to a minute. */
export type CountMessages = () => ResultAsync<number, Unavailable | Misconfiguration | AbortedCall>;
