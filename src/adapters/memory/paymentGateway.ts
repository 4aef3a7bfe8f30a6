import { ok, okAsync } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { GatewayLedger } from '../../application/ports/gatewayLedger.ts';
import type {
  MovementKind,
  PaymentGateway,
  RefundOutcome,
} from '../../application/ports/paymentGateway.ts';
import { notExecuted, unknown } from './paymentGateway/answers.ts';
import {
  isPreparedCapture,
  isPreparedCharge,
  isPreparedConfirm,
  isPreparedRefund,
  isPreparedVoid,
  limitsOf,
  prepareCapture,
  prepareCharge,
  prepareConfirm,
  prepareRefund,
  prepareVoid,
} from './paymentGateway/bodies.ts';
import type { DisputeChanges } from './paymentGateway/disputes.ts';
import type { MemoryEvents } from './paymentGateway/events.ts';
import { MemoryLedger } from './paymentGateway/ledger.ts';
import type { MemoryCharge, MemoryRefund } from './paymentGateway/records.ts';
import { MemoryRequests } from './paymentGateway/requests.ts';
import {
  MemoryShopPayments,
  type AuthorisedPayment,
  type SavedMethod,
} from './paymentGateway/shopPayments.ts';

export type MemoryPaymentGateway = PaymentGateway &
  GatewayLedger & {
    /** All money that moved, in order. Tests compare the orders' events with it. */
    ledger(): {
      readonly charges: readonly MemoryCharge[];
      readonly refunds: readonly MemoryRefund[];
    };
    /** A refund made in the gateway's dashboard: nothing in it names a request of ours. */
    refundByHand(paymentReference: string, amountMinor: number): RefundOutcome;
    /**
     * Does what a shop does at its checkout, and returns the references of the new payment or saved
     * method.
     */
    authorise(payment: AuthorisedPayment): string;
    saveMethod(paymentMethod: string): SavedMethod;
    /** Ends a payment that is under way: its method says how. */
    settle(paymentReference: string): void;
    /** Does what a customer does who was sent a link: completes the payment, or fails. */
    authenticate(paymentReference: string, isCompleted: boolean): void;
    /** Ends a refund that is under way, or lets one that was made come back. */
    endRefund(reference: string, end: 'moved' | 'failed'): void;
    /** Opens a dispute, as the customer's bank does, and returns its id. */
    dispute(paymentReference: string, changes?: DisputeChanges): string;
    changeDispute(dispute: string, changes: DisputeChanges): void;
    /**
     * Ends a dispute. The money of one that is won is back; an inquiry is closed in either case.
     */
    closeDispute(dispute: string, isWon: boolean): void;
    /** The events of all that happened, whether or not anybody listens. */
    readonly gatewayEvents: MemoryEvents;
  };

export type MemoryPaymentGatewayOptions = {
  readonly clock: Clock;
  /**
   * The time in milliseconds for which a key is kept, 24 hours as at Stripe; then it charges again
   * (G8).
   */
  readonly keyWindowMs?: number;
  /** The age from which `find` sees a payment (G10). Refunds are listed, which has no lag. */
  readonly searchLagMs?: number;
  readonly account?: string;
};

const ACCOUNT = 'acct_memory:test';
const KEY_WINDOW_MS = 86_400_000;
/** The number of entries in one page of Stripe. */
const PAGE_MAX = 100;
/** The name of a charge is that of its payment, but for the prefix. */
const KINDS: Readonly<Record<string, MovementKind>> = { pi: 'payment', re: 'refund', ch: 'charge' };

/**
 * A gateway with Stripe's idempotency rules, test payment methods and limits, and a ledger. It
 * decides at the moment of the call and waits for nothing, so that a test's own scheduler
 * determines the order of answers.
 */
