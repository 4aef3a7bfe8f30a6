import { PARTIES, type Party, type TimelineStep } from '../../../application/trace/timeline.ts';

/** The services of which several processes may work on one order. */
const SERVICES: readonly Party[] = ['payment service', 'notification service'];

/** More processes of one service share the lane of those that are not told apart. */
const PROCESSES_MAX = 3;

/** As far as a step's cause is followed, to find out which process it was. */
const CAUSES_MAX = 20;

export type Lanes = {
  readonly lanes: readonly string[];
  /** Between which lanes the step of that index happened. */
  readonly placeOf: (index: number) => { readonly from: number; readonly to: number };
};

/** One lane for each party that takes part, and one for each process where several of a service did. */
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

/** Of which process a step was is not always written down, and is never guessed. */
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
