import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../domain/deadLetter/index.ts';
import type { PeekedQueue } from '../deadLetters/peek.ts';
import { orderIdOf, type DeadLetter, readDeadLetters } from '../deadLetters/deadLetter.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { LogSearch } from '../ports/logSearch.ts';
import { type TraceInput, reasonOf, type SourceNotes } from './traceInput.ts';
import { createReadStreams } from './readStreams.ts';
import { readRecords } from './readRecords.ts';

/** By these types it cannot send, delete or write. */
export type CollectDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** A missing source is not read, and is named as missing. */
export type TraceSources = {
  readonly recordLog?: LogSearch;
  readonly deadLetters?: Readonly<Record<DeadLetterQueue, PeekedQueue>>;
  readonly signal?: AbortSignal;
};

/** `paidonce dlq` reads more than these. */
const DEAD_LETTERS_READ_MAX = 1_000;

/**
 * Reads everything that the sources know about one order. No source needs another: one that fails
 * is named, and the rest is still returned, since people most often trace orders that were never
 * recorded.
 */
export const createCollectTrace = (dependencies: CollectDependencies) => {
  const { clock } = dependencies;
  const readStreams = createReadStreams(dependencies);

  const deadLettersOf = async (
    orderId: string,
    { deadLetters, signal }: TraceSources,
    { missing, notes }: SourceNotes,
  ): Promise<readonly DeadLetter[]> => {
    if (deadLetters === undefined) {
      missing.push('the dead-letter queues, which were not asked');
      return [];
    }
    const found: DeadLetter[] = [];
    for (const queue of DEAD_LETTER_QUEUES) {
      const onKept = (count: number) =>
        notes.push(`${count} dead letters of ${queue} are hidden from others for up to a minute.`);
      const options = {
        of: queue,
        clock,
        deadLettersMax: DEAD_LETTERS_READ_MAX,
        onKept,
        ...(signal && { signal }),
      };
      const read = await readDeadLetters(deadLetters[queue], options);
      if (read.isErr()) {
        missing.push(`the dead letters of ${queue}: ${reasonOf(read.error)}`);
        continue;
      }
      if (read.value.length >= DEAD_LETTERS_READ_MAX) {
        notes.push(
          `Of the dead letters of ${queue} only the first ${DEAD_LETTERS_READ_MAX} were looked at.`,
        );
      }
      found.push(...read.value.filter((deadLetter) => orderIdOf(deadLetter) === orderId));
    }
    return found;
  };

  return async (orderId: string, sources: TraceSources): Promise<TraceInput> => {
    const sourceNotes: SourceNotes = { missing: [], notes: [] };
    const streams = await readStreams(orderId, sourceNotes, sources.signal);
    const deadLetters = await deadLettersOf(orderId, sources, sourceNotes);
    const subject = { orderId, ...streams, deadLetters };
    const records = await readRecords(subject, { ...sources, now: clock.now() }, sourceNotes);
    return { ...subject, ...sourceNotes, ...(records === undefined ? {} : { records }) };
  };
};

export type CollectTrace = ReturnType<typeof createCollectTrace>;
