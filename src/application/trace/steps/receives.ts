import type { LogLine } from '../../ports/logSearch.ts';
import { SIDES, type TimelineStep, type UnplacedStep } from '../timeline.ts';
import type { TracedHandling } from '../handlings.ts';
import { actorOf } from './commits.ts';
import { sendKey, type Message } from './messages.ts';

export const receiveKey = ({ key }: TracedHandling): string => `${key} receive`;
export const endKey = ({ key }: TracedHandling): string => `${key} end`;

/** The steps from the receive of a message to its end. `between` are the steps between the two. */
export const receiveSteps = (
  handling: TracedHandling,
  {
    message,
    between,
    hasRecords,
  }: {
    readonly message: Message;
    readonly between: readonly UnplacedStep[];
    readonly hasRecords: boolean;
  },
): readonly UnplacedStep[] => {
  const { queue, service, begin, end: endPhase } = SIDES[handling.queue];
  const { start, end } = handling;
  const before = message.handlings.findLast(
    (other) => other.start < start && other.end !== undefined && other.end.at <= start,
  );
  const who = actorOf(handling);
  const hasNoEnd = end === undefined && hasRecords;
  const received: UnplacedStep = {
    ...who,
    key: receiveKey(handling),
    at: start,
    phase: begin,
    from: queue,
    to: service,
    kind: hasNoEnd ? 'lost' : 'done',
    what: `${nth(end?.attempt)}${hasNoEnd ? ', and no record of how it ended' : ''}`,
    source: end === undefined ? 'event' : 'record',
    cause: before === undefined ? sendKey(message.id) : endKey(before),
  };
  if (end === undefined) return [received];
  const { kind, what } = endOf(end, handling.commits.length > 0);
  return [
    received,
    {
      ...who,
      key: endKey(handling),
      at: end.at,
      phase: endPhase,
      from: service,
      to: queue,
      kind,
      what,
      source: 'record',
      details: { durationMs: end.durationMs ?? 0, outcome: end.outcome ?? '', ...traceOf(end) },
      cause: between.at(-1)?.key ?? receiveKey(handling),
    },
  ];
};

const TRACE_ID = /^[0-9a-f]{32}$/;

/** The trace that shows its handling, where there was tracing. */
const traceOf = ({ facts: { trace_id = '' } = {} }: LogLine): TimelineStep['details'] =>
  typeof trace_id === 'string' && TRACE_ID.test(trace_id) ? { trace_id } : {};

const nth = (attempt: number | undefined): string =>
  attempt === undefined || attempt === 1 ? 'received' : `received again (${attempt})`;

const endOf = (end: LogLine, hasChanged: boolean): Pick<UnplacedStep, 'kind' | 'what'> => {
  const { outcome = '', facts = {} } = end;
  const { disposition, delayMs, settled } = facts;
  const notSettled =
    settled === 'LeaseLost' ? ', but its lease was lost' : ', but the queue did not do it';
  const isSettled = settled === undefined || settled === 'Settled';
  const suffix = isSettled ? '' : notSettled;
  const kind = (wanted: UnplacedStep['kind']): UnplacedStep['kind'] =>
    isSettled ? wanted : 'lost';
  if (disposition === 'Acknowledge') {
    const nothing = hasChanged ? '' : ', nothing changed';
    const wanted = outcome === 'refused' ? 'refused' : 'done';
    return { kind: kind(wanted), what: `${outcome}${nothing}, deleted${suffix}` };
  }
  if (disposition === 'DeadLetter') {
    const reason = String(facts['reason'] ?? outcome);
    return { kind: kind('refused'), what: `to the dead-letter queue: ${reason}${suffix}` };
  }
  const again = typeof delayMs === 'number' ? `, again in ${secondsOf(delayMs)}` : '';
  return { kind: kind('waited'), what: `${outcome}${whyOf(facts)}${again}${suffix}` };
};

const secondsOf = (ms: number): string =>
  ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;

/** The fact that holds the reason; its name depends on the failure. */
const whyOf = (facts: NonNullable<LogLine['facts']>): string => {
  const why = ['cause', 'why', 'reason', 'code'].flatMap((name) => facts[name] ?? [])[0];
  return why === undefined ? '' : ` (${String(why)})`;
};

/** Two processes that worked on this order at the same time. Each pair is shown once. */
export const raceSteps = (handlings: readonly TracedHandling[]): readonly UnplacedStep[] => {
  const sorted = handlings.toSorted((a, b) => a.start - b.start);
  return sorted.flatMap((later, index): readonly UnplacedStep[] => {
    const endOfLater = later.end?.at;
    const earlier = sorted
      .slice(0, index)
      .find(
        ({ queue, by, end }) =>
          queue === later.queue && by !== later.by && end !== undefined && end.at > later.start,
      );
    if (earlier?.end === undefined || endOfLater === undefined) return [];
    const { service, begin } = SIDES[later.queue];
    const overlapMs = Math.min(earlier.end.at, endOfLater) - later.start;
    const isSame = earlier.messageId === later.messageId;
    const of = isSame ? 'the same message' : 'two messages of this order';
    return [
      {
        key: `${later.key} race`,
        at: later.start,
        phase: begin,
        from: service,
        to: service,
        kind: 'done',
        what:
          `two processes on ${of} for ${secondsOf(overlapMs)}: ` +
          `${earlier.by ?? ''}, ${later.by ?? ''}`,
        source: 'record',
        cause: receiveKey(later),
      },
    ];
  });
};
