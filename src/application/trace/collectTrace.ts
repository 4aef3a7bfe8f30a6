import { isCausedByMessage } from '../causes.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import * as Order from '../../domain/order/index.ts';
import type { PeekedQueue } from '../deadLetters/peek.ts';
import { orderIdOf, type DeadLetter, readDeadLetters } from '../deadLetters/deadLetter.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceView } from '../ports/invoiceView.ts';
import type { LogSearch, LogLine, LogTerm } from '../ports/logSearch.ts';
import { type TraceInput, reasonOf, type SourceNotes } from './traceInput.ts';
import { createReadStreams } from './readStreams.ts';
import { timeOfUlid } from './ulid.ts';

/** By these types it cannot send, delete or write. */
export type CollectDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** The sources of a trace. A missing one is not read, and is named as missing. */
export type TraceSources = {
  readonly logSearch?: LogSearch;
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

/** The maximum difference between two processes' clocks, with a first try before its commit. */
const EARLIER_MS = 5 * 60_000;
/** An order that was never placed cannot have records older than a queue's retention. */
const RETENTION_MS = 14 * 86_400_000;

type RecordSubject = Pick<TraceInput, 'orderId' | 'entries' | 'notices' | 'deadLetters'>;

type RecordSource = {
  readonly logSearch?: LogSearch | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now: number;
};

/**
 * Reads the records of the order, its chains and its messages: some records name no order, or a
 * masked id.
 */
const readRecords = async (
  subject: RecordSubject,
  { logSearch, signal, now }: RecordSource,
  { missing, notes }: SourceNotes,
): Promise<readonly LogLine[] | undefined> => {
  if (logSearch === undefined) {
    missing.push('the log records, which were not asked for');
    return undefined;
  }
  const terms = termsOf(subject);
  const from = searchFrom(subject, now);
  const found = await logSearch.find({ terms, from, ...(signal && { signal }) });
  if (found.isErr()) {
    missing.push(`the log records: ${reasonOf(found.error)}`);
    return undefined;
  }
  const { records, isCut, unsearched } = found.value;
  if (isCut) notes.push(`Of the log records only the first ${records.length} are shown.`);
  if (unsearched.some(({ name }) => name === 'orderId')) {
    notes.push(
      'Records hold this id masked, as it looks like a token: only those of its messages ' +
        'and chains were found.',
    );
  } else if (unsearched.length > 0) {
    notes.push(`For ${unsearched.length} chains or messages the log could not be searched.`);
  }
  return records.filter(
    (record) => record.orderId === subject.orderId || !Order.isOrderId(record.orderId),
  );
};

const commitsOf = ({ entries, notices }: RecordSubject): readonly RecordedCommit[] => [
  ...entries.map(({ commit }) => commit),
  ...notices.flatMap((notice) => notice.entries.map(({ commit }) => commit)),
];

const termsOf = (subject: RecordSubject): readonly LogTerm[] => {
  const { orderId, deadLetters } = subject;
  const commits = commitsOf(subject);
  const named = (name: LogTerm['name'], values: readonly string[]): readonly LogTerm[] =>
    [...new Set(values)].map((value) => ({ name, value }));
  return [
    { name: 'orderId', value: orderId },
    ...named(
      'correlationId',
      [...commits, ...deadLetters].map(({ correlationId }) => correlationId),
    ),
    ...named('messageId', [
      ...commits.filter(isCausedByMessage).map(({ causationId }) => causationId),
      ...deadLetters.map(({ messageId, originalId }) => originalId ?? messageId),
    ]),
  ];
};

/** The earliest time at which a record of the order can have been written. */
const searchFrom = (subject: RecordSubject, now: number): number => {
  const sightings = [
    ...commitsOf(subject).map(
      ({ committedAt, correlationId }) => [committedAt, correlationId] as const,
    ),
    ...subject.deadLetters.map(({ sentAt, correlationId }) => [sentAt, correlationId] as const),
  ];
  if (sightings.length === 0) return now - RETENTION_MS;
  return Math.min(...sightings.map(([at, chain]) => timeOfUlid(chain, at) ?? at)) - EARLIER_MS;
};
