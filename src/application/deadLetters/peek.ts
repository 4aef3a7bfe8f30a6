import { err, ok, type Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';

/** By type nobody who peeks can delete. */
export type PeekedQueue = Pick<MessageQueue, 'receive' | 'changeVisibility'>;

type PeekBounds = {
  /** How many are looked at in one go at most; each is hidden from others until the end of it. */
  readonly deadLettersMax: number;
  readonly signal?: AbortSignal | undefined;
};

export type PeekOptions = PeekBounds & {
  readonly clock: Pick<Clock, 'now'>;
  /** So many could not be handed back; they show again by themselves within a minute. */
  readonly onKept?: (count: number) => void;
};

/** Letters that were received and are hidden from others, for as long as somebody goes on renewing. */
export type DeadLetterPeek = {
  /** Each letter once, for as long as there is one that was not seen. What it gives stays held. */
  messages(bounds: PeekBounds): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void>;
  /** To be called now and then by whoever takes long; asks the queue for nothing until it is due. */
  renew(): Promise<void>;
  /** Undefined where the letter may be another's by now. */
  receiptOf(messageId: string): string | undefined;
  /** It was deleted. */
  forget(messageId: string): void;
  /** Shows the letters again at once, all but these. Gives how many are not known to be handed back. */
  release(kept?: ReadonlySet<string>): Promise<number>;
};

/** A short poll may miss what is there; one that waits asks every server of SQS. */
const WAIT_MS = 1_000;
/** How long a hold that nobody renews, because its process was killed, hides letters. */
const HOLD_MS = 60_000;
const RENEW_BEFORE_MS = HOLD_MS / 2;

export const createDeadLetterPeek = (
  queue: PeekedQueue,
  clock: Pick<Clock, 'now'>,
): DeadLetterPeek => {
  const seen = new Set<string>();
  const peeked = new Map<string, { readonly receipt: string; readonly until: number }>();
  let renewAt = Infinity;

  const keep = (messageId: string, receipt: string, since: number): void => {
    peeked.set(messageId, { receipt, until: since + HOLD_MS });
    renewAt = Math.min(renewAt, since + HOLD_MS - RENEW_BEFORE_MS);
  };

  const renew = async (): Promise<void> => {
    if (clock.now() < renewAt) return;
    renewAt = Infinity;
    const all = [...peeked];
    for (let from = 0; from < all.length; from += QUEUE_BATCH_MAX) {
      const batch = all.slice(from, from + QUEUE_BATCH_MAX);
      const since = clock.now();
      const answers = await queue.changeVisibility(
        batch.map(([, { receipt }]) => ({ receipt, visibilityMs: HOLD_MS })),
      );
      const entries = answers.unwrapOr([]);
      for (const [at, [messageId, { receipt, until }]] of batch.entries()) {
        const answer = entries[at];
        if (answer?.type === 'Done') keep(messageId, receipt, since);
        else if (answer?.retryable === false || until <= since) peeked.delete(messageId);
        else renewAt = Math.min(renewAt, until - RENEW_BEFORE_MS);
      }
    }
  };

  async function* deadLetters({
    deadLettersMax,
    signal,
  }: PeekBounds): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void> {
    const isAborted = (): boolean => signal?.aborted === true;
    while (seen.size < deadLettersMax) {
      await renew();
      if (isAborted()) return;
      const since = clock.now();
      // Not cut off by the signal: letters whose answer was lost would stay hidden, and it is over in a second.
      const received = await queue.receive({
        max: Math.min(QUEUE_BATCH_MAX, deadLettersMax - seen.size),
        waitMs: WAIT_MS,
        visibilityMs: HOLD_MS,
      });
      if (received.isErr()) {
        yield err(received.error);
        return;
      }
      const fresh = received.value.filter(({ messageId }) => !seen.has(messageId));
      // Of a letter that came twice, since the first hold was over, only the newest receipt counts.
      for (const { messageId, receipt } of received.value) {
        keep(messageId, receipt, since);
        seen.add(messageId);
      }
      // Nothing, or nothing new: everything was seen.
      if (fresh.length === 0 || isAborted()) return;
      for (const deadLetter of fresh) {
        yield ok(deadLetter);
        await renew();
      }
    }
  }

  return {
    messages: deadLetters,
    renew,
    receiptOf: (messageId) => {
      const deadLetter = peeked.get(messageId);
      return deadLetter !== undefined && deadLetter.until > clock.now()
        ? deadLetter.receipt
        : undefined;
    },
    forget: (messageId) => void peeked.delete(messageId),
    release: async (kept = new Set()) => {
      const back = [...peeked].filter(([messageId]) => !kept.has(messageId));
      for (const [messageId] of back) peeked.delete(messageId);
      let lost = 0;
      for (let from = 0; from < back.length; from += QUEUE_BATCH_MAX) {
        const batch = back.slice(from, from + QUEUE_BATCH_MAX);
        const answers = await queue.changeVisibility(
          batch.map(([, { receipt }]) => ({ receipt, visibilityMs: 0 })),
        );
        lost += answers.match(
          (entries) => entries.filter(({ type }) => type !== 'Done').length,
          () => batch.length,
        );
      }
      return lost;
    },
  };
};

/**
 * The letters of a dead-letter queue, as they lie there. Nothing is deleted, and whatever was received is
 * handed back at once when the reader has had enough, after errors too.
 */
export async function* peekDeadLetters(
  queue: PeekedQueue,
  { clock, onKept = () => undefined, ...bounds }: PeekOptions,
): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void> {
  const keep = createDeadLetterPeek(queue, clock);
  try {
    yield* keep.messages(bounds);
  } finally {
    const kept = await keep.release();
    if (kept > 0) onKept(kept);
  }
}
