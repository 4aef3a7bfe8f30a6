import type { SentOrder } from '../../domain/order/index.ts';

/** Anything that happens to an order on its way, beyond being sent once. */
export type Fate =
  | 'plain'
  /** Its message arrives twice at the same moment, and once more when it is settled. */
  | 'delivered three times'
  /** The gateway charges, and its answer never arrives. */
  | 'answer lost'
  /** The worker is killed while the gateway is charging it. */
  | 'worker killed'
  /** A cancel arrives while the gateway is charging it. */
  | 'cancelled'
  /** One piece of its first line is refunded when it is paid. */
  | 'refunded'
  /** Its bank settles the payment later, and the gateway calls it under way until then. */
  | 'settled later'
  /** Its customer disputes the payment with the bank, and wins. */
  | 'charged back'
  /** A part of it is refunded in the gateway's dashboard, when it is paid. */
  | 'refunded at the gateway';

/** The facts that the stores hold of an order in the end. */
export type Outcome = {
  /** The status of the order; for a declined one, with the gateway's code. */
  readonly outcome: string;
  /** The amounts that the gateway's own ledger has charged and refunded. */
  readonly charged: string;
  readonly refunded: string;
  /** The invoice and its credit notes. */
  readonly documents: number;
  /** Each mail counts once, as the mail sandbox has it. */
  readonly mail: readonly string[];
  /** The outcomes of the order's messages, by the records of the payment service. */
  readonly handled: readonly string[];
};

export type Act = {
  readonly order: SentOrder;
  /** Says in some words what of its shop's it shows; empty if its fate says all. */
  readonly shows: string;
  readonly fate: Fate;
  /** This is written down by hand, so that nothing that is proven here calculates it. */
  readonly expected: Outcome;
};

/** The outcome that is expected if nothing more is said. */
export const PAID = {
  outcome: 'paid',
  refunded: '',
  documents: 1,
  mail: ['received', 'receipt'],
  handled: ['paid'],
} as const;
