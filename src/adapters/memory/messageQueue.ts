import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { Ids } from '../../application/ports/ids.ts';
import {
  QUEUE_BATCH_MAX,
  VISIBILITY_MAX_MS,
  type EntryResult,
  type MessageQueue,
  type QueueError,
  type ReceivedMessage,
} from '../../application/ports/messageQueue.ts';
import { groupIdOf, refusalOf, tooLarge } from '../sqs/limits.ts';

export type MemoryMessageQueue = MessageQueue & {
  counts(): { readonly visible: number; readonly inFlight: number };
  /** Every message in the queue, hidden or not, the oldest receive first. */
  dump(): readonly QueuedMessage[];
  /**
   * Accepts a message as a redrive policy does: with its id, its count and the time of its first
   * sending.
   */
  adopt(message: QueuedMessage): void;
};

export type QueuedMessage = Pick<
  ReceivedMessage,
  'messageId' | 'body' | 'attributes' | 'groupId' | 'senderId' | 'receiveCount' | 'sentAt'
>;

export type MemoryMessageQueueOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The queue for a message whose receive count exceeds `maxReceiveCount`. */
  readonly deadLetter?: MemoryMessageQueue;
  readonly maxReceiveCount?: number;
  /** The sender, as a server knows it by a client's credentials. */
  readonly senderId?: string;
};

type StoredMessage = QueuedMessage & {
  readonly visibleAt: number;
  /** The receipt of the newest receive; earlier receipts are stale. */
  readonly receipt: string;
  readonly receivedAt: number;
};

/** The quota of a standard queue; beyond it a receive is refused with OverLimit. */
const IN_FLIGHT_MAX = 120_000;
const MEMORY_SENDER = 'AIDAMEMORYMEMORYMEMOR';
const RECEIPT = /^[^/]+\/\d+$/u;
const DONE: EntryResult = { type: 'Done' };

const failed = (code: string): EntryResult => ({ type: 'Failed', code, retryable: false });
const wholeSeconds = (ms: number): number => Math.ceil(ms / 1000) * 1000;
const queued = (stored: StoredMessage): QueuedMessage => ({
  messageId: stored.messageId,
  body: stored.body,
  attributes: stored.attributes,
  ...(stored.groupId === undefined ? {} : { groupId: stored.groupId }),
  ...(stored.senderId === undefined ? {} : { senderId: stored.senderId }),
  receiveCount: stored.receiveCount,
  sentAt: stored.sentAt,
});

