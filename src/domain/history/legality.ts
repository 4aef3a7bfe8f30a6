import type { StreamEvent } from '../order/index.ts';
import {
  balanceOf,
  isPaymentOpen,
  isRefundOpen,
  openLedger,
  violationOf,
  type OrderLedger,
} from './ledger.ts';
import { checkPayment } from './paymentLegality.ts';
import { checkRefund } from './refundLegality.ts';

/** The place of an event that is not legal: its commit and its index there, from 0, and why. */
export type IllegalEvent = {
  readonly commit: number;
  readonly event: number;
  readonly why: string;
};

/**
 * The first event of a history that is not legal where it stands (I8); undefined where all are. It
 * shares nothing with the product but its events, so that a mistake in the one is not a mistake in
 * the other: the sums of refunds, which events share a commit, and which may follow which.
 *
 * `closeMs` is how long absence was no proof (R5). It is a setting that may have been another when
 * the events were written, so that a caller who does not know it leaves it out. Absence is then no
 * proof before its intent.
 */
export const firstIllegal = (
  commits: readonly (readonly StreamEvent[])[],
  { closeMs = 0 }: { readonly closeMs?: number } = {},
): IllegalEvent | undefined => {
  const ledger = openLedger();
  for (const [commit, events] of commits.entries()) {
    for (const [at, event] of events.entries()) {
      const why = check(ledger, event, closeMs);
      if (why !== undefined) return { commit, event: at, why: `${event.type}: ${why}` };
      const { captured, refunded, pending } = balanceOf(ledger);
      if (refunded + pending > captured) {
        return { commit, event: at, why: `${event.type}: more is promised than is held` };
      }
    }
    if (ledger.requiredNext !== undefined) {
      const event = Math.max(events.length - 1, 0);
      return { commit, event, why: `its commit ends without ${ledger.requiredNext}` };
    }
  }
  return undefined;
};

/** The events that may follow the end of an order. */
const AFTER_THE_END: ReadonlySet<string> = new Set([
  'CustomerEmailCorrected',
  'GatewayComparisonRequested',
  'GatewayCompared',
]);

/** Enters the event in the ledger, or says why it may not stand here. */
const check = (ledger: OrderLedger, event: StreamEvent, closeMs: number): string | undefined => {
  // The decisions of people about dead letters may stand anywhere, and change nothing.
  if (event.type === 'LetterRedriven' || event.type === 'LetterDiscarded') return undefined;
  const { requiredNext, hasEnded } = ledger;
  return (
    violationOf(
      [requiredNext === undefined || requiredNext === event.type, `${requiredNext} is owed`],
      [!hasEnded || AFTER_THE_END.has(event.type), 'the order has ended'],
    ) ?? checkByGroup(ledger, event, closeMs)
  );
};

const checkByGroup = (
  ledger: OrderLedger,
  event: Exclude<StreamEvent, { readonly type: `Letter${string}` }>,
  closeMs: number,
): string | undefined => {
  switch (event.type) {
    case 'OrderPlaced':
    case 'OrderRefused':
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
    case 'CancellationRequested':
    case 'OrderCancelled':
      return checkOrder(ledger, event);
    case 'PaymentRequested':
    case 'PaymentCaptured':
    case 'InvoiceIssued':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'PaymentReviewRequired':
    case 'PaymentReviewResolved':
      return checkPayment(ledger, event, closeMs);
    case 'SendingStopped':
    case 'ResendClaimed':
      return checkSending(ledger, event);
    case 'RefundRequested':
    case 'RefundAdopted':
    case 'RefundRejected':
    case 'RefundSucceeded':
    case 'CreditNoteIssued':
    case 'RefundFailed':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved':
      return checkRefund(ledger, event);
  }
};

type OrderEvent = Extract<
  StreamEvent,
  {
    readonly type:
      | 'OrderPlaced'
      | 'OrderRefused'
      | 'CustomerEmailCorrected'
      | 'GatewayComparisonRequested'
      | 'GatewayCompared'
      | 'CancellationRequested'
      | 'OrderCancelled';
  }
>;

const checkOrder = (ledger: OrderLedger, event: OrderEvent): string | undefined => {
  const { total, isCancellationRequested } = ledger;
  const isPlaced = total !== undefined;
  switch (event.type) {
    case 'OrderPlaced': {
      const { totalMinor, currency } = event.data;
      const requiredNext = isCancellationRequested ? 'OrderCancelled' : 'PaymentRequested';
      Object.assign(ledger, { total: totalMinor, currency, requiredNext });
      return violationOf([!isPlaced, 'placed twice']);
    }
    case 'OrderRefused':
      return violationOf([!isPlaced, 'the order was placed']);
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
      return violationOf([isPlaced, 'no order was placed']);
    case 'CancellationRequested':
      ledger.isCancellationRequested = true;
      return violationOf(
        [!isCancellationRequested, 'twice'],
        [ledger.payment !== 'declined', 'nothing to cancel'],
      );
    case 'OrderCancelled': {
      const { captured, refunded, pending } = balanceOf(ledger);
      Object.assign(ledger, { hasEnded: true, requiredNext: undefined });
      return violationOf(
        [isPlaced && isCancellationRequested, 'nobody cancelled an order'],
        [!isPaymentOpen(ledger), 'the payment is open'],
        [captured === refunded && pending === 0, 'money is held (I7)'],
      );
    }
  }
};

/** Only an open request can be stopped, and only a stopped one can be claimed. */
const checkSending = (
  ledger: OrderLedger,
  event: Extract<StreamEvent, { readonly type: 'SendingStopped' | 'ResendClaimed' }>,
): string | undefined => {
  const { subject } = event.data;
  const { claims, refunds, asked, isCancellationRequested } = ledger;
  const isOfPayment = subject.startsWith('payment#');
  const isOfOpen = isOfPayment
    ? isPaymentOpen(ledger) && subject === `payment#${asked?.attempt}`
    : isRefundOpen(refunds.get(subject.replace(/^refund#/, '')));
  const isStop = event.type === 'SendingStopped';
  const wasStopped = claims.has(subject);
  claims.set(subject, isStop ? 'stopped' : 'claimed');
  return violationOf(
    [isOfOpen, 'is of nothing open'],
    [isStop || wasStopped, 'nothing was stopped'],
    [isStop || !isOfPayment || !isCancellationRequested, 'charges a cancelled order'],
  );
};
