/** The participants in an order's life, in the order of the five phases. */
export const PARTIES = [
  'client',
  'operator',
  'payments queue',
  'payment service',
  'gateway',
  'event log',
  'invoice table',
  'notifications queue',
  'notification service',
  'customer',
] as const;
export type Party = (typeof PARTIES)[number];

/** The phases: 1 ingest, 2 consume, 3 pay, 4 notify, 5 observe. */
export type TimelinePhase = 1 | 2 | 3 | 4 | 5;

/** The participants in the handling of a queue's messages, and the phases of its begin and end. */
export const SIDES = {
  payments: { queue: 'payments queue', service: 'payment service', begin: 2, end: 3 },
  notifications: {
    queue: 'notifications queue',
    service: 'notification service',
    begin: 2,
    end: 4,
  },
} as const;

export type TimelineStep = {
  /** Milliseconds since the epoch, by the clock of the process that recorded it. */
  readonly at: number;
  readonly phase: TimelinePhase;
  readonly from: Party;
  /** It is the same as `from` where one participant acted alone. */
  readonly to: Party;
  /**
   * `done`: it took place. `lost`: no answer came, and whether it took place is not known.
   * `refused`: somebody refused it. `waited`: nothing could be done yet, and it is retried.
   */
  readonly kind: 'done' | 'lost' | 'refused' | 'waited';
  /** One short line, such as `58.96 EUR captured as pi_3Px`. */
  readonly what: string;
  /** The process that acted, by the name of its log stream. */
  readonly by?: string;
  readonly messageId?: string;
  /** The number of the receive of its message, from 1. */
  readonly attempt?: number;
  /** The versions of the events behind it, in the order's stream or a notice's. */
  readonly versions?: readonly number[];
  /** The step that caused it, as an index into the timeline. */
  readonly cause?: number;
  readonly source: 'event' | 'record' | 'letter' | 'row';
  readonly details: Readonly<Record<string, string | number>>;
};

/** The cost of an order at list prices, in millionths of a US dollar. */
export type Cost = {
  readonly microUsd: number;
  readonly items: readonly {
    readonly what: string;
    readonly quantity: number;
    readonly unit: string;
    readonly microUsd: number;
  }[];
};

export type Timeline = {
  readonly orderId: string;
  readonly status: string;
  readonly steps: readonly TimelineStep[];
  readonly cost: Cost;
  /** Sources that were not read or did not answer: what they know is missing here. */
  readonly missing: readonly string[];
  /** Uncertainties about the steps, such as an order in time that two clocks contradict. */
  readonly notes: readonly string[];
};

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
