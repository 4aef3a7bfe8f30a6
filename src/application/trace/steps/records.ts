import type { LogLine } from '../../ports/logSearch.ts';
import type { TraceInput } from '../traceInput.ts';
import { SIDES, type UnplacedStep, type Party } from '../timeline.ts';
import type { TracedHandling } from '../handlings.ts';
import { actorOf, commitKey } from './commits.ts';

/** A call that proved nothing, or a problem with the queue, during the handling. */
export const recordStep = (record: LogLine, handling: TracedHandling): UnplacedStep => {
  const { id: key, at, event, outcome = '', durationMs = 0, facts = {} } = record;
  const { queue: to, service: from } = SIDES[handling.queue];
  const base = { key, from, source: 'record', ...actorOf(handling), by: record.logStream } as const;
  if (event !== 'gateway.unproven') {
    const phase = handling.queue === 'payments' ? 2 : 4;
    const what = `${event}: ${outcome}`;
    return { ...base, at, phase, to, kind: 'lost', what };
  }
  const { call = 'call', subject = '', cause } = facts;
  const { kind, words } = UNPROVEN[outcome] ?? { kind: 'lost', words: outcome };
  const why = cause === undefined ? '' : ` (${cause})`;
  return {
    ...base,
    // The time of the request.
    at: at - durationMs,
    phase: 3,
    to: 'gateway',
    kind,
    what: `${call} of ${subject}: ${words}${why}`,
    details: { durationMs },
  };
};

const UNPROVEN: Readonly<
  Record<string, { readonly kind: UnplacedStep['kind']; readonly words: string }>
> = {
  Unknown: { kind: 'lost', words: 'outcome unknown' },
  NotExecuted: { kind: 'refused', words: 'not executed' },
  Absent: { kind: 'done', words: 'nothing there, which proves nothing yet' },
};

const SERVICES: Readonly<Record<string, { readonly service: Party }>> = SIDES;

/** All other records of this order. Repeated records are shown once. */
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
    const party = SERVICES[service]?.service ?? 'operator';
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
