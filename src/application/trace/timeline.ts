/** Who takes part in an order's life, in the order of the five phases. */
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

/** One thing that happened, or that is known not to have been answered. */
export type TimelineStep = {
  /** Milliseconds since the epoch, by the clock of whoever wrote it down. */
  readonly at: number;
  readonly phase: TimelinePhase;
  readonly from: Party;
  /** The same as `from` where somebody did it alone. */
  readonly to: Party;
  /**
   * `done`: it took place. `lost`: no answer came, and whether it took place is not known. `refused`: somebody
   * said no. `waited`: nothing could be done yet, and it comes again.
   */
  readonly kind: 'done' | 'lost' | 'refused' | 'waited';
  /** In one short line, such as `58.96 EUR captured as pi_3Px`. */
  readonly what: string;
  /** The process that did it, as its log stream is called. */
  readonly by?: string;
  readonly messageId?: string;
  /** Which receive of its message this was, from 1. */
  readonly attempt?: number;
  /** Of the events that say so, in the order's stream or a notice's. */
  readonly versions?: readonly number[];
  /** The step that it came from, as an index into the timeline. */
  readonly cause?: number;
  /** Where this is known from. */
  readonly source: 'event' | 'record' | 'letter' | 'row';
  readonly details: Readonly<Record<string, string | number>>;
};

/** What an order has cost at list prices, in millionths of a US dollar. */
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
  /** Sources that were not asked or did not answer: what they know is not here. */
  readonly missing: readonly string[];
  /** What is not certain about the steps, such as an order in time that two clocks contradict. */
  readonly notes: readonly string[];
};
