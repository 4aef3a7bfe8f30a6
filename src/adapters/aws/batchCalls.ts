import { err, ok, type Result } from 'neverthrow';
import { troubleOf, type Dependency } from '../../application/ports/failures.ts';
import type { EntryResult, QueueError } from '../../application/ports/messageQueue.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { isClientFault, isWithoutAccess, readAwsError } from './errors.ts';

/** The meaning of a service's errors, for a service whose calls have entries. */
export type BatchRules = {
  readonly dependency: Dependency;
  /** The code, if a whole call was refused because of one of its entries. */
  readonly entryErrorOf: (thrown: unknown) => string | undefined;
  /** Errors that any other entry would get too, although they are called the sender's fault. */
  readonly aboutAll: RegExp;
};

/** An answer that speaks of each entry by its id, which is its position. */
export type BatchAnswer = {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?:
    | readonly {
        readonly Id: string | undefined;
        readonly Code: string | undefined;
        readonly SenderFault: boolean | undefined;
      }[]
    | undefined;
};

export type EntryResults = Promise<Result<readonly EntryResult[], QueueError>>;
export type BatchCall<Entry> = (entries: readonly Entry[]) => EntryResults;

const DONE: EntryResult = { type: 'Done' };
/** An entry that a batch's answer does not mention may have taken effect or not. */
const NO_ANSWER: EntryResult = { type: 'Failed', code: 'NoAnswer', retryable: true };
const CAUSE_CHARACTERS_MAX = 300;

/** The answer for one entry of a call that succeeded. */
export const failedEntry = (
  code: string,
  senderFault: boolean,
  aboutAll: RegExp,
): EntryResult & { readonly type: 'Failed' } => {
  const { name, throttled } = readAwsError({ Code: code });
  if (throttled) return { type: 'Failed', code, retryable: true, trouble: 'Throttled' };
  return aboutAll.test(name)
    ? { type: 'Failed', code, retryable: true, trouble: 'Misconfigured' }
    : { type: 'Failed', code, retryable: !senderFault };
};

/** The error of a call whose failure concerns everything that is asked of the service. */
export const toCallError = (thrown: unknown, dependency: Dependency): QueueError => {
  const error = readAwsError(thrown);
  if (error.name === 'AbortError') return { type: 'Aborted', dependency };
  const cause = error.cause.slice(0, CAUSE_CHARACTERS_MAX);
  // The client's fault, such as a bad key, stays however often the call is repeated.
  const stays = isClientFault(error) || isWithoutAccess(error) || error.name === 'InvalidAddress';
  return stays && !error.throttled
    ? misconfigured(dependency, cause)
    : unavailable(dependency, cause, error.throttled);
};

/**
 * Sends all entries at once. If the call as a whole is refused because of one of them, each is sent
 * by itself, so that no entry fails because of another.
 */
export const byEntry = <Entry>(
  call: (entries: readonly Entry[]) => Promise<BatchAnswer>,
  rules: BatchRules,
): BatchCall<Entry> => {
  const ask: BatchCall<Entry> = async (entries) => {
    if (entries.length === 0) return ok([]);
    try {
      return ok(answersOf(await call(entries), entries.length, rules));
    } catch (error) {
      const code = rules.entryErrorOf(error);
      if (code === undefined) return err(toCallError(error, rules.dependency));
      if (entries.length === 1) return ok([{ type: 'Failed', code, retryable: false }]);
      const answers: EntryResult[] = [];
      for (const entry of entries) {
        const answer = await ask([entry]);
        answers.push(...answer.unwrapOr([]));
        if (answer.isErr()) answers.push(unsent(answer.error));
      }
      return ok(answers);
    }
  };
  return ask;
};

/** A batch is answered entry by entry, even if the call succeeded (HTTP 200). */
const answersOf = (
  { Successful, Failed }: BatchAnswer,
  asked: number,
  { aboutAll }: BatchRules,
): EntryResult[] => {
  const answers = new Map<string | undefined, EntryResult>();
  for (const { Id } of Successful ?? []) answers.set(Id, DONE);
  for (const { Id, Code = 'Unknown', SenderFault = false } of Failed ?? []) {
    answers.set(Id, failedEntry(Code, SenderFault, aboutAll));
  }
  return Array.from({ length: asked }, (_, at) => answers.get(String(at)) ?? NO_ANSWER);
};

const unsent = (error: QueueError): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured',
  ...(error.type === 'Aborted' ? {} : { trouble: troubleOf(error) }),
});

/** An entry with its position in the request. */
type IndexedEntry<Entry> = { readonly at: number; readonly entry: Entry };

type BatchLimits<Entry> = {
  readonly entriesMax: number;
  readonly bytesMax: number;
  readonly bytesOf: (entry: Entry) => number;
};

/** Splits by count and by bytes, in order. Every entry is assumed to fit by itself. */
const batchesOf = <Entry>(
  indexed: readonly IndexedEntry<Entry>[],
  { entriesMax, bytesMax, bytesOf }: BatchLimits<Entry>,
): readonly (readonly IndexedEntry<Entry>[])[] => {
  const batches: IndexedEntry<Entry>[][] = [];
  let current: IndexedEntry<Entry>[] = [];
  let bytes = 0;
  for (const item of indexed) {
    const itemBytes = bytesOf(item.entry);
    if (current.length === entriesMax || bytes + itemBytes > bytesMax) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(item);
    bytes += itemBytes;
  }
  if (current.length > 0) batches.push(current);
  return batches;
};

/**
 * Sends every entry that has no refusal already, in as many batches as it takes. Earlier answers
 * must not be lost, so that a later failure is reported entry by entry.
 */
export const sendInBatches = async <Entry>(
  send: BatchCall<Entry>,
  entries: readonly Entry[],
  refusalOf: (entry: Entry) => EntryResult | undefined,
  limits: BatchLimits<Entry>,
): EntryResults => {
  const results = entries.map(refusalOf);
  const sendable = entries
    .map((entry, at) => ({ at, entry }))
    .filter(({ at }) => results[at] === undefined);
  let answered = false;
  for (const batch of batchesOf(sendable, limits)) {
    const sent = await send(batch.map(({ entry }) => entry));
    if (sent.isErr() && !answered) return err(sent.error);
    answered = true;
    const answers = sent.unwrapOr([]);
    const instead = sent.isErr() ? unsent(sent.error) : NO_ANSWER;
    batch.forEach(({ at }, position) => (results[at] = answers[position] ?? instead));
  }
  return ok(results.map((result) => result ?? NO_ANSWER));
};
