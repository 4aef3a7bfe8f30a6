import type { Dispute, EventData, StreamEvent } from '../order/index.ts';
import type { AllocatedNumber } from '../series/index.ts';

/** The rest of a line of the invoice, and of each of its taxes. */
export type LineBalance = { net: number; taxes: number[] };

export type RefundEntry = {
  readonly asked: Pick<
    EventData['RefundRequested'],
    'amountMinor' | 'currency' | 'lines' | 'roundingMinor' | 'prepaidMinor'
  > & {
    /** Absent where nobody here asked for it. */
    readonly body?: string;
  };
  is: 'open' | 'review' | 'done' | 'failed' | 'returned';
  /** The gateway calls it under way (R19). */
  isPending?: boolean;
  /** The gateway's name of it, once it was made. */
  reference?: string;
  /** For a refund that came back: a person has decided, and has named the refund in its place. */
  isDecided?: boolean;
  madeAgainAs?: string | undefined;
};

/** A dispute; the sums are in minor units. */
export type DisputeEntry = {
  stage: Dispute['stage'];
  is: 'open' | NonNullable<Dispute['verdict']>;
  withdrawn: number;
  reinstated: number;
};

/** The standing of an order, calculated in another way than the product does it. */
export type OrderLedger = {
  total?: number;
  currency: string;
  asked?: EventData['PaymentRequested'];
  verified?: EventData['PaymentVerified'] | undefined;
  payment: 'none' | 'open' | 'review' | 'captured' | 'declined' | 'failed';
  /** Whether the gateway calls the current attempt under way (R19). */
  isPending?: boolean;
  /** Whether the customer is to authenticate the current attempt (R24). */
  authentication?: 'asked' | 'awaited' | undefined;
  isCancellationRequested: boolean;
  hasEnded: boolean;
  /** The event that must come next, in the same commit. */
  requiredNext: string | undefined;
  rows: LineBalance[];
  /** The prepaid amount that has not gone back, and is not about to. */
  prepaid: number;
  refunds: Map<string, RefundEntry>;
  disputes: Map<string, DisputeEntry>;
  /** Refunds that were answered with no: such an id never runs (I15). */
  rejected: Set<string>;
  /**
   * The decisions of people by their subject. A client may choose any refund id, also `payment`.
   */
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
  disputes: new Map(),
  rejected: new Set(),
  resolved: new Set(),
  claims: new Map(),
});

export const isPaymentOpen = ({ payment }: OrderLedger): boolean =>
  payment === 'open' || payment === 'review';

export const isRefundOpen = (refund: RefundEntry | undefined): boolean =>
  refund?.is === 'open' || refund?.is === 'review';

export const isDisputed = ({ disputes }: OrderLedger): boolean =>
  [...disputes.values()].some(({ is }) => is === 'open');

export const balanceOf = ({ payment, total = 0, refunds, disputes }: OrderLedger) => {
  const sum = (...states: readonly RefundEntry['is'][]) =>
    [...refunds.values()].reduce(
      (all, { is, asked }) => all + (states.includes(is) ? asked.amountMinor : 0),
      0,
    );
  return {
    captured: payment === 'captured' ? total : 0,
    // One that came back is credited: its amount is not free again (R21).
    refunded: sum('done', 'returned'),
    pending: sum('open', 'review'),
    // The money of a dispute that was won is on its way (hole 31).
    gone: [...disputes.values()].reduce(
      (all, { is, withdrawn, reinstated }) => all + (is === 'won' ? 0 : withdrawn - reinstated),
      0,
    ),
  };
};

export type DataOf<T> = Extract<StreamEvent, { readonly type: T }>['data'];

/** Enters an event in the ledger, or says why it may not stand here. */
export type EventRule<D> = (ledger: OrderLedger, data: D, closeMs: number) => string | undefined;

export type EventRules<T> = {
  readonly [K in Extract<StreamEvent['type'], T>]: EventRule<DataOf<K>>;
};

/** A condition that has to hold, and the message for an event under which it does not. */
type Condition = readonly [holds: boolean, otherwise: string];

/** The reason of the first condition that does not hold; undefined where all of them do. */
export const violationOf = (...conditions: readonly Condition[]): string | undefined =>
  conditions.find(([holds]) => !holds)?.[1];

export const hasNumber = ({
  number,
  label,
}: Pick<AllocatedNumber, 'number'> & { readonly label: string }): boolean =>
  number > 0 && label !== '';
