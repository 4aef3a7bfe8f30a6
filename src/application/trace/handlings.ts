import { isCausedByMessage } from '../causes.ts';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../domain/deadLetter/events.ts';
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
  /** The commits in the order in which they were written. */
  readonly commits: readonly RecordedCommit[];
  /** Calls that proved nothing, lost leases and the like, by time. */
  readonly records: readonly LogLine[];
};

/** A receive while it is put together. */
type HandlingDraft = Omit<TracedHandling, 'start' | 'commits' | 'records'> & {
  readonly commits: RecordedCommit[];
  readonly records: LogLine[];
};

const QUEUES: readonly string[] = DEAD_LETTER_QUEUES;

const queueOf = ({ service }: LogLine): DeadLetterQueue =>
  service === 'notifications' ? 'notifications' : 'payments';

/**
 * Assigns commits and records to receives, by message, process and time. Where no record shows the
 * end of a receive, message and process name it.
 */
export const handlingsOf = ({
  entries,
  notices,
  records = [],
}: Pick<TraceInput, 'entries' | 'notices' | 'records'>): readonly TracedHandling[] => {
  const ended = records.filter(
    ({ event, messageId, service }) =>
      event === 'message.handled' && messageId !== undefined && QUEUES.includes(service),
  );
  const drafts = new Map<string, HandlingDraft>();
  const draftOf = (
    end: LogLine | undefined,
    { queue, messageId, by }: Pick<TracedHandling, 'queue' | 'messageId' | 'by'>,
  ): HandlingDraft => {
    const key = end?.id ?? `${queue} ${messageId} ${by ?? ''}`;
    const draft = drafts.get(key) ?? {
      key,
      queue,
      messageId,
      ...(end && { end }),
      ...(by === undefined ? {} : { by }),
      commits: [],
      records: [],
    };
    drafts.set(key, draft);
    return draft;
  };
  for (const end of ended) {
    draftOf(end, { queue: queueOf(end), messageId: end.messageId ?? '', by: end.logStream });
  }
  const addCommit = (queue: DeadLetterQueue, commit: RecordedCommit): void => {
    if (!isCausedByMessage(commit)) return;
    const by = writerOf(commit, records);
    const about = { queue, messageId: commit.causationId, ...(by === undefined ? {} : { by }) };
    draftOf(endOf(commit, by, ended), about).commits.push(commit);
  };
  for (const { commit } of entries) addCommit('payments', commit);
  for (const { commit } of notices.flatMap((notice) => notice.entries)) {
    addCommit('notifications', commit);
  }
  for (const record of records.filter(({ event }) => IN_HANDLING.has(event))) {
    const about = { queue: queueOf(record), messageId: messageOf(record), by: record.logStream };
    draftOf(endOfRecord(record, ended), about).records.push(record);
  }
  return [...drafts.values()].map((draft) => ({
    ...draft,
    start: Math.min(
      ...[...draft.records, ...(draft.end === undefined ? [] : [draft.end])].map(startOf),
      ...draft.commits.map(({ committedAt }) => committedAt),
    ),
  }));
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

/** The distance of a time to that receive; undefined where it cannot belong to it. */
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
  by: string | undefined,
  ended: readonly LogLine[],
): LogLine | undefined => {
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
