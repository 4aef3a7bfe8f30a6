import { err, errAsync, ok, ResultAsync, type Result } from 'neverthrow';
import { createBatcher, type Batcher } from '../batcher.ts';
import type { Clock } from '../ports/clock.ts';
import { troubleOf } from '../ports/failures.ts';
import {
  messageBytes,
  QUEUE_BATCH_MAX,
  QUEUE_BYTES_MAX,
  type EntryResult,
  type MessageQueue,
  type OutgoingMessage,
  type QueueError,
  type TooLarge,
} from '../ports/messageQueue.ts';

/** The answer for one entry, or the error of the call that it was in. */
type EntryAnswer<E> = Result<EntryResult, E>;

/**
 * The same queue with group commit: what different callers send, delete and hide within a few
 * milliseconds travels in one call of up to ten. A call that fails as a whole is an error for each
 * of its callers.
 */
export const createGroupedQueue = (
  queue: MessageQueue,
  clock: Pick<Clock, 'now' | 'sleep'>,
): MessageQueue => {
  const group = <Entry, E extends QueueError | TooLarge>(
    call: (entries: readonly Entry[]) => ResultAsync<readonly EntryResult[], E | QueueError>,
    bytesOf?: (entry: Entry) => number,
  ) =>
    createBatcher<Entry, EntryAnswer<E | QueueError>>({
      call: async (entries) =>
        (await call(entries)).match(
          (answers) => answers.map((answer) => ok(answer)),
          (error) => entries.map(() => err(error)),
        ),
      failed: (error) => ok(error === undefined ? NO_ANSWER : THREW),
      isThrottled: (answer) => answer.isOk() && isThrottled(answer.value),
      entriesMax: QUEUE_BATCH_MAX,
      clock,
      ...(bytesOf && { bytesMax: QUEUE_BYTES_MAX, bytesOf }),
    });
  const sends = group<OutgoingMessage, TooLarge>((messages) => queue.send(messages), messageBytes);
  const deletes = group((receipts: readonly string[]) => queue.delete(receipts));
  const changes = group((entries: Parameters<MessageQueue['changeVisibility']>[0]) =>
    queue.changeVisibility(entries),
  );

  return {
    receive: (options) => queue.receive(options),
    send: (messages) => {
      // Otherwise the messages of others would be refused with it.
      const bytes = Math.max(0, ...messages.map(messageBytes));
      if (bytes > QUEUE_BYTES_MAX) return errAsync({ type: 'TooLarge', bytes });
      return submitAll(sends, messages);
    },
    delete: (receipts) => submitAll(deletes, receipts),
    changeVisibility: (entries) => submitAll(changes, entries),
  };
};

const submitAll = <Entry, E extends QueueError | TooLarge>(
  submit: Batcher<Entry, EntryAnswer<E>>,
  entries: readonly Entry[],
): ResultAsync<readonly EntryResult[], E> =>
  new ResultAsync(Promise.all(entries.map(submit)).then(inOne));

/** An error if every entry failed with its call; otherwise the answers, so that none is lost. */
const inOne = <E extends QueueError | TooLarge>(
  answers: readonly EntryAnswer<E>[],
): Result<readonly EntryResult[], E> => {
  const [first] = answers;
  if (first?.isErr() === true && answers.every((answer) => answer.isErr())) return err(first.error);
  return ok(answers.map((answer) => answer.match((entry) => entry, answerOfFailedCall)));
};

const isThrottled = (answer: EntryResult): boolean =>
  answer.type === 'Failed' && answer.retryable && answer.trouble === 'Throttled';

/** An entry that a call's answer does not mention may have taken effect or not. */
export const NO_ANSWER: EntryResult & { readonly type: 'Failed' } = {
  type: 'Failed',
  code: 'NoAnswer',
  retryable: true,
};
export const THREW: EntryResult = { ...NO_ANSWER, code: 'CallThrew', trouble: 'Unavailable' };

export const answerOfFailedCall = (error: QueueError | TooLarge): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured' && error.type !== 'TooLarge',
  ...(error.type === 'Aborted' || error.type === 'TooLarge' ? {} : { trouble: troubleOf(error) }),
});
