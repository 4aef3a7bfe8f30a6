import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { createBatcher, type Batcher, type BatcherOptions } from './batcher.ts';
import { troubleOf, type AbortedCall, type DependencyError } from './ports/failures.ts';
import type { EntryResult, TooLarge } from './ports/messageQueue.ts';

type CallError = DependencyError | AbortedCall | TooLarge;

/** The answer for one entry, or the error of the call that it was in. */
type EntryAnswer<E> = Result<EntryResult, E>;

export type GroupedCalls<Entry, E> = (
  entries: readonly Entry[],
) => ResultAsync<readonly EntryResult[], E>;

/**
 * Group commit of one kind of call: entries that different callers add within a few milliseconds
 * travel in one call. A call that fails as a whole is an error for each of its callers.
 */
export const createGroupedCalls = <Entry, E extends CallError>(
  call: GroupedCalls<Entry, E>,
  limits: Pick<
    BatcherOptions<Entry, never>,
    'entriesMax' | 'bytesMax' | 'bytesOf' | 'clock' | 'traced'
  >,
): GroupedCalls<Entry, E> => {
  const submit: Batcher<Entry, EntryAnswer<E>> = createBatcher<Entry, EntryAnswer<E>>({
    call: async (entries) =>
      (await call(entries)).match(
        (answers) => answers.map((answer) => ok(answer)),
        (error) => entries.map(() => err(error)),
      ),
    failed: (error) => ok(error === undefined ? NO_ANSWER : THREW),
    isThrottled: (answer) => answer.isOk() && isThrottled(answer.value),
    ...limits,
  });
  return (entries) => new ResultAsync(Promise.all(entries.map(submit)).then(inOne));
};

/** An error if every entry failed with its call; otherwise the answers, so that none is lost. */
const inOne = <E extends CallError>(
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

export const answerOfFailedCall = (error: CallError): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured' && error.type !== 'TooLarge',
  ...(error.type === 'Aborted' || error.type === 'TooLarge' ? {} : { trouble: troubleOf(error) }),
});
