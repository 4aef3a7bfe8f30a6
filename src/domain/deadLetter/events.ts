import { createCodec, type Codec, type DataCodecs } from '../codec.ts';
import { object, oneOf, string, whole } from '../decode.ts';

export const DEAD_LETTER_QUEUES = ['payments', 'notifications'] as const;
export type DeadLetterQueue = (typeof DEAD_LETTER_QUEUES)[number];

type DeadLetterDecision = {
  /** The message's id in the dead-letter queue; a message that comes there again has another. */
  readonly letterId: string;
  readonly queue: DeadLetterQueue;
  /** The command in the message, such as `PlaceOrder`; empty where it is no message of ours. */
  readonly command: string;
  readonly reason: string;
  readonly by: string;
  readonly because: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
};

/**
 * Facts about the dead letters of an order, in the order's own stream: they change nothing about
 * its money. A dead letter that names no order has a stream of its own. Stored for ever: add, never
 * rename.
 */
export type Event =
  /** It was sent to its queue again, to be handled like any message. Recorded before it is sent. */
  | { readonly type: 'LetterRedriven'; readonly data: DeadLetterDecision }
  /** It was deleted: nobody will act on it. Recorded before it is deleted. */
  | { readonly type: 'LetterDiscarded'; readonly data: DeadLetterDecision };

/** Whether the event is one of these facts and not one of the order in whose stream it is. */
export const isAboutDeadLetter = (event: { readonly type: string }): boolean =>
  TYPES.has(event.type);

const TYPES: ReadonlySet<string> = new Set<Event['type']>(['LetterRedriven', 'LetterDiscarded']);

const decision = object({
  letterId: string,
  queue: oneOf(...DEAD_LETTER_QUEUES),
  command: string,
  reason: string,
  by: string,
  because: string,
  at: whole,
});

export const codecs: DataCodecs<Event> = {
  LetterRedriven: { decode: decision },
  LetterDiscarded: { decode: decision },
};

export const codec: Codec<Event> = createCodec<Event>(codecs);
