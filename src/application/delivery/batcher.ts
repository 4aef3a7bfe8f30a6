import type { ResultAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import { troubleOf } from '../ports/failures.ts';
import { QUEUE_BATCH_MAX, type EntryResult, type QueueError } from '../ports/messageQueue.ts';
import { RAISED } from './signal.ts';

export type Batcher<Entry> = {
  /** Resolves with the answer for this very entry. Never rejects. */
  submit(entry: Entry): Promise<EntryResult>;
};

/** This delay costs little next to a round trip, and saves up to nine calls in ten. */
const BATCH_DELAY_MS = 5;

type Batch<Entry> = {
  readonly waiting: { readonly entry: Entry; readonly answer: (answer: EntryResult) => void }[];
  readonly full: AbortController;
};

/**
 * Gathers entries that come within a few milliseconds of each other into one call of up to ten. Its
 * callers bound the number of waiting entries: each message in flight has at most one.
 */
export const createBatcher = <Entry>(
  call: (entries: readonly Entry[]) => ResultAsync<readonly EntryResult[], QueueError>,
  clock: Clock,
): Batcher<Entry> => {
  let open: Batch<Entry> | undefined;

  const send = async (batch: Batch<Entry>): Promise<void> => {
    if (open === batch) open = undefined;
    const answers = await answersOf(batch.waiting.map(({ entry }) => entry));
    batch.waiting.forEach(({ answer }, at) => answer(answers(at)));
  };

  /** No caller may wait for ever, so a call that throws counts as one that was not answered. */
  const answersOf = async (entries: readonly Entry[]): Promise<(at: number) => EntryResult> => {
    try {
      const called = await call(entries);
      return (at) => called.match((results) => results[at] ?? NO_ANSWER, answerOfFailedCall);
    } catch {
      return () => ({ ...NO_ANSWER, code: 'CallThrew', trouble: 'Unavailable' });
    }
  };

  const begin = (): Batch<Entry> => {
    const batch: Batch<Entry> = { waiting: [], full: new AbortController() };
    open = batch;
    void clock.sleep(BATCH_DELAY_MS, batch.full.signal).then(() => send(batch));
    return batch;
  };

  return {
    submit: (entry) =>
      new Promise((answer) => {
        const batch = open ?? begin();
        batch.waiting.push({ entry, answer });
        if (batch.waiting.length < QUEUE_BATCH_MAX) return;
        // Closed at once, so that an eleventh entry of the same moment begins the next batch.
        open = undefined;
        batch.full.abort(RAISED);
      }),
  };
};

const NO_ANSWER: EntryResult & { readonly type: 'Failed' } = {
  type: 'Failed',
  code: 'NoAnswer',
  retryable: true,
};

const answerOfFailedCall = (error: QueueError): EntryResult => ({
  type: 'Failed',
  code: error.type,
  retryable: error.type !== 'Misconfigured',
  ...(error.type === 'Aborted' ? {} : { trouble: troubleOf(error) }),
});
