import type { LogLine } from '../../ports/logSearch.ts';
import type { TraceInput } from '../traceInput.ts';
import type { UnplacedStep } from '../unplacedStep.ts';
import { commitKey } from './commits.ts';
import { sendKey, type Message } from './messages.ts';
import type { Party } from '../timeline.ts';

/** The dead letters as they lie there now. */
export const deadLetterSteps = (
  messages: readonly Message[],
  lastOf: (message: Message) => string | undefined,
): readonly UnplacedStep[] =>
  messages.flatMap((message) =>
    message.letters.map((deadLetter): UnplacedStep => {
      const { messageId, queue, command = 'a message', reason, sentAt, receives } = deadLetter;
      const { codeVersion } = deadLetter;
      return {
        key: `letter ${messageId}`,
        at: sentAt,
        phase: 5,
        from: queue === 'payments' ? 'payments queue' : 'notifications queue',
        to: 'operator',
        kind: 'refused',
        what: `${command} lies in the dead-letter queue: ${reason}`,
        messageId,
        source: 'letter',
        details: {
          receives,
          // As a name with an @ in it, it would be taken for a mail address.
          ...(codeVersion === undefined ? {} : { codeVersion: codeVersion.replace('@', ' ') }),
        },
        cause: lastOf(message) ?? sendKey(message.id),
      };
    }),
  );

/** The row as it is now: what wrote it last bears no time of its own, so that its version's commit lends it one. */
export const rowSteps = ({ row, entries }: TraceInput): readonly UnplacedStep[] => {
  if (row === undefined) return [];
  const written = entries.findLast(({ commit }) => commit.version <= row.version);
  if (written === undefined) return [];
  return [
    {
      key: 'row',
      at: written.commit.committedAt,
      phase: 3,
      from: 'payment service',
      to: 'invoice table',
      kind: 'done',
      what: `row of version ${row.version}`,
      source: 'row',
      cause: commitKey(written.commit),
    },
  ];
};

const SERVICES: Readonly<Record<string, Party>> = {
  payments: 'payment service',
  notifications: 'notification service',
};

/** Everything else that was said of this order. What is said again and again is told once. */
export const recordSteps = (
  records: readonly LogLine[],
  { entries }: TraceInput,
): readonly UnplacedStep[] => {
  const groups = Map.groupBy(records, ({ event, outcome, service }) =>
    [service, event, outcome].join(' '),
  );
  return [...groups.values()].flatMap(([first, ...more]): readonly UnplacedStep[] => {
    if (first === undefined) return [];
    const { id, at, event, outcome, service, logStream } = first;
    const party = SERVICES[service] ?? 'operator';
    const before = entries.findLast(({ commit }) => commit.committedAt <= at);
    const last = more.at(-1);
    return [
      {
        key: id,
        at,
        phase: 5,
        from: party,
        to: party,
        kind: 'done',
        what: [
          `${service}: ${event}${outcome === undefined ? '' : ` (${outcome})`}`,
          ...(last === undefined ? [] : [`${more.length + 1} times`]),
        ].join(', '),
        by: logStream,
        source: 'record',
        details: last === undefined ? {} : { until: new Date(last.at).toISOString() },
        cause: before && commitKey(before.commit),
      },
    ];
  });
};
