import { type TimelineStep, PARTIES, type Party } from '../../../application/trace/timeline.ts';

/** A life with no more steps is drawn in full. */
const STEPS_MAX = 60;

/**
 * The number of first steps of each kind that a longer life shows; it shows the last one as well.
 */
const ALIKE_MAX = 2;

/** The number of steps from the beginning, and from the end, if there are too many kinds. */
const ENDS_MAX = 60;

/** A smaller gap is drawn instead. */
const GAP_MIN = 3;

export type Drawn =
  | { readonly type: 'Step'; readonly step: TimelineStep; readonly index: number }
  | {
      readonly type: 'Skipped';
      readonly count: number;
      /** Whether each of them is like one that is drawn. */
      readonly alike: boolean;
      readonly from: number;
      readonly until: number;
    };

/**
 * Leaves repetitions out of a long life, and says how many. What happened only a few times stays.
 */
export const condense = (steps: readonly TimelineStep[]): readonly Drawn[] => {
  const all = steps.map((step, index) => ({ step, index }));
  if (steps.length <= STEPS_MAX) return all.map((at) => ({ type: 'Step', ...at }));
  const repeated = repeatedIn(steps);
  if (steps.length - repeated.size <= 2 * ENDS_MAX) return leaveOut(all, repeated, true);
  const middle = all.slice(ENDS_MAX, -ENDS_MAX).map(({ index }) => index);
  return leaveOut(all, new Set(middle), false);
};

type StepIndex = { readonly step: TimelineStep; readonly index: number };

const leaveOut = (
  places: readonly StepIndex[],
  skipped: ReadonlySet<number>,
  alike: boolean,
): readonly Drawn[] => {
  const runs: StepIndex[][] = [];
  for (const place of places) {
    const run = runs.at(-1);
    const [first] = run ?? [];
    if (run && first && skipped.has(first.index) === skipped.has(place.index)) run.push(place);
    else runs.push([place]);
  }
  return runs.flatMap((run): readonly Drawn[] => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last || run.length < GAP_MIN || !skipped.has(first.index)) {
      return run.map((place) => ({ type: 'Step', ...place }));
    }
    return [
      { type: 'Skipped', count: run.length, alike, from: first.step.at, until: last.step.at },
    ];
  });
};

/** The steps that are neither among the first of their kind nor the last. */
const repeatedIn = (steps: readonly TimelineStep[]): ReadonlySet<number> => {
  const byKind = Map.groupBy(steps.keys(), (index) => kindOf(steps[index]));
  return new Set([...byKind.values()].flatMap((indexes) => indexes.slice(ALIKE_MAX, -1)));
};

/**
 * The text of a step without ids, amounts and times, which are the words that have digits in them.
 */
const kindOf = (step: TimelineStep | undefined): string =>
  step === undefined
    ? ''
    : [step.phase, step.from, step.to, step.kind, step.what.replace(/\S*\d\S*/g, '#')].join('|');

/** The services of which several processes may work on one order. */
const SERVICES: readonly Party[] = ['payment service', 'notification service'];

/** More processes of one service share the lane of those that are not distinguished. */
const PROCESSES_MAX = 3;

/** The number of causes that are followed from a step to find out its process. */
const CAUSES_MAX = 20;

type Lanes = {
  readonly lanes: readonly string[];
  /** The lanes between which the step of that index happened. */
  readonly placeOf: (index: number) => { readonly from: number; readonly to: number };
};

/**
 * Makes one lane for each party that takes part, and one for each process if several of a service
 * did.
 */
export const createLanes = (steps: readonly TimelineStep[]): Lanes => {
  const processes = new Map<Party, readonly string[]>(
    SERVICES.map((service) => [service, processesOf(service, steps)]),
  );
  const nameOf = (party: Party, index: number): string => {
    const known = processes.get(party) ?? [];
    if (known.length < 2) return party;
    const number = known.indexOf(processAt(steps, party, index) ?? '') + 1;
    return number >= 1 && number <= PROCESSES_MAX ? `${party} ${number}` : otherOf(party, known);
  };
  const named = steps.map(({ from, to }, index) => ({
    from: nameOf(from, index),
    to: nameOf(to, index),
  }));
  const present = new Set(named.flatMap(({ from, to }) => [from, to]));
  const lanes = PARTIES.flatMap((party) => {
    const known = processes.get(party) ?? [];
    const numbered = known.slice(0, PROCESSES_MAX).map((_, at) => `${party} ${at + 1}`);
    return [party, ...numbered, otherOf(party, known)];
  }).filter((name, at, all) => present.has(name) && all.indexOf(name) === at);
  const placeOf = (index: number) => {
    const { from, to } = named[index] ?? { from: '', to: '' };
    return { from: lanes.indexOf(from), to: lanes.indexOf(to) };
  };
  return { lanes, placeOf };
};

/**
 * The lane of a step whose process is not known: it is not always written down, and never guessed.
 */
const otherOf = (party: Party, known: readonly string[]): string =>
  known.length > PROCESSES_MAX ? `${party}, others` : `${party}, unknown`;

const processesOf = (service: Party, steps: readonly TimelineStep[]): readonly string[] => [
  ...new Set(
    steps.flatMap(({ from, to, by }) =>
      by !== undefined && (from === service || to === service) ? [by] : [],
    ),
  ),
];

/** The process that wrote the step down, or otherwise the one that did what the step came from. */
const processAt = (
  steps: readonly TimelineStep[],
  service: Party,
  index: number,
): string | undefined => {
  let at: number | undefined = index;
  for (let hops = 0; at !== undefined && hops < CAUSES_MAX; hops += 1) {
    const step: TimelineStep | undefined = steps[at];
    if (step === undefined || (step.from !== service && step.to !== service)) return undefined;
    if (step.by !== undefined) return step.by;
    at = step.cause;
  }
  return undefined;
};
