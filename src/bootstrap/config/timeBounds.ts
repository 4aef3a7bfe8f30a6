import { AWS_ATTEMPTS_MAX, AWS_REQUEST_TIMEOUT_MS } from '../../adapters/aws/clients.ts';
import { APPEND_TRIES_MAX } from '../../adapters/eventStore/append.ts';
import { SENDS_MAX } from '../../adapters/sqs/messageQueue.ts';

/**
 * The SDK's pauses between three attempts: at most 1 s and 2 s after throttling, each up to 5 s
 * longer where the service names a time (standard mode, `@smithy/core` retry).
 */
const AWS_PAUSES_MAX_MS = 1_000 + 2_000 + 2 * 5_000;

/** One call to an AWS service, its retries included. */
export const AWS_CALL_MAX_MS = AWS_ATTEMPTS_MAX * AWS_REQUEST_TIMEOUT_MS + AWS_PAUSES_MAX_MS;

/** Each try of an append whose answer stays away looks whether it arrived. */
const APPEND_CALLS = 2 * APPEND_TRIES_MAX;
const LOAD_CALLS = 1;

const PAYMENT_CALLS = [
  // The first message of a process loads the ends of both series, and which series there are, at
  // once. Whoever is the first of all registers them, which comes on top.
  LOAD_CALLS,
  // The intent is appended; if it is there already, the order is loaded.
  APPEND_CALLS,
  LOAD_CALLS,
  // Loads the series since the allocator last looked, then the batch that is under way, then the
  // one with this document.
  LOAD_CALLS,
  2 * APPEND_CALLS,
  // The outcome is appended with its document.
  APPEND_CALLS,
  // The notices are sent in one batch: an order with more than nine refunds has several. The row is
  // put beside them.
  SENDS_MAX,
];
/**
 * A look-up finds the payment of an order that was cancelled meanwhile, and its money is refunded.
 */
const GATEWAY_CALLS = 2;

/** Loads the order; then appends claim and confirmation, or release. The mail is between them. */
const NOTIFICATION_CALLS = [LOAD_CALLS, APPEND_CALLS, APPEND_CALLS];
/** One mail is tried once. */
const MAIL_SEND_MAX_MS = AWS_REQUEST_TIMEOUT_MS;

const callsMs = (calls: readonly number[]): number =>
  calls.reduce((sum, count) => sum + count, 0) * AWS_CALL_MAX_MS;

/**
 * The longest that each handler takes where no other writer meets it: every call at its worst, one
 * after the other. Conflicts and further refunds come on top, but only while everything answers
 * promptly; whatever takes longer is aborted when its lease ends, and handled again from the top.
 */
export const handlerTimeMaxMs = ({ gatewayTimeoutMs }: { readonly gatewayTimeoutMs: number }) => ({
  payments: callsMs(PAYMENT_CALLS) + GATEWAY_CALLS * gatewayTimeoutMs,
  notifications: callsMs(NOTIFICATION_CALLS) + MAIL_SEND_MAX_MS,
});

/**
 * The time from the moment that a claim bears until the mail under it is out, if the log and SES
 * are at their slowest.
 */
export const CLAIM_TO_MAIL_MAX_MS = AWS_CALL_MAX_MS + MAIL_SEND_MAX_MS;
export const NOTIFICATION_LEASE_MS = 120_000;
