import { err, errAsync, ok, okAsync, ResultAsync, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { Ids } from '../../application/ports/ids.ts';
import {
  QUEUE_BATCH_MAX,
  VISIBILITY_MAX_MS,
  type EntryResult,
  type MessageQueue,
  type OutgoingMessage,
  type QueueError,
  type ReceivedMessage,
} from '../../application/ports/messageQueue.ts';
import { unavailable } from '../failures.ts';
import { groupIdOf, refusalOf, tooLarge } from '../sqs/limits.ts';

export type MemoryMessageQueue = MessageQueue & {
  counts(): { readonly visible: number; readonly inFlight: number };
  /** Every message in the queue, hidden or not, the oldest receive first. */
  dump(): readonly QueuedMessage[];
  /** Accepts a message as a redrive policy does: with its id, count and first sending time. */
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
const queued = ({
  visibleAt: _visibleAt,
  receipt: _receipt,
  receivedAt: _receivedAt,
  ...message
}: StoredMessage): QueuedMessage => message;

/** A standard queue with SQS's limits and errors, in memory; time is the given clock's. */
export const createMemoryMessageQueue = (
  options: MemoryMessageQueueOptions,
): MemoryMessageQueue => {
  const { clock, ids, senderId = MEMORY_SENDER } = options;
  const messages = new StoredMessages(options);
  const sendOne = (message: OutgoingMessage): EntryResult => {
    const refusal = refusalOf(message);
    if (refusal !== undefined) return refusal;
    const stored = {
      messageId: ids.create(),
      body: message.body,
      attributes: { ...message.attributes },
      ...(message.groupId === undefined ? {} : { groupId: groupIdOf(message.groupId) }),
      senderId,
      receiveCount: 0,
      sentAt: clock.now(),
    };
    messages.add(stored, wholeSeconds(message.delayMs ?? 0));
    return DONE;
  };
  return {
    send: (outgoing) => {
      const large = tooLarge(outgoing);
      return large === undefined ? okAsync(outgoing.map(sendOne)) : errAsync(large);
    },
    receive: (asked) => new ResultAsync(poll(messages, asked, clock)),
    delete: (receipts) => okAsync(receipts.map((receipt) => messages.delete(receipt))),
    changeVisibility: (entries) =>
      okAsync(entries.map(({ receipt, visibilityMs }) => messages.change(receipt, visibilityMs))),
    counts: () => {
      const { length } = messages.all();
      const inFlight = messages.inFlight();
      return { visible: length - inFlight, inFlight };
    },
    dump: () => messages.all().map(queued),
    adopt: (message) => messages.add(message),
  };
};

/** Receives until there are messages, the time is over, or the caller has gone. */
const poll = async (
  messages: StoredMessages,
  asked: Parameters<MessageQueue['receive']>[0],
  clock: Clock,
): Promise<Result<readonly ReceivedMessage[], QueueError>> => {
  const untilMs = clock.now() + asked.waitMs;
  for (;;) {
    if (asked.signal?.aborted === true) {
      return err({ type: 'Aborted', dependency: 'MessageQueue' });
    }
    if (messages.inFlight() >= IN_FLIGHT_MAX) {
      return err(unavailable('MessageQueue', 'OverLimit', true));
    }
    const taken = messages.take(Math.min(asked.max, QUEUE_BATCH_MAX), asked.visibilityMs);
    if (taken.length > 0 || clock.now() >= untilMs) return ok(taken);
    await messages.untilChange(untilMs, asked.signal);
  }
};

class StoredMessages {
  readonly #options: MemoryMessageQueueOptions;
  readonly #messages = new Map<string, StoredMessage>();
  readonly #polls = new Set<AbortController>();

  constructor(options: MemoryMessageQueueOptions) {
    this.#options = options;
  }

  all(): readonly StoredMessage[] {
    return [...this.#messages.values()];
  }

  inFlight(): number {
    return this.all().filter(({ visibleAt }) => visibleAt > this.#now()).length;
  }

  add(message: QueuedMessage, delayMs = 0): void {
    const visibleAt = delayMs === 0 ? 0 : this.#now() + delayMs;
    this.#set({ ...message, visibleAt, receipt: '', receivedAt: 0 });
    this.#wakePolls();
  }

  take(max: number, visibilityMs: number): readonly ReceivedMessage[] {
    const taken: ReceivedMessage[] = [];
    for (const message of this.all()) {
      if (taken.length === max) break;
      if (message.visibleAt > this.#now()) continue;
      const stored = this.#receive(message, visibilityMs);
      if (stored !== undefined) {
        taken.push({ ...queued(stored), receipt: stored.receipt, damaged: false });
      }
    }
    return taken;
  }

  /** SQS answers a stale receipt with success and leaves the message in the queue. */
  delete(receipt: string): EntryResult {
    if (!RECEIPT.test(receipt)) return failed('ReceiptHandleIsInvalid');
    const message = this.#received(receipt);
    if (message !== undefined) this.#messages.delete(message.messageId);
    return DONE;
  }

  change(receipt: string, visibilityMs: number): EntryResult {
    if (!RECEIPT.test(receipt)) return failed('ReceiptHandleIsInvalid');
    const message = this.#received(receipt);
    const now = this.#now();
    if (message === undefined || message.visibleAt <= now) return failed('MessageNotInflight');
    const visibleAt = now + wholeSeconds(visibilityMs);
    if (visibleAt - message.receivedAt > VISIBILITY_MAX_MS) return failed('InvalidParameterValue');
    this.#set({ ...message, visibleAt });
    this.#wakePolls();
    return DONE;
  }

  async untilChange(untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    const change = new AbortController();
    const wake = () => change.abort();
    this.#polls.add(change);
    signal?.addEventListener('abort', wake, { once: true });
    const wakeAt = this.all().reduce((at, { visibleAt }) => Math.min(at, visibleAt), untilMs);
    await this.#options.clock.sleep(wakeAt - this.#now(), change.signal);
    signal?.removeEventListener('abort', wake);
    this.#polls.delete(change);
  }

  /** The message as it is received; undefined if it goes to the dead-letter queue instead. */
  #receive(message: StoredMessage, visibilityMs: number): StoredMessage | undefined {
    const { deadLetter, maxReceiveCount = Infinity } = this.#options;
    this.#messages.delete(message.messageId);
    const receiveCount = message.receiveCount + 1;
    if (deadLetter !== undefined && receiveCount > maxReceiveCount) {
      deadLetter.adopt(queued(message));
      return undefined;
    }
    const receipt = `${message.messageId}/${receiveCount}`;
    const receivedAt = this.#now();
    const visibleAt = receivedAt + wholeSeconds(visibilityMs);
    const stored = { ...message, receiveCount, receipt, receivedAt, visibleAt };
    // The message is set again, so that it comes last and does not starve the others if it is
    // released.
    this.#set(stored);
    return stored;
  }

  /** The message of its newest receipt; undefined for an earlier one. */
  #received(receipt: string): StoredMessage | undefined {
    const message = this.#messages.get(receipt.slice(0, receipt.indexOf('/')));
    return message?.receipt === receipt ? message : undefined;
  }

  #set(message: StoredMessage): void {
    this.#messages.set(message.messageId, message);
  }

  #wakePolls(): void {
    for (const each of this.#polls) each.abort();
  }

  #now(): number {
    return this.#options.clock.now();
  }
}
