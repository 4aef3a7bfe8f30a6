import type { ResultAsync } from 'neverthrow';
import { utf8Bytes } from '../../domain/utf8.ts';
import type { AbortedCall, Trouble, DependencyError } from './failures.ts';

/** The limits of SQS: ten entries and 1 MiB in a batch, ten attributes on a message. */
export const QUEUE_BATCH_MAX = 10;
export const QUEUE_BYTES_MAX = 1_048_576;
export const QUEUE_ATTRIBUTES_MAX = 10;
/** A message can stay hidden for at most 12 hours in total after its receive. */
export const VISIBILITY_MAX_MS = 43_200_000;

/** A new message can stay hidden for at most 15 minutes (DelaySeconds of SendMessage). */
export const QUEUE_DELAY_MAX_MS = 900_000;

export type OutgoingMessage = {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The customer or tenant. SQS fair queues use it to keep one group from starving the others. */
  readonly groupId?: string;
  /** The time for which nobody receives it at first, rounded to whole seconds. */
  readonly delayMs?: number;
  /** The header of X-Ray. It is no attribute, and counts towards no limit. */
  readonly traceHeader?: string;
};

/** Every attribute is a `String`. */
const TYPE_BYTES = 6;

/**
 * The size as the limits count it: the body and each attribute's name, type and value, in UTF-8.
 */
export const messageBytes = (message: OutgoingMessage): number =>
  Object.entries(message.attributes ?? {}).reduce(
    (sum, [name, value]) => sum + utf8Bytes(name) + TYPE_BYTES + utf8Bytes(value),
    utf8Bytes(message.body),
  );

export type ReceivedMessage = {
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId?: string;
  readonly traceHeader?: string;
  /** The sender, as the queue itself vouches for it; a sender cannot choose this value. */
  readonly senderId?: string;
  /** Starts at 1 and counts receives over the queue's whole redrive history, approximately. */
  readonly receiveCount: number;
  /** When it was first sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** The body's checksum did not match: the received body is not the body that was sent. */
  readonly damaged: boolean;
};

/** The answer for one entry of a batch, in the order of the request. */
export type EntryResult =
  | { readonly type: 'Done' }
  /**
   * Not `retryable`: this entry is at fault, or stale. `trouble`: any other entry would fail too.
   */
  | {
      readonly type: 'Failed';
      readonly code: string;
      readonly retryable: boolean;
      readonly trouble?: Trouble;
    };

export type TooLarge = { readonly type: 'TooLarge'; readonly bytes: number };

export type QueueError = DependencyError | AbortedCall;

export interface MessageQueue {
  /** Sends any number of messages in few calls. Every message has its own answer. */
  send(
    messages: readonly OutgoingMessage[],
  ): ResultAsync<readonly EntryResult[], QueueError | TooLarge>;

  /** Waits up to `waitMs` (0 … 20,000) for the first of up to `max` (1 … 10) messages. */
  receive(options: {
    readonly max: number;
    readonly waitMs: number;
    readonly visibilityMs: number;
    readonly signal?: AbortSignal;
  }): ResultAsync<readonly ReceivedMessage[], QueueError>;

  delete(receipts: readonly string[]): ResultAsync<readonly EntryResult[], QueueError>;

  /** Hides up to ten messages from now, in whole seconds; 0 releases a message at once. */
  changeVisibility(
    entries: readonly { readonly receipt: string; readonly visibilityMs: number }[],
  ): ResultAsync<readonly EntryResult[], QueueError>;
}
