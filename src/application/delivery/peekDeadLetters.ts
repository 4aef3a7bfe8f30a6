import { err, ok, type Result } from 'neverthrow';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';

export type PeekOptions = {
  /** How many are looked at in one go at most; each is hidden from others until the end of it. */
  readonly lettersMax: number;
  readonly signal?: AbortSignal;
  /** So many could not be handed back; they show again by themselves within a minute. */
  readonly onKept?: (count: number) => void;
};

/** By type nobody who peeks can delete. */
export type PeekedQueue = Pick<MessageQueue, 'receive' | 'changeVisibility'>;

/** A short poll may miss what is there; one that waits asks every server of SQS. */
const WAIT_MS = 1_000;
/** Far above what a peek takes, and how long a peek that is killed hides what it held. */
const HOLD_MS = 60_000;

/**
 * The letters of a dead-letter queue, as they lie there. Nothing is deleted, and whatever was received is
 * handed back at once when the reader has had enough, after errors too.
 */
export async function* peekDeadLetters(
  queue: PeekedQueue,
  { lettersMax, signal, onKept = () => undefined }: PeekOptions,
): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void> {
  const held = new Map<string, string>();
  try {
    while (held.size < lettersMax) {
      const received = await queue.receive({
        max: Math.min(QUEUE_BATCH_MAX, lettersMax - held.size),
        waitMs: WAIT_MS,
        visibilityMs: HOLD_MS,
        ...(signal && { signal }),
      });
      if (received.isErr()) {
        if (received.error.type !== 'Aborted') yield err(received.error);
        return;
      }
      const fresh = received.value.filter(({ messageId }) => !held.has(messageId));
      // Of a letter that came twice, since the first hold was over, only the newest receipt counts.
      for (const { messageId, receipt } of received.value) held.set(messageId, receipt);
      // Nothing, or nothing new: everything was seen.
      if (fresh.length === 0) return;
      for (const letter of fresh) yield ok(letter);
    }
  } finally {
    const kept = await handBack(queue, [...held.values()]);
    if (kept > 0) onKept(kept);
  }
}

/** Gives how many are not known to be handed back. */
const handBack = async (queue: PeekedQueue, receipts: readonly string[]): Promise<number> => {
  let kept = 0;
  for (let from = 0; from < receipts.length; from += QUEUE_BATCH_MAX) {
    const batch = receipts.slice(from, from + QUEUE_BATCH_MAX);
    const answers = await queue.changeVisibility(
      batch.map((receipt) => ({ receipt, visibilityMs: 0 })),
    );
    kept += answers.match(
      (entries) => entries.filter(({ type }) => type !== 'Done').length,
      () => batch.length,
    );
  }
  return kept;
};
