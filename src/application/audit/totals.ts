import * as Order from '../../domain/order/index.ts';
import { numberedIn } from '../../domain/series/index.ts';
import type { ScannedStream } from '../log/scanStreams.ts';
import { eventsOf, orderIn, seriesIn } from './decodedStreams.ts';

/** Sums in minor units of one currency. */
export type AuditSums = {
  readonly captured: number;
  readonly refunded: number;
  /** The sum of refunds that have come back, so that the gateway holds it again. */
  readonly returned: number;
  /** The sums that disputes took, and that came back. */
  readonly withdrawn: number;
  readonly reinstated: number;
  readonly invoiced: number;
  readonly credited: number;
};

export const NO_SUMS: AuditSums = {
  captured: 0,
  refunded: 0,
  returned: 0,
  withdrawn: 0,
  reinstated: 0,
  invoiced: 0,
  credited: 0,
};

export type AuditTotals = {
  readonly streams: number;
  readonly orders: Readonly<Record<string, number>>;
  readonly sums: Readonly<Record<string, AuditSums>>;
  /** The number of open disputes, and of those that ended with each verdict. */
  readonly disputes: Readonly<Record<string, number>>;
  /** The number of numbers that each series has allocated. */
  readonly numbers: Readonly<Record<string, number>>;
};

/**
 * Adds the money that an event moved, or that it documents. The sums come from the events and not
 * from the fold. Refunds that came back are left out: their event names no amount.
 */
export const addEvent = (sums: AuditSums, event: Order.StreamEvent): AuditSums => {
  switch (event.type) {
    case 'PaymentCaptured':
      return { ...sums, captured: sums.captured + event.data.amountMinor };
    case 'RefundSucceeded':
    case 'RefundAdopted':
      return { ...sums, refunded: sums.refunded + event.data.amountMinor };
    case 'DisputeFundsWithdrawn':
      return { ...sums, withdrawn: sums.withdrawn + event.data.amountMinor };
    case 'DisputeFundsReinstated':
      return { ...sums, reinstated: sums.reinstated + event.data.amountMinor };
    case 'InvoiceIssued':
      return { ...sums, invoiced: sums.invoiced + event.data.payableMinor };
    case 'CreditNoteIssued':
      return { ...sums, credited: sums.credited + event.data.payableMinor };
    case 'OrderPlaced':
    case 'PaymentRequested':
    case 'PaymentVerified':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'PaymentReviewRequired':
    case 'PaymentReviewResolved':
    case 'CancellationRequested':
    case 'OrderCancelled':
    case 'RefundRequested':
    case 'RefundFailed':
    case 'RefundRejected':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
    case 'LetterRedriven':
    case 'LetterDiscarded':
    case 'RequestedByHand':
    case 'SendingStopped':
    case 'ResendClaimed':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
    case 'OrderRefused':
    case 'CustomerEmailCorrected':
    case 'PaymentPending':
    case 'PaymentAuthenticationRequested':
    case 'PaymentAuthenticationAwaited':
    case 'RefundPending':
    case 'GatewayDifferenceFound':
    case 'DisputeOpened':
    case 'DisputeClosed':
    case 'RefundReturned':
    case 'RefundReturnResolved':
      return sums;
  }
};

/** The sum of the refunds that came back and were not made again at the gateway. */
const returnedOf = ({ refunds }: Order.State): number =>
  refunds.reduce(
    (sum, refund) =>
      refund.status === 'returned' && refund.resolved?.verdict !== 'refunded again'
        ? sum + refund.amountMinor
        : sum,
    0,
  );

const sumOf = (one: AuditSums, other: AuditSums): AuditSums => ({
  captured: one.captured + other.captured,
  refunded: one.refunded + other.refunded,
  returned: one.returned + other.returned,
  withdrawn: one.withdrawn + other.withdrawn,
  reinstated: one.reinstated + other.reinstated,
  invoiced: one.invoiced + other.invoiced,
  credited: one.credited + other.credited,
});

/**
 * The key under which an order is counted. It is the order's status, except that it is `open` or
 * `in review` while any part is undecided, and `captured` for every paid order, since these totals
 * are about captures. Programs read the keys.
 */
const countedAs = (state: Order.State): string => {
  const progress = Order.progressOf(state);
  if (progress !== 'settled') return progress === 'open' ? 'open' : 'in review';
  const isPaid = state.payment.status === 'captured' && !state.cancelled;
  return isPaid ? 'captured' : Order.statusOf(state);
};

export type TotalsCount = {
  readonly add: (stream: ScannedStream) => void;
  /** Adds what another share has counted. */
  readonly join: (counted: AuditTotals) => void;
  readonly totals: () => AuditTotals;
};

export const createTotals = (): TotalsCount => {
  let streams = 0;
  const orders = new Map<string, number>();
  const sums = new Map<string, AuditSums>();
  const disputes = new Map<string, number>();
  const numbers = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string, by = 1): void =>
    void counts.set(key, (counts.get(key) ?? 0) + by);

  const joinCounts = (
    counts: Map<string, number>,
    counted: Readonly<Record<string, number>>,
  ): void => {
    for (const [key, by] of Object.entries(counted)) count(counts, key, by);
  };

  return {
    add: (stream) => {
      // If a scan shows a stream in pieces, only its first piece is counted.
      if (stream.again) return;
      streams += 1;
      const order = orderIn(stream);
      if (order !== undefined) {
        count(orders, countedAs(order.state));
        for (const { verdict } of order.state.disputes ?? []) count(disputes, verdict ?? 'open');
        const currency = order.state.placed?.currency;
        if (currency !== undefined) {
          const before = sums.get(currency) ?? NO_SUMS;
          const moved = order.located.reduce((sum, { event }) => addEvent(sum, event), before);
          sums.set(currency, { ...moved, returned: moved.returned + returnedOf(order.state) });
        }
      }
      const series = seriesIn(stream);
      if (series !== undefined) {
        const entries = eventsOf(series).reduce((all, event) => all + numberedIn(event).length, 0);
        count(numbers, series.id, entries);
      }
    },
    join: (counted) => {
      streams += counted.streams;
      joinCounts(orders, counted.orders);
      joinCounts(disputes, counted.disputes);
      joinCounts(numbers, counted.numbers);
      for (const [currency, moved] of Object.entries(counted.sums)) {
        sums.set(currency, sumOf(sums.get(currency) ?? NO_SUMS, moved));
      }
    },
    totals: () => ({
      streams,
      orders: Object.fromEntries(orders),
      sums: Object.fromEntries(sums),
      disputes: Object.fromEntries(disputes),
      numbers: Object.fromEntries(numbers),
    }),
  };
};
