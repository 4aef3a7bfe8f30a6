import type { ReceivedMessage } from '../../src/application/ports/messageQueue.ts';
import { ALWAYS, type Task } from './tasks.ts';
import type { Handled, Line } from './journal.ts';
import type { End } from './workers.ts';

export type Evidence = {
  readonly tasks: readonly Task[];
  readonly journals: ReadonlyMap<string, readonly Line[]>;
  readonly ends: readonly End[];
  readonly deadLetters: readonly ReceivedMessage[];
};

export type Verdict = {
  readonly numbers: Readonly<Record<string, number>>;
  /** Everything that is not as it must be, in words; empty if all is well. */
  readonly faults: readonly string[];
};

type Seen = Handled & { readonly journal: string };

/** Holds what happened against what was planned. */
export const judge = ({ tasks, journals, ends, deadLetters }: Evidence): Verdict => {
  const faults: string[] = [];
  const seen = seenByNumber(journals);
  const starts = startsByNumber(journals);
  const copies = Map.groupBy(deadLetters, ({ body }) => (JSON.parse(body) as Task).number);
  const undrained = new Set(ends.filter(({ code }) => code !== 0).map(({ journal }) => journal));
  const lost = leasesLost(journals);
  let doneTwice = 0;
  let copiedTwice = 0;

  for (const { number, fate, amount } of tasks) {
    const handled = seen.get(number) ?? [];
    const dead = copies.get(number) ?? [];
    const reasons = dead.map(({ attributes }) => attributes['Reason'] ?? 'none');
    const message =
      `${fate} ${number} (${handled.map(({ result }) => result).join()}; ` +
      `started: ${starts.get(number)?.join() ?? ''}; dead: ${reasons.join()})`;
    // What a process did whose settling may not have reached the queue; only such a thing may be
    // repeated.
    const excused = handled.filter(
      ({ journal, messageId }) => undrained.has(journal) || lost.has(`${journal} ${messageId}`),
    );
    if (fate === 'poison') {
      const expected = `MalformedMessage; poison ${number}`;
      if (dead.length === 0 || reasons.some((reason) => reason !== expected)) {
        faults.push(`not in the dead-letter queue with its reason: ${message}`);
      }
      if (dead.length > 1) copiedTwice += 1;
      if (dead.length > 1 + excused.length) faults.push(`copied again without cause: ${message}`);
    } else if (amount === ALWAYS) {
      if (dead.length !== 1 || reasons[0] !== 'none') {
        faults.push(`not moved once by the redrive policy: ${message}`);
      }
      if (handled.some(({ result }) => result !== 'crash')) faults.push(`survived: ${message}`);
    } else {
      const done = handled.filter(({ result }) => result === 'done').length;
      if (done === 0 || dead.length > 0) faults.push(`not done: ${message}`);
      if (done > 1) doneTwice += 1;
      if (done > 1 + excused.length) faults.push(`done again without cause: ${message}`);
    }
  }
  return {
    numbers: {
      handled: [...seen.values()].flat().length,
      doneTwice,
      copiedTwice,
      leasesLost: lost.size,
    },
    faults: [
      ...faults,
      ...ends.flatMap((end) => faultsOfEnd(end, journals.get(end.journal) ?? [])),
    ],
  };
};

const seenByNumber = (journals: Evidence['journals']): ReadonlyMap<number, readonly Seen[]> =>
  Map.groupBy(
    [...journals].flatMap(([journal, lines]) =>
      lines.filter((line) => line.kind === 'handled').map((line) => ({ ...line, journal })),
    ),
    ({ number }) => number,
  );

/** In which process each was started, at which receive. */
const startsByNumber = (journals: Evidence['journals']): ReadonlyMap<number, readonly string[]> => {
  const starts = new Map<number, string[]>();
  for (const [journal, lines] of journals) {
    for (const line of lines) {
      if (line.kind !== 'started') continue;
      const start = `${line.receive} in ${journal}`;
      starts.set(line.number, [...(starts.get(line.number) ?? []), start]);
    }
  }
  return starts;
};

const leasesLost = (journals: Evidence['journals']): ReadonlySet<string> =>
  new Set(
    [...journals].flatMap(([journal, lines]) =>
      lines
        .filter((line) => line.kind === 'leaseLost')
        .map(({ messageId }) => `${journal} ${messageId}`),
    ),
  );

/**
 * A process ends as it was asked to, with a clean report if it was asked to drain, or by a message
 * that kills it.
 */
const faultsOfEnd = ({ journal, asked, signal, code }: End, lines: readonly Line[]): string[] => {
  const crashed = lines.some((line) => line.kind === 'handled' && line.result === 'crash');
  if (signal === 'SIGKILL' && (crashed || asked === 'SIGKILL')) return [];
  const drained = lines.find((line) => line.kind === 'drained')?.report;
  if (asked !== 'SIGTERM' || code !== 0 || drained === undefined) {
    return [`the worker of ${journal} ended by itself: code ${code}, signal ${signal}`];
  }
  const { abandoned, pollsCut } = drained;
  return abandoned + pollsCut === 0 ? [] : [`unclean drain: ${journal} ${JSON.stringify(drained)}`];
};
