import { err, ok, type Result } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';

/** By this type a peek cannot delete. */
export type PeekedQueue = Pick<MessageQueue, 'receive' | 'changeVisibility'>;

type PeekBounds = {
  /** The maximum of one peek, which hides each dead letter from others until it ends. */
  readonly deadLettersMax: number;
  readonly signal?: AbortSignal | undefined;
};

export type PeekOptions = PeekBounds & {
  readonly clock: Pick<Clock, 'now'>;
  /** This many could not be released; they become visible again within a minute. */
  readonly onKept?: (count: number) => void;
};

/** Dead letters that were received, and that stay hidden while the peek is renewed. */
export type DeadLetterPeek = {
  /**
   * Yields each dead letter once, until no new one is received. Those that are yielded stay hidden.
   */
  messages(bounds: PeekBounds): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void>;
  /**
   * Has to be called now and then during long work. It sends a request only when a renewal is due.
   */
  renew(): Promise<void>;
  /** Undefined where another process may have received it by now. */
  receiptOf(messageId: string): string | undefined;
  forget(messageId: string): void;
  /** Shows them again, except those given. Returns the number that may still be hidden. */
  release(kept?: ReadonlySet<string>): Promise<number>;
};

/** A short poll may miss messages; one that waits asks every server of SQS. */
const WAIT_MS = 1_000;
/** The time for which dead letters stay hidden if the process is killed and nobody renews. */
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

  return {
    messages: (bounds) => receiveAll({ queue, clock, seen, keep, renew }, bounds),
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
      return makeVisible(
        queue,
        back.map(([, { receipt }]) => receipt),
      );
    },
  };
};

const makeVisible = async (queue: PeekedQueue, receipts: readonly string[]): Promise<number> => {
  let lost = 0;
  for (let from = 0; from < receipts.length; from += QUEUE_BATCH_MAX) {
    const batch = receipts.slice(from, from + QUEUE_BATCH_MAX);
    const answers = await queue.changeVisibility(
      batch.map((receipt) => ({ receipt, visibilityMs: 0 })),
    );
    lost += answers.match(
      (entries) => entries.filter(({ type }) => type !== 'Done').length,
      () => batch.length,
    );
  }
  return lost;
};

type ReceiveContext = {
  readonly queue: PeekedQueue;
  readonly clock: Pick<Clock, 'now'>;
  readonly seen: Set<string>;
  readonly keep: (messageId: string, receipt: string, since: number) => void;
  readonly renew: () => Promise<void>;
};

async function* receiveAll(
  { queue, clock, seen, keep, renew }: ReceiveContext,
  { deadLettersMax, signal }: PeekBounds,
): AsyncGenerator<Result<ReceivedMessage, QueueError>, void, void> {
  const isAborted = (): boolean => signal?.aborted === true;
  while (seen.size < deadLettersMax) {
    await renew();
    if (isAborted()) return;
    const since = clock.now();
    // The signal does not abort this call: dead letters whose answer was lost would stay hidden,
    // and it only takes a second.
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
    // A dead letter may come twice, after its first visibility time is over. Only its newest
    // receipt counts.
    for (const { messageId, receipt } of received.value) {
      keep(messageId, receipt, since);
      seen.add(messageId);
    }
    // Nothing, or nothing new, was received: everything was read.
    if (fresh.length === 0 || isAborted()) return;
    for (const deadLetter of fresh) {
      yield ok(deadLetter);
      await renew();
    }
  }
}

/**
 * Yields the dead letters of a queue. It deletes nothing, and releases everything that was received
 * when the reader stops, also after an error.
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
