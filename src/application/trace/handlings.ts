import type { DeadLetterQueue } from '../../domain/deadLetter/index.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import type { LogLine } from '../ports/logSearch.ts';
import type { TraceInput } from './traceInput.ts';

/** One receive of one message by one process, as far as the sources show it. */
export type TracedHandling = {
  readonly key: string;
  readonly queue: DeadLetterQueue;
  readonly messageId: string;
  readonly start: number;
  /** Without this record the process died, still runs, or its records are not available. */
  readonly end?: LogLine;
  readonly by?: string;
  /** In the order in which they were written. */
  readonly commits: readonly RecordedCommit[];
  /** Calls that proved nothing, lost leases and the like, by time. */
  readonly records: readonly LogLine[];
};

/** Causes that are no messages: a person or another process acted. */
const NON_MESSAGE_CAUSES: ReadonlySet<string> = new Set(['person', 'reconciler', 'clerk']);

export const isCausedByMessage = ({ causationId }: { readonly causationId: string }): boolean =>
  !NON_MESSAGE_CAUSES.has(causationId);

type HandlingSource = Pick<TraceInput, 'entries' | 'notices' | 'records'>;

const QUEUES: readonly string[] = [
  'payments',
  'notifications',
] satisfies readonly DeadLetterQueue[];

/** Assigns commits and records to receives, by message, process and time. */
export const handlingsOf = ({
  entries,
  notices,
  records = [],
}: HandlingSource): readonly TracedHandling[] => {
  const ended = records.filter(
    ({ event, messageId, service }) =>
      event === 'message.handled' && messageId !== undefined && QUEUES.includes(service),
  );
  const commits = [
    ...entries.map(({ commit }) => ({ commit, queue: 'payments' as const })),
    ...notices.flatMap((notice) =>
      notice.entries.map(({ commit }) => ({ commit, queue: 'notifications' as const })),
    ),
  ].filter(({ commit }) => isCausedByMessage(commit));
  const handledCommits = commits.map((each) => ({
    ...each,
    end: endOf(each.commit, ended, records),
  }));
  const handlingRecords = records
    .filter(({ event }) => IN_HANDLING.has(event))
    .map((record) => ({ record, end: endOfRecord(record, ended) }));

  const known = ended.map((end): TracedHandling => {
    const { id, messageId = '', service, at, durationMs = 0, logStream } = end;
    const commitsOfIt = handledCommits.flatMap((each) => (each.end === end ? [each.commit] : []));
    const recordsOfIt = handlingRecords.flatMap((each) => (each.end === end ? [each.record] : []));
    return {
      key: id,
      queue: service === 'payments' ? 'payments' : 'notifications',
      messageId,
      start: Math.min(
        at - durationMs,
        ...commitsOfIt.map(({ committedAt }) => committedAt),
        ...recordsOfIt.map(startOf),
      ),
      end,
      by: logStream,
      commits: commitsOfIt,
      records: recordsOfIt,
    };
  });
  return [...known, ...handlingsWithoutEnd({ handledCommits, handlingRecords, records })];
};

const startOf = ({ at, durationMs = 0 }: LogLine): number => at - durationMs;

/** Records that are written while a message is handled, and are steps of their own. */
const IN_HANDLING: ReadonlySet<string> = new Set([
  'gateway.unproven',
  'lease.lost',
  'message.delete_failed',
  'message.release_failed',
  'message.given_up',
  'message.dead_letter_failed',
  'message.dead_letter_superfluous',
]);

/**
 * The record of an end is written once the queue has accepted it, but its duration is the handler's
 * alone: this much may lie between the two. It is less than the time that a dead process's message
 * stays hidden.
 */
const SETTLING_MS = 5_000;

/** How long a time lies before that receive; undefined where it cannot belong to it. */
const distanceOf = (end: LogLine, time: number): number | undefined => {
  const before = Math.max(0, startOf(end) - time);
  return before <= SETTLING_MS && time <= end.at ? before : undefined;
};

/** The best fit among the possible receives; of two equal ones the first to end. */
const bestOf = (ended: readonly LogLine[], time: number): LogLine | undefined =>
  ended
    .flatMap((end) => {
      const distance = distanceOf(end, time);
      return distance === undefined ? [] : [{ end, distance }];
    })
    .toSorted((a, b) => a.distance - b.distance || a.end.at - b.end.at)[0]?.end;

/** A commit lies within its receive. Where two are possible, its record decides. */
const endOf = (
  commit: RecordedCommit,
  ended: readonly LogLine[],
  records: readonly LogLine[],
): LogLine | undefined => {
  const by = writerOf(commit, records);
  const possible = ended.filter(
    ({ messageId, logStream }) =>
      messageId === commit.causationId && (by === undefined || logStream === by),
  );
  return bestOf(possible, commit.committedAt);
};

const writerOf = (
  { causationId, committedAt, events }: RecordedCommit,
  records: readonly LogLine[],
): string | undefined => {
  const types = events.map(({ type }) => type).join('+');
  return records
    .filter(
      ({ event, causationId: cause, outcome, at }) =>
        event === 'order.committed' &&
        cause === causationId &&
        outcome === types &&
        at >= committedAt,
    )
    .toSorted((a, b) => a.at - b.at)[0]?.logStream;
};

const messageOf = ({ event, messageId, causationId = '' }: LogLine): string =>
  event === 'gateway.unproven' ? causationId : (messageId ?? '');

const endOfRecord = (record: LogLine, ended: readonly LogLine[]): LogLine | undefined => {
  const possible = ended.filter(({ messageId, logStream, attempt }) => {
    const isSame = messageId === messageOf(record) && logStream === record.logStream;
    return isSame && (record.attempt === undefined || record.attempt === attempt);
  });
  return bestOf(possible, startOf(record));
};

type HandledCommit = {
  readonly commit: RecordedCommit;
  readonly queue: DeadLetterQueue;
  readonly end: LogLine | undefined;
};
type HandlingRecord = { readonly record: LogLine; readonly end: LogLine | undefined };

/** Receives of which no record shows the end, by message and process. */
const handlingsWithoutEnd = ({
  handledCommits,
  handlingRecords,
  records,
}: {
  readonly handledCommits: readonly HandledCommit[];
  readonly handlingRecords: readonly HandlingRecord[];
  readonly records: readonly LogLine[];
}): readonly TracedHandling[] => {
  const handlings = new Map<string, TracedHandling>();
  const add = (key: string, part: Omit<TracedHandling, 'key'>): void => {
    const { start, commits, records: more } = part;
    const before = handlings.get(key);
    handlings.set(key, {
      ...(before ?? part),
      key,
      start: Math.min(before?.start ?? start, start),
      commits: [...(before?.commits ?? []), ...commits],
      records: [...(before?.records ?? []), ...more],
    });
  };
  for (const { commit, queue, end } of handledCommits) {
    if (end !== undefined) continue;
    const { causationId: messageId, committedAt: start } = commit;
    const by = writerOf(commit, records);
    const common = { queue, messageId, start, records: [], ...(by === undefined ? {} : { by }) };
    add(`${queue} ${messageId} ${by ?? ''}`, { ...common, commits: [commit] });
  }
  for (const { record, end } of handlingRecords) {
    if (end !== undefined) continue;
    const messageId = messageOf(record);
    const queue = record.service === 'notifications' ? 'notifications' : 'payments';
    const start = startOf(record);
    const common = { queue, messageId, start, by: record.logStream, commits: [] } as const;
    add(`${queue} ${messageId} ${record.logStream}`, { ...common, records: [record] });
  }
  return [...handlings.values()];
};
