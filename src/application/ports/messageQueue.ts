import type { ResultAsync } from 'neverthrow';
import type { AbortedCall, Misconfiguration, Trouble, Unavailable } from './failures.ts';

/** SQS takes at most ten entries and 1 MiB in one batch, and at most ten attributes on a message. */
export const QUEUE_BATCH_MAX = 10;
export const QUEUE_BYTES_MAX = 1_048_576;
export const QUEUE_ATTRIBUTES_MAX = 10;
/** A message can stay hidden for at most 12 hours in all from its receive. */
export const VISIBILITY_MAX_MS = 43_200_000;

export type OutgoingMessage = {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** The customer or tenant; SQS fair queues keep one group from starving the others. */
  readonly groupId?: string;
};

const utf8 = new TextEncoder();
const bytesOf = (text: string): number => utf8.encode(text).length;

/** What a message weighs against the limits: its body and each attribute's name, type and value, in UTF-8. */
export const messageBytes = (message: OutgoingMessage): number =>
  Object.entries(message.attributes ?? {}).reduce(
    (sum, [name, value]) => sum + bytesOf(name) + bytesOf('String') + bytesOf(value),
    bytesOf(message.body),
  );

export type ReceivedMessage = {
  readonly messageId: string;
  readonly receipt: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId?: string;
  /** The X-Ray header that the sender's platform put on it, if any. */
  readonly traceHeader?: string;
  /** Who sent it, as the queue itself vouches; nothing that a sender writes can set it. */
  readonly senderId?: string;
  /** Starts at 1; counts receives over the queue's whole redrive history, roughly. */
  readonly receiveCount: number;
  /** When it was first sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** The body's checksum did not match: what was received is not what was sent. */
  readonly damaged: boolean;
};

/** The answer for one entry of a batch, in the order asked. */
export type EntryResult =
  | { readonly type: 'Done' }
  /**
   * `retryable` is false where this entry is at fault, or its receipt no longer counts. `trouble`: any other
   * entry would have failed alike.
   */
  | {
      readonly type: 'Failed';
      readonly code: string;
      readonly retryable: boolean;
      readonly trouble?: Trouble;
    };

export type TooLarge = { readonly type: 'TooLarge'; readonly bytes: number };

export type QueueError = Unavailable | Misconfiguration | AbortedCall;

export interface MessageQueue {
  /** Sends any number, in as few calls as the limits allow. Every input has its own answer. */
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

  /** Deletes up to ten messages. */
  delete(receipts: readonly string[]): ResultAsync<readonly EntryResult[], QueueError>;

  /** Hides up to ten messages for so long from now; 0 hands one back at once. Rounded up to whole seconds. */
  changeVisibility(
    entries: readonly { readonly receipt: string; readonly visibilityMs: number }[],
  ): ResultAsync<readonly EntryResult[], QueueError>;
}

/** How many messages are in a queue, hidden ones included. SQS knows it roughly, and lags by up to a minute. */
export type CountMessages = () => ResultAsync<number, Unavailable | Misconfiguration | AbortedCall>;
