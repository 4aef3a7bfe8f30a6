import type { PaymentWay, StreamEvent } from '../order/index.ts';
import {
  balanceOf,
  isDisputed,
  isPaymentOpen,
  isRefundOpen,
  openLedger,
  violationOf,
  type EventRule,
  type EventRules,
  type OrderLedger,
} from './ledger.ts';
import { GATEWAY_RULES } from './gatewayLegality.ts';
import { PAYMENT_RULES } from './paymentLegality.ts';
import { REFUND_RULES } from './refundLegality.ts';

/** The place of an event that is not legal: its commit and its index there, from 0, and why. */
type IllegalEvent = {
  readonly commit: number;
  readonly event: number;
  readonly why: string;
};

/**
 * The first event of a history that is not legal where it stands (I8); undefined where all are
 * legal. It shares nothing with the product but its events, so that a mistake in the one is not a
 * mistake in the other: it has its own sums of refunds, and its own rules for which events share a
 * commit and which may follow which.
 *
 * `closeMs` is how long absence was no proof (R5). The setting may have been another when the
 * events were written, so that a caller who does not know it leaves it out. Then only absence from
 * before the intent is no proof.
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
      if (isOverdrawn(ledger)) {
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

const isOverdrawn = (ledger: OrderLedger): boolean => {
  // Most orders have no refund, and adding up none of them would take longest here.
  if (ledger.refunds.size === 0) return false;
  const { captured, refunded, pending } = balanceOf(ledger);
  return refunded + pending > captured;
};

const AFTER_THE_END: ReadonlySet<string> = new Set([
  'CustomerEmailCorrected',
  'GatewayComparisonRequested',
  'GatewayCompared',
  'GatewayDifferenceFound',
  'DisputeOpened',
  'DisputeFundsWithdrawn',
  'DisputeFundsReinstated',
  'DisputeClosed',
  'RefundReturned',
  'RefundReturnResolved',
]);

const ANYWHERE: ReadonlySet<string> = new Set([
  'LetterRedriven',
  'LetterDiscarded',
  'RequestedByHand',
]);

const check = (ledger: OrderLedger, event: StreamEvent, closeMs: number): string | undefined => {
  // A person's decision about a dead letter, or wish, may stand anywhere and changes nothing.
  if (ANYWHERE.has(event.type)) return undefined;
  const { requiredNext, hasEnded } = ledger;
  const rule = RULES[event.type] as EventRule<StreamEvent['data']>;
  return (
    violationOf(
      [requiredNext === undefined || requiredNext === event.type, `${requiredNext} is owed`],
      [!hasEnded || mayFollowTheEnd(ledger, event), 'the order has ended'],
    ) ?? rule(ledger, event.data, closeMs)
  );
};

/**
 * Whether an event may follow the end of an order. An order whose money a dispute had taken may get
 * it back after its end, and then it goes to the customer; a refund that was under way there may
 * still come in.
 */
const mayFollowTheEnd = ({ disputes }: OrderLedger, { type }: StreamEvent): boolean =>
  AFTER_THE_END.has(type) ||
  (disputes.size > 0 && (type.startsWith('Refund') || type === 'CreditNoteIssued'));

/**
 * The ways to pay for which the customer's money is held, or authorised, before the order comes.
 */
const HELD: ReadonlySet<PaymentWay> = new Set(['authorised', 'paid', 'transferred']);

type OrderEventType =
  | 'OrderPlaced'
  | 'OrderRefused'
  | 'CustomerEmailCorrected'
  | 'GatewayComparisonRequested'
  | 'GatewayCompared'
  | 'CancellationRequested'
  | 'OrderCancelled'
  | 'SendingStopped'
  | 'ResendClaimed'
  | 'LetterRedriven'
  | 'LetterDiscarded'
  | 'RequestedByHand';

const isPlaced = ({ total }: OrderLedger): boolean => total !== undefined;

const needsOrder = (ledger: OrderLedger): string | undefined =>
  violationOf([isPlaced(ledger), 'no order was placed']);

const ORDER_RULES: EventRules<OrderEventType> = {
  OrderPlaced: (ledger, { payableMinor: total, currency, payment }) => {
    const wasPlaced = isPlaced(ledger);
    const isHeld = total > 0 && HELD.has(payment.type);
    const isEnded = ledger.isCancellationRequested && !isHeld;
    const requiredNext = isEnded ? 'OrderCancelled' : 'PaymentRequested';
    Object.assign(ledger, { total, currency, requiredNext });
    return violationOf([!wasPlaced, 'placed twice']);
  },
  OrderRefused: (ledger) => violationOf([!isPlaced(ledger), 'the order was placed']),
  CustomerEmailCorrected: needsOrder,
  GatewayComparisonRequested: needsOrder,
  GatewayCompared: needsOrder,
  CancellationRequested: (ledger) => {
    const { isCancellationRequested } = ledger;
    ledger.isCancellationRequested = true;
    return violationOf(
      [!isCancellationRequested, 'twice'],
      [ledger.payment !== 'declined', 'nothing to cancel'],
    );
  },
  OrderCancelled: (ledger) => {
    const { captured, refunded, pending, gone } = balanceOf(ledger);
    Object.assign(ledger, { hasEnded: true, requiredNext: undefined });
    return violationOf(
      [isPlaced(ledger) && ledger.isCancellationRequested, 'nobody cancelled an order'],
      [!isPaymentOpen(ledger), 'the payment is open'],
      [!isDisputed(ledger), 'a dispute is open (R20)'],
      [captured - refunded - gone <= 0 && pending === 0, 'money is held (I7)'],
      [ledger.prepaid === 0 || gone > 0, 'what was prepaid is held (I7)'],
    );
  },
  SendingStopped: (ledger, { subject }) => {
    const isOfOpen = isOpenRequest(ledger, subject);
    ledger.claims.set(subject, 'stopped');
    return violationOf([isOfOpen, 'is of nothing open']);
  },
  ResendClaimed: (ledger, { subject }) => {
    const { claims, isCancellationRequested } = ledger;
    const wasStopped = claims.has(subject);
    claims.set(subject, 'claimed');
    const isCharge = subject.startsWith('payment#');
    return violationOf(
      [isOpenRequest(ledger, subject), 'is of nothing open'],
      [wasStopped, 'nothing was stopped'],
      [!isCharge || !isCancellationRequested, 'charges a cancelled order'],
    );
  },
  LetterRedriven: () => undefined,
  LetterDiscarded: () => undefined,
  RequestedByHand: () => undefined,
};

const isOpenRequest = (ledger: OrderLedger, subject: string): boolean =>
  subject.startsWith('payment#')
    ? isPaymentOpen(ledger) && subject === `payment#${ledger.asked?.attempt}`
    : isRefundOpen(ledger.refunds.get(subject.replace(/^refund#/, '')));

/** Each event has a rule: a new one does not compile until it has its own. */
const RULES: EventRules<StreamEvent['type']> = {
  ...ORDER_RULES,
  ...PAYMENT_RULES,
  ...REFUND_RULES,
  ...GATEWAY_RULES,
};
