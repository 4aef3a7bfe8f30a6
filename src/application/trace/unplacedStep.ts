import type { TimelineStep, Timeline } from './timeline.ts';

/** A step without its place in the timeline: it names its causes by key. */
export type UnplacedStep = Omit<TimelineStep, 'cause' | 'details'> & {
  readonly key: string;
  readonly cause?: string | undefined;
  /** Another step that comes before it, whatever the clocks say. */
  readonly after?: string | undefined;
  readonly details?: TimelineStep['details'];
};

/** `skewMs`: the maximum by which the clocks contradict the order of the steps. */
type OrderedSteps = Pick<Timeline, 'steps'> & { readonly skewMs: number };

/**
 * Places causes before effects and a stream's versions in order, whatever the clocks say; otherwise
 * the clocks decide. A step does not wait for a key that no step has.
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
    // If steps waited for each other in a circle, which no log can hold, the earliest would go
    // first.
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

/** Each step is caused by the one before it, and the first by `first`. */
export const chainCauses = (
  steps: readonly UnplacedStep[],
  first: string | undefined,
): readonly UnplacedStep[] =>
  steps.map((step, index) => ({ ...step, cause: steps[index - 1]?.key ?? first }));
