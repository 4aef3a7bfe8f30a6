import type { ResultAsync } from 'neverthrow';
import type { CommitTooLarge, CorruptStream, Uncertain } from '../ports/eventStore.ts';
import type { AbortedCall, Misconfiguration, Trouble, Unavailable } from '../ports/failures.ts';
import type { CorruptRow } from '../ports/invoiceView.ts';
import type { TooLarge } from '../ports/messageQueue.ts';
import type { Undeliverable } from '../ports/notifier.ts';
import type { NotExecutedOutcome, Unchargeable } from '../ports/paymentGateway.ts';

/** One receive of one message, as a handler sees it: nothing of queues but what it may act on. */
export type Delivery = {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As the queue vouches for it; absent where nobody can say. */
  readonly senderId?: string;
  /** Starts at 1. */
  readonly receiveCount: number;
  /** When it was first sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Fires when the message is no longer this worker's: start no further side effect. */
  readonly signal: AbortSignal;
  /**
   * Sends the message's dead letter, and then records the review that names the message, so that no crash leaves
   * a review without a letter (R11). Once a review is recorded its letter stands for the message, which goes when
   * the handler has ended. A letter whose review could not be recorded stands for nothing: by then it may have
   * been sent again and be gone.
   */
  readonly deadLetter: <T, E>(
    review: ReviewRequired,
    record: () => ResultAsync<T, E>,
  ) => ResultAsync<T, E | SendFailed>;
};

/** Everything the message asked for is durable, so that it may be deleted. */
export type HandlerSuccess = {
  readonly orderId?: string;
  readonly correlationId?: string;
  /** A fixed word such as `invoiced`, `declined` or `repeated`. */
  readonly outcome: string;
};

type OrderReference = { readonly orderId: string };

/** Not a message of ours. Reasons name fields and rules, never values: they are logged. */
export type MalformedMessage = {
  readonly type: 'MalformedMessage';
  readonly reasons: readonly string[];
};

/** A message of ours whose order no business rule would ever accept. */
export type InvalidOrder = OrderReference & {
  readonly type: 'InvalidOrder';
  readonly reasons: readonly string[];
};

/** The order exists with another content. */
export type PayloadConflict = OrderReference & { readonly type: 'PayloadConflict' };

/** Whoever sent it may not have it done. Nothing is recorded, and nothing asked of anybody. */
export type NotAllowed = OrderReference & {
  readonly type: 'NotAllowed';
  readonly command: string;
  /** Absent where the queue does not say. */
  readonly senderId?: string;
};

/** A person must look at this order; the stream says why. */
export type ReviewRequired = OrderReference & {
  readonly type: 'ReviewRequired';
  readonly reason: string;
};

/** Money moved of which the opposite is recorded; no other worker need know of it. */
export type Contradiction = OrderReference & {
  readonly type: 'Contradiction';
  readonly reason: string;
};

/** Money may or may not have moved; the same key and bytes are sent again, or it is looked up again, later. */
export type OutcomeUnknown = OrderReference & {
  readonly type: 'OutcomeUnknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  readonly trouble?: Trouble;
};

/** Other writers won every race that this delivery was ready to run. */
export type ConflictsExhausted = OrderReference & { readonly type: 'ConflictsExhausted' };

/** An order took more steps than any can need: this code goes round in a circle, and must not for ever. */
export type StepsExhausted = OrderReference & { readonly type: 'StepsExhausted' };

/** It is not this delivery's turn, for example because another worker holds a fresh claim. */
export type NotYet = OrderReference & {
  readonly type: 'NotYet';
  readonly why: string;
  readonly retryAfterMs: number;
};

/** The customer's address will never take a mail. The order itself is untouched. */
export type UndeliverableNotice = Undeliverable & OrderReference;

/**
 * A message that had to be sent on was refused by the queue. `isFinal`: it will never be taken. `trouble`: no
 * other would have been.
 */
export type SendFailed = {
  readonly type: 'SendFailed';
  readonly code: string;
  readonly isFinal?: true;
  readonly trouble?: Trouble;
};

export type HandlerError =
  | MalformedMessage
  | InvalidOrder
  | PayloadConflict
  | NotAllowed
  | ReviewRequired
  | Contradiction
  | (Unchargeable & OrderReference)
  | OutcomeUnknown
  | (NotExecutedOutcome & OrderReference)
  | ConflictsExhausted
  | StepsExhausted
  | NotYet
  | UndeliverableNotice
  | SendFailed
  | TooLarge
  | CommitTooLarge
  | CorruptStream
  | CorruptRow
  | Uncertain
  | Unavailable
  | Misconfiguration
  | AbortedCall;

/**
 * Called at least once for each message, and possibly by two workers at once. An error means that the
 * message is not done with; what becomes of it then is `dispositionOf`'s to say.
 */
export type Handler = (delivery: Delivery) => ResultAsync<HandlerSuccess, HandlerError>;