/** A standard queue with SQS's limits and errors, in memory; time is the given clock's. */
export const createMemoryMessageQueue = (
  options: MemoryMessageQueueOptions,
): MemoryMessageQueue => {
  const { clock, ids, deadLetter, maxReceiveCount = Infinity, senderId = MEMORY_SENDER } = options;
  const messages = new Map<string, StoredMessage>();
  const waiting = new Set<AbortController>();

  const wakePolls = (): void => {
    for (const poll of waiting) poll.abort();
  };
  const inFlight = (): number =>
    [...messages.values()].filter(({ visibleAt }) => visibleAt > clock.now()).length;

  const adopt = (message: QueuedMessage): void => {
    messages.set(message.messageId, { ...message, visibleAt: 0, receipt: '', receivedAt: 0 });
    wakePolls();
  };

  const send: MessageQueue['send'] = (outgoing) => {
    const large = tooLarge(outgoing);
    if (large !== undefined) return errAsync(large);
    const results = outgoing.map((message) => {
      const refusal = refusalOf(message);
      if (refusal !== undefined) return refusal;
      adopt({
        messageId: ids.create(),
        body: message.body,
        attributes: { ...message.attributes },
        ...(message.groupId === undefined ? {} : { groupId: groupIdOf(message.groupId) }),
        senderId,
        receiveCount: 0,
        sentAt: clock.now(),
      });
      return DONE;
    });
    return okAsync(results);
  };

  const take = (max: number, visibilityMs: number): readonly ReceivedMessage[] => {
    const taken: ReceivedMessage[] = [];
    // A copy, because the loop puts received messages back at the end.
    const candidates = Array.from(messages.values());
    for (const message of candidates) {
      if (taken.length === max) break;
      if (message.visibleAt > clock.now()) continue;
      messages.delete(message.messageId);
      const receiveCount = message.receiveCount + 1;
      if (deadLetter !== undefined && receiveCount > maxReceiveCount) {
        deadLetter.adopt(queued(message));
        continue;
      }
      const receipt = `${message.messageId}/${receiveCount}`;
      const receivedAt = clock.now();
      const visibleAt = receivedAt + wholeSeconds(visibilityMs);
      const stored: StoredMessage = { ...message, receiveCount, receipt, receivedAt, visibleAt };
      // Set again, so that it comes last: a message that is released does not starve the others.
      messages.set(message.messageId, stored);
      taken.push({ ...queued(stored), receipt, damaged: false });
    }
    return taken;
  };

  const waitForChange = async (untilMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const change = new AbortController();
    const wake = () => change.abort();
    waiting.add(change);
    signal?.addEventListener('abort', wake, { once: true });
    let wakeAt = untilMs;
    for (const { visibleAt } of messages.values()) wakeAt = Math.min(wakeAt, visibleAt);
    await clock.sleep(wakeAt - clock.now(), change.signal);
    signal?.removeEventListener('abort', wake);
    waiting.delete(change);
  };

  const poll = async (
    asked: Parameters<MessageQueue['receive']>[0],
  ): Promise<Result<readonly ReceivedMessage[], QueueError>> => {
    const untilMs = clock.now() + asked.waitMs;
    for (;;) {
      if (asked.signal?.aborted === true) {
        return err({ type: 'Aborted', dependency: 'MessageQueue' });
      }
      if (inFlight() >= IN_FLIGHT_MAX) {
        const cause = 'OverLimit';
        return err({ type: 'Unavailable', dependency: 'MessageQueue', cause, throttled: true });
      }
      const taken = take(Math.min(asked.max, QUEUE_BATCH_MAX), asked.visibilityMs);
      if (taken.length > 0 || clock.now() >= untilMs) return ok(taken);
      await waitForChange(untilMs, asked.signal);
    }
  };

  const deleteOne = (receipt: string): EntryResult => {
    if (!RECEIPT.test(receipt)) return failed('ReceiptHandleIsInvalid');
    const message = messages.get(messageIdOf(receipt));
    // SQS answers a stale receipt with success and leaves the message in the queue.
    if (message?.receipt === receipt) messages.delete(message.messageId);
    return DONE;
  };

  const changeOne = (receipt: string, visibilityMs: number): EntryResult => {
    if (!RECEIPT.test(receipt)) return failed('ReceiptHandleIsInvalid');
    const message = messages.get(messageIdOf(receipt));
    const now = clock.now();
    if (message === undefined || message.receipt !== receipt || message.visibleAt <= now) {
      return failed('MessageNotInflight');
    }
    const visibleAt = now + wholeSeconds(visibilityMs);
    if (visibleAt - message.receivedAt > VISIBILITY_MAX_MS) return failed('InvalidParameterValue');
    messages.set(message.messageId, { ...message, visibleAt });
    wakePolls();
    return DONE;
  };

  return {
    send,
    receive: (asked) => new ResultAsync(poll(asked)),
    delete: (receipts) => okAsync(receipts.map(deleteOne)),
    changeVisibility: (entries) =>
      okAsync(entries.map(({ receipt, visibilityMs }) => changeOne(receipt, visibilityMs))),
    counts: () => ({ visible: messages.size - inFlight(), inFlight: inFlight() }),
    dump: () => [...messages.values()].map(queued),
    adopt,
  };
};

const messageIdOf = (receipt: string): string => receipt.slice(0, receipt.indexOf('/'));
