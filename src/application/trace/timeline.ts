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

/** 1 ingest, 2 consume, 3 pay, 4 notify, 5 observe. */
export type TimelinePhase = 1 | 2 | 3 | 4 | 5;

/** Something that happened, or a request without an answer. */
export type TimelineStep = {
  /** Milliseconds since the epoch, by the clock of the process that recorded it. */
  readonly at: number;
  readonly phase: TimelinePhase;
  readonly from: Party;
  /** The same as `from` where one participant acted alone. */
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
  /** The source that shows it. */
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

/** One order's whole life, the earliest first. */
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
