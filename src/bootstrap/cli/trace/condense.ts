import type { TimelineStep } from '../../../application/trace/timeline.ts';

/** A life with no more steps is drawn in full. */
const STEPS_MAX = 60;

/** Of each kind of step in a longer life: so many of the first, and the last. */
const ALIKE_MAX = 2;

/** Where there are too many kinds: as many steps from the beginning, and from the end. */
const ENDS_MAX = 60;

/** What would leave a smaller gap is drawn instead. */
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

/** Leaves repetitions out of a long life, and says how many. What happened only a few times stays. */
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

/** Neither among the first of their kind nor the last. */
const repeatedIn = (steps: readonly TimelineStep[]): ReadonlySet<number> => {
  const byKind = Map.groupBy(steps.keys(), (index) => kindOf(steps[index]));
  return new Set([...byKind.values()].flatMap((indexes) => indexes.slice(ALIKE_MAX, -1)));
};

/** The same but for ids, amounts and times: for words that have digits in them. */
const kindOf = (step: TimelineStep | undefined): string =>
  step === undefined
    ? ''
    : [step.phase, step.from, step.to, step.kind, step.what.replace(/\S*\d\S*/g, '#')].join('|');
