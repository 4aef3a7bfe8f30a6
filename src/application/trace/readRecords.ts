import * as Order from '../../domain/order/index.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import type { LogLine, LogSearch, LogTerm } from '../ports/logSearch.ts';
import { type TraceInput, reasonOf, type SourceNotes } from './traceInput.ts';
import { isCausedByMessage } from './handlings.ts';
import { timeOfUlid } from './ulid.ts';

/** Two processes' clocks may differ by this, with a first try before its commit. */
const EARLIER_MS = 5 * 60_000;
/** An order that was never placed cannot have records older than a queue's retention. */
const RETENTION_MS = 14 * 86_400_000;

type RecordSubject = Pick<TraceInput, 'orderId' | 'entries' | 'notices' | 'deadLetters'>;

type RecordSource = {
  readonly recordLog?: LogSearch | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly now: number;
};

/** Of the order, its chains and its messages: some records name no order, or a masked id. */
export const readRecords = async (
  subject: RecordSubject,
  { recordLog, signal, now }: RecordSource,
  { missing, notes }: SourceNotes,
): Promise<readonly LogLine[] | undefined> => {
  if (recordLog === undefined) {
    missing.push('the log records, which were not asked for');
    return undefined;
  }
  const terms = termsOf(subject);
  const from = searchFrom(subject, now);
  const found = await recordLog.find({ terms, from, ...(signal && { signal }) });
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
