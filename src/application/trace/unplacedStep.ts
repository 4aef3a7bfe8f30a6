import type { TimelineStep, Timeline } from './timeline.ts';

/** A step before it has its place: its causes are known by name. */
export type UnplacedStep = Omit<TimelineStep, 'cause' | 'details'> & {
  readonly key: string;
  readonly cause?: string | undefined;
  /** Another step that comes before it, whatever the clocks say. */
  readonly after?: string | undefined;
  readonly details?: TimelineStep['details'];
};

/** How far the clocks contradict the order of the steps, at most. */
type OrderedSteps = Pick<Timeline, 'steps'> & { readonly skewMs: number };

/**
 * Causes before effects and a stream's versions one after the other, whatever the clocks say; by the clocks
 * where nothing else is known. Of a step that is named and is not there nothing is to be waited for.
 */
export const placeSteps = (unplaced: readonly UnplacedStep[]): OrderedSteps => {
  const keys = new Set(unplaced.map(({ key }) => key));
  const places = new Map<string, number>();
  const isFree = ({ cause, after }: UnplacedStep): boolean =>
    [cause, after].every((key) => key === undefined || !keys.has(key) || places.has(key));
  const pending = unplaced.toSorted((a, b) => a.at - b.at);
  const steps: TimelineStep[] = [];
  let [skewMs, latest] = [0, 0];
  while (pending.length > 0) {
    // Where steps waited for each other in a circle, which no log can hold, the earliest would go first.
    const next = Math.max(0, pending.findIndex(isFree));
    for (const { key, cause, after: _, details = {}, ...step } of pending.splice(next, 1)) {
      const place = cause === undefined ? undefined : places.get(cause);
      places.set(key, steps.length);
      steps.push({ ...step, ...(place === undefined ? {} : { cause: place }), details });
      skewMs = Math.max(skewMs, latest - step.at);
      latest = Math.max(latest, step.at);
    }
  }
  return { steps, skewMs };
};

/** Each caused by the one before it, the first by what went before them all. */
export const chainCauses = (
  steps: readonly UnplacedStep[],
  first: string | undefined,
): readonly UnplacedStep[] =>
  steps.map((step, index) => ({ ...step, cause: steps[index - 1]?.key ?? first }));
