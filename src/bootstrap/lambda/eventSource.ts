import { toSqsEvent, type SqsEvent } from '../../adapters/lambda/sqsEvent.ts';
import type { Clock } from '../../application/ports/clock.ts';
import {
  QUEUE_BATCH_MAX,
  type MessageQueue,
  type ReceivedMessage,
} from '../../application/ports/messageQueue.ts';
import type { LambdaContext } from './functions.ts';

export type Invocation = {
  readonly messages: number;
  /** Ids of messages that were left in the queue. */
  readonly failed: readonly string[];
  readonly durationMs: number;
  /** The cause if the whole batch failed: the error's name, `Timeout` or `BadAnswer`. */
  readonly error?: string;
};

export type EventSourceOptions = {
  readonly queue: MessageQueue;
  readonly queueName: string;
  readonly region: string;
  readonly invoke: (event: SqsEvent, context: LambdaContext) => Promise<unknown>;
  readonly clock: Clock;
  /** The time in milliseconds that the function may take. */
  readonly timeoutMs: number;
  /** The time in milliseconds that a batch which is not full waits for more messages. */
  readonly windowMs: number;
  /** The number of invocations at once. */
  readonly concurrency: number;
  readonly onInvoked: (invocation: Invocation) => void;
};

const POLL_MS = 1_000;
const PAUSE_MS = 1_000;
/** AWS advises this factor; it also covers the time that a batch waits for more messages. */
const VISIBILITY_PER_TIMEOUT = 6;

/**
 * An event source mapping with ReportBatchItemFailures, for trying functions out: polls, invokes,
 * deletes the messages that succeeded and leaves the rest. Ends when the signal fires and the last
 * invocation has ended.
 */
export const runEventSource = async (
  options: EventSourceOptions,
  stop: AbortSignal,
): Promise<void> => {
  const pollers = Array.from({ length: options.concurrency }, () => poll(options, stop));
  await Promise.all(pollers);
};

const poll = async (options: EventSourceOptions, stop: AbortSignal): Promise<void> => {
  const { queue, clock, onInvoked } = options;
  while (!stop.aborted) {
    const messages = await gather(options, stop);
    if (messages.length === 0) continue;
    const startedAt = clock.now();
    const { failed, error } = await invokeWith(messages, options);
    const done = messages.filter(({ messageId }) => !failed.includes(messageId));
    const deleted = await queue.delete(done.map(({ receipt }) => receipt));
    // A message that could not be deleted comes again, and its order is known by then.
    if (deleted.isErr()) await clock.sleep(PAUSE_MS, stop);
    const durationMs = clock.now() - startedAt;
    onInvoked({ messages: messages.length, failed, durationMs, ...(error && { error }) });
  }
};

/**
 * Gathers one batch: the messages of a poll, and those that come until it is full or its window
 * ends.
 */
const gather = async (
  { queue, clock, windowMs, timeoutMs }: EventSourceOptions,
  stop: AbortSignal,
): Promise<readonly ReceivedMessage[]> => {
  const visibilityMs = VISIBILITY_PER_TIMEOUT * timeoutMs;
  // The signal does not abort it: the messages of an aborted poll would stay hidden.
  const receive = async (max: number, waitMs: number): Promise<readonly ReceivedMessage[]> => {
    const received = await queue.receive({ max, waitMs, visibilityMs });
    if (received.isErr()) await clock.sleep(PAUSE_MS, stop);
    return received.unwrapOr([]);
  };
  const batch = [...(await receive(QUEUE_BATCH_MAX, POLL_MS))];
  const endAt = clock.now() + windowMs;
  const mayWait = (): boolean => clock.now() < endAt && !stop.aborted;
  while (batch.length > 0 && batch.length < QUEUE_BATCH_MAX && mayWait()) {
    const waitMs = Math.min(POLL_MS, endAt - clock.now());
    batch.push(...(await receive(QUEUE_BATCH_MAX - batch.length, waitMs)));
  }
  return batch;
};

const invokeWith = async (
  messages: readonly ReceivedMessage[],
  options: EventSourceOptions,
): Promise<Pick<Invocation, 'failed' | 'error'>> => {
  const { clock, timeoutMs } = options;
  const all = messages.map(({ messageId }) => messageId);
  const endAt = clock.now() + timeoutMs;
  const isAnswered = new AbortController();
  const context = { getRemainingTimeInMillis: () => endAt - clock.now() };
  const answer = options.invoke(toSqsEvent(messages, options), context).then(
    (value): Pick<Invocation, 'failed' | 'error'> => readAnswer(value, all),
    (error: unknown) => ({ failed: all, error: error instanceof Error ? error.name : 'Error' }),
  );
  const timeout = clock
    .sleep(timeoutMs, isAnswered.signal)
    .then(() => ({ failed: all, error: 'Timeout' }));
  const first = await Promise.race([answer, timeout]);
  isAnswered.abort();
  return first;
};

/**
 * Reads an answer as Lambda does: none, or an empty list, is success of all; an answer that names a
 * message outside the batch, or cannot be understood, is failure of all.
 */
const readAnswer = (
  answer: unknown,
  all: readonly string[],
): Pick<Invocation, 'failed' | 'error'> => {
  const { batchItemFailures = [] } = (answer ?? {}) as { readonly batchItemFailures?: unknown };
  if (!Array.isArray(batchItemFailures ?? [])) return { failed: all, error: 'BadAnswer' };
  const failed = ((batchItemFailures ?? []) as readonly unknown[]).map(
    (item) => (item as { readonly itemIdentifier?: unknown } | null)?.itemIdentifier,
  );
  const known = failed.filter((id): id is string => typeof id === 'string' && all.includes(id));
  return known.length === failed.length ? { failed: known } : { failed: all, error: 'BadAnswer' };
};