export const createMemoryPaymentGateway = (
  options: MemoryPaymentGatewayOptions,
): MemoryPaymentGateway => {
  const { clock, keyWindowMs = KEY_WINDOW_MS, searchLagMs = 0, account = ACCOUNT } = options;
  const ledger = new MemoryLedger(clock, searchLagMs);
  const shop = new MemoryShopPayments(ledger, clock);
  const requests = new MemoryRequests({ ledger, shop, clock, keyWindowMs });
  const unlessAborted = <Found>(signal: AbortSignal | undefined, look: () => Found) =>
    okAsync(signal?.aborted === true ? unknown('aborted') : look());
  return {
    identify: () => okAsync(account),
    limitsOf,
    prepare: prepareCharge,
    isPrepared: isPreparedCharge,
    charge: (post) => okAsync(requests.charge(post)),
    find: (search) =>
      unlessAborted(search.signal, () =>
        search.customer === undefined || shop.hasCustomer(search.customer)
          ? ledger.find(search)
          : unknown('invalid request: resource_missing'),
      ),
    prepareCapture,
    isPreparedCapture,
    capture: (post) => okAsync(requests.capture(post)),
    prepareVoid,
    isPreparedVoid,
    void: (post) => okAsync(requests.void(post)),
    prepareConfirm,
    isPreparedConfirm,
    confirm: (post) => okAsync(requests.confirm(post)),
    inspect: ({ signal, payment }) => unlessAborted(signal, () => shop.inspect(payment)),
    prepareRefund,
    isPreparedRefund,
    refund: (post) => okAsync(requests.refund(post)),
    findRefund: (search) => unlessAborted(search.signal, () => ledger.findRefund(search)),
    kindOf: (reference) => KINDS[/^(pi|re|ch)_memory_\d+$/.exec(reference)?.[1] ?? ''],
    retrieve: ({ signal, kind, reference }) =>
      unlessAborted(signal, () => ledger.retrieve(kind, reference)),
    listRefunds: ({ signal, paymentReference }) =>
      unlessAborted(signal, () => ledger.listRefunds(paymentReference)),
    retrievePayment: (of) => unlessAborted(of.signal, () => ledger.retrievePayment(of)),
    standing: ({ signal, paymentReference }) =>
      unlessAborted(signal, () => ({
        type: 'Standing',
        refunds: ledger.listRefunds(paymentReference).refunds,
        disputes: ledger.disputes.of(paymentReference),
      })),
    async *list({ since = 0, signal } = {}) {
      const entries = ledger.entries().filter(({ at }) => at >= since);
      for (let from = 0; from < entries.length && signal?.aborted !== true; from += PAGE_MAX) {
        yield ok(entries.slice(from, from + PAGE_MAX));
      }
    },
    ledger: () => ({ charges: ledger.charges(), refunds: ledger.refunds() }),
    authorise: (payment) => shop.authorise(payment),
    saveMethod: (paymentMethod) => shop.save(paymentMethod),
    refundByHand: (paymentReference, amountMinor) =>
      refundByHand(ledger, paymentReference, amountMinor),
    settle: (paymentReference) => shop.settle(paymentReference),
    authenticate: (payment, isCompleted) => shop.authenticate(payment, isCompleted),
    endRefund: (reference, end) => ledger.endRefund(reference, end),
    dispute: (paymentReference, changes = {}) =>
      openDispute(ledger, paymentReference, changes, clock.now()),
    changeDispute: (dispute, changes) => changeDispute(ledger, dispute, changes),
    closeDispute: (dispute, isWon) => closeDispute(ledger, dispute, isWon),
    gatewayEvents: ledger.events,
  };
};

const refundByHand = (
  ledger: MemoryLedger,
  paymentReference: string,
  amountMinor: number,
): RefundOutcome => {
  const payment = ledger.payment(paymentReference);
  if (payment === undefined) return notExecuted('no such payment');
  const byHand = { deployment: '', orderId: '', refundId: '', paymentReference, amountMinor };
  return ledger.refund(byHand, payment, { key: '', body: '', end: 'moved' });
};

const openDispute = (
  ledger: MemoryLedger,
  paymentReference: string,
  changes: DisputeChanges,
  now: number,
): string => {
  const payment = ledger.payment(paymentReference);
  if (payment === undefined) throw new RangeError(`no payment ${paymentReference}`);
  const opened = ledger.disputes.open(payment, changes, now);
  ledger.events.ofDispute(paymentReference, opened);
  return opened.dispute;
};

const changeDispute = (ledger: MemoryLedger, dispute: string, changes: DisputeChanges): void => {
  const changed = ledger.disputes.change(dispute, changes);
  const { withdrawnMinor, reinstatedMinor } = changes;
  const withdrawn = withdrawnMinor === undefined ? undefined : 'withdrawn';
  const funds = reinstatedMinor === undefined ? withdrawn : 'reinstated';
  ledger.events.ofDispute(changed.payment, changed, funds);
};

const closeDispute = (ledger: MemoryLedger, dispute: string, isWon: boolean): void => {
  const { stage, withdrawnMinor } = ledger.disputes.get(dispute);
  if (stage === 'inquiry') return changeDispute(ledger, dispute, { status: 'warning closed' });
  changeDispute(ledger, dispute, { status: isWon ? 'won' : 'lost' });
  if (isWon) changeDispute(ledger, dispute, { reinstatedMinor: withdrawnMinor });
};
