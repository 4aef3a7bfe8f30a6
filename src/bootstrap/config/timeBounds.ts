import { AWS_ATTEMPTS_MAX, AWS_REQUEST_TIMEOUT_MS } from '../../adapters/aws/clients.ts';
import { APPEND_TRIES_MAX } from '../../adapters/eventlog/append.ts';
import { SENDS_MAX } from '../../adapters/sqs/messageQueue.ts';

/**
 * The SDK's pauses between three attempts: at most 1 s and 2 s after throttling, each up to 5 s longer where
 * the service names a time (standard mode, `@smithy/core` retry).
 */
const AWS_PAUSES_MAX_MS = 1_000 + 2_000 + 2 * 5_000;

/** One call to an AWS service, its retries included. */
export const AWS_CALL_MAX_MS = AWS_ATTEMPTS_MAX * AWS_REQUEST_TIMEOUT_MS + AWS_PAUSES_MAX_MS;

/** Each try of an append whose answer stays away looks whether it arrived. */
const APPEND_CALLS = 2 * APPEND_TRIES_MAX;
/** The notice; the row is put beside it. */
const PUBLISH_CALLS = SENDS_MAX;
const LOAD_CALLS = 1;
const MAIL_CALLS = 1;

/**
 * The longest that each handler takes where no other writer meets it: every call at its worst, one after the
 * other. Conflicts come on top, but only while DynamoDB answers promptly; whatever takes longer is aborted
 * when its lease ends, and handled again from the top.
 */
export const handlerTimeMaxMs = ({ gatewayTimeoutMs }: { readonly gatewayTimeoutMs: number }) => ({
  payments: (2 * APPEND_CALLS + PUBLISH_CALLS) * AWS_CALL_MAX_MS + gatewayTimeoutMs,
  notifications: (LOAD_CALLS + 2 * APPEND_CALLS + MAIL_CALLS) * AWS_CALL_MAX_MS,
});

/** From a claim until another process may send instead: the mail must be out by then, or be known to be late. */
export const CLAIM_LEASE_MS = 120_000;
