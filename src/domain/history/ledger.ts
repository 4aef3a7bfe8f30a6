import type { EventData, StreamEvent } from '../order/index.ts';
import type { AllocatedNumber } from '../series/index.ts';

/** What is left of a line of the invoice, and of each of its taxes. */
export type LineBalance = { net: number; taxes: number[] };

export type RefundEntry = {
  readonly asked: Pick<
    EventData['RefundRequested'],
    'amountMinor' | 'currency' | 'lines' | 'roundingMinor' | 'prepaidMinor'
  > & {
    /** Absent where nobody here asked for it. */
    readonly body?: string;
  };
  is: 'open' | 'review' | 'done' | 'failed';
};

/** Where an order stands, written down in another way than the product does it. */
export type OrderLedger = {
  total?: number;
  currency: string;
  asked?: EventData['PaymentRequested'];
  verified?: EventData['PaymentVerified'] | undefined;
  payment: 'none' | 'open' | 'review' | 'captured' | 'declined' | 'failed';
  isCancellationRequested: boolean;
  hasEnded: boolean;
  /** The event that must come next, in the same commit. */
  requiredNext: string | undefined;
  rows: LineBalance[];
  /** What was prepaid and has not gone back, nor is about to. */
  prepaid: number;
  refunds: Map<string, RefundEntry>;
  /** Refunds that were answered with no: such an id never runs (I15). */
  rejected: Set<string>;
  /** What a person decided, by its subject: a client may call a refund anything, also `payment`. */
  resolved: Set<'payment' | `refund#${string}`>;
  /** Requests whose sending was stopped, and whether somebody claimed to send them again (R12). */
  claims: Map<string, 'stopped' | 'claimed'>;
};

export const openLedger = (): OrderLedger => ({
  currency: '',
  requiredNext: undefined,
  payment: 'none',
  isCancellationRequested: false,
  hasEnded: false,
  rows: [],
  prepaid: 0,
  refunds: new Map(),
  rejected: new Set(),
  resolved: new Set(),
  claims: new Map(),
});

export const isPaymentOpen = ({ payment }: OrderLedger): boolean =>
  payment === 'open' || payment === 'review';

export const isRefundOpen = (refund: RefundEntry | undefined): boolean =>
  refund?.is === 'open' || refund?.is === 'review';

export const balanceOf = ({ payment, total = 0, refunds }: OrderLedger) => {
  const sum = (...states: readonly RefundEntry['is'][]) =>
    [...refunds.values()].reduce(
      (all, { is, asked }) => all + (states.includes(is) ? asked.amountMinor : 0),
      0,
    );
  return {
    captured: payment === 'captured' ? total : 0,
    refunded: sum('done'),
    pending: sum('open', 'review'),
  };
};

export type DataOf<T> = Extract<StreamEvent, { readonly type: T }>['data'];

/** Enters an event in the ledger, or says why it may not stand here. */
export type EventRule<D> = (ledger: OrderLedger, data: D, closeMs: number) => string | undefined;

export type EventRules<T> = {
  readonly [K in Extract<StreamEvent['type'], T>]: EventRule<DataOf<K>>;
};

/** A condition that has to hold, and what is said of an event under which it does not. */
type Condition = readonly [holds: boolean, otherwise: string];

/** The reason of the first condition that does not hold; undefined where all of them do. */
export const violationOf = (...conditions: readonly Condition[]): string | undefined =>
  conditions.find(([holds]) => !holds)?.[1];

export const hasNumber = ({
  number,
  label,
}: Pick<AllocatedNumber, 'number'> & { readonly label: string }): boolean =>
  number > 0 && label !== '';
