import type { ResultAsync } from 'neverthrow';
import type { CommitTooLarge, CorruptStream, Uncertain } from '../ports/eventStore.ts';
import type { AbortedCall, Trouble, DependencyError } from '../ports/failures.ts';
import type { CorruptRow } from '../ports/invoiceView.ts';
import type { ReceivedMessage, TooLarge } from '../ports/messageQueue.ts';
import type { Undeliverable } from '../ports/notifier.ts';
import type { NotExecutedOutcome, Unchargeable } from '../ports/paymentGateway.ts';

export type Delivery = Pick<
  ReceivedMessage,
  'messageId' | 'body' | 'attributes' | 'senderId' | 'receiveCount' | 'sentAt'
> & {
  /** Fires when the message is no longer this worker's: start no further side effect. */
  readonly signal: AbortSignal;
  /**
   * Sends the message's dead letter, and then records the review that names the message, so that no
   * crash leaves a review without a dead letter (R11). Once the review is recorded, the message is
   * deleted when the handler has ended. A dead letter whose review could not be recorded replaces
   * nothing: by then it may have been redriven and be gone.
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

/**
 * It is not a message of this service. Reasons name fields and rules, never values: they are
 * logged.
 */
export type MalformedMessage = {
  readonly type: 'MalformedMessage';
  readonly reasons: readonly string[];
};

/** The message is well formed, and no business rule would ever accept its order. */
export type InvalidOrder = OrderReference & {
  readonly type: 'InvalidOrder';
  readonly reasons: readonly string[];
};

export type PayloadConflict = OrderReference & { readonly type: 'PayloadConflict' };

/** The sender has no right to the command. Nothing is recorded, and no dependency is called. */
export type NotAllowed = OrderReference & {
  readonly type: 'NotAllowed';
  readonly command: string;
  /** Absent where the queue does not say. */
  readonly senderId?: string;
};

/** A person must review this order; the stream has the reason. */
export type ReviewRequired = OrderReference & {
  readonly type: 'ReviewRequired';
  readonly reason: string;
};

/** Money moved although the opposite is recorded. Possibly no other worker learns of it. */
export type Contradiction = OrderReference & {
  readonly type: 'Contradiction';
  readonly reason: string;
};

/** No order here has the disputed payment: it is somebody else's, or a log has lost it. */
export type DisputeUnknown = {
  readonly type: 'DisputeUnknown';
  readonly dispute: string;
  readonly payment: string;
};

/** Money may or may not have moved. The same request is sent or looked up again later. */
export type OutcomeUnknown = OrderReference & {
  readonly type: 'OutcomeUnknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  readonly trouble?: Trouble;
};

export type ConflictsExhausted = OrderReference & { readonly type: 'ConflictsExhausted' };

/**
 * An order took more steps than any can need. The bound ends a loop that only a mistake would make.
 */
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
 * `isFinal`: the message will never be accepted. `trouble`: no other message would be accepted now.
 */
export type SendFailed = {
  readonly type: 'SendFailed';
  /** The destination: a queue, unless this says otherwise. */
  readonly dependency?: 'OrderEvents';
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
  | DisputeUnknown
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
  | DependencyError
  | AbortedCall;

/**
 * It is called at least once for each message, and possibly by two workers at once. An error means
 * that the message is not done; `dispositionOf` decides its fate.
 */
export type Handler = (delivery: Delivery) => ResultAsync<HandlerSuccess, HandlerError>;

/** SQS uses a UUID. A sender may have written the attribute, and it is stored in events. */
const MESSAGE_ID = /^[ -~]{1,100}$/;

/** A copy from the dead-letter queue names the id under which the message was sent first. */
export const firstMessageId = ({
  messageId,
  attributes,
}: Pick<Delivery, 'messageId' | 'attributes'>): string => {
  const first = attributes['OriginalMessageId'] ?? '';
  return MESSAGE_ID.test(first) ? first : messageId;
};
