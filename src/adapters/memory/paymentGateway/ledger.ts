import type { Clock } from '../../../application/ports/clock.ts';
import type { LedgerEntry } from '../../../application/ports/gatewayLedger.ts';
import type {
  Absent,
  CapturedOutcome,
  ChargeRequest,
  DeclinedOutcome,
  MovementKind,
  NamedPayment,
  NotExecutedOutcome,
  PaymentGateway,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RetrievedMovement,
  UnderWayOutcome,
} from '../../../application/ports/paymentGateway.ts';
import { defined } from '../../defined.ts';
import { refusedFor } from './answers.ts';
import { stepOf, type RefundBody } from './bodies.ts';
import { MemoryDisputes } from './disputes.ts';
import { MemoryEventLog } from './events.ts';
import {
  hasMoved,
  REFUND_STATUS,
  refundOutcome,
  moneyOf,
  paymentEntry,
  refundEntry,
  settle,
  withoutEmpty,
  type MemoryCharge,
  type MemoryRefund,
  type RecordedPayment,
  type RecordedRefund,
} from './records.ts';

type RequestOrigin = { readonly key: string; readonly body: string };
type SearchOf<Method extends 'find' | 'findRefund' | 'retrievePayment'> = Parameters<
  PaymentGateway[Method]
>[0];

/** The executed requests, in order, and what each look-up sees of them. */
export class MemoryLedger {
  readonly #clock: Clock;
  readonly #searchLagMs: number;
  readonly #payments = new Map<string, RecordedPayment>();
  readonly #refunds: RecordedRefund[] = [];
  readonly disputes = new MemoryDisputes();
  readonly events: MemoryEventLog;

  constructor(clock: Clock, searchLagMs: number) {
    this.#clock = clock;
    this.#searchLagMs = searchLagMs;
    this.events = new MemoryEventLog(clock);
  }

  decline(request: ChargeRequest, code: string, origin: RequestOrigin): DeclinedOutcome {
    const reference = this.nextPayment();
    const outcome = { type: 'Declined', code, reference } as const;
    const at = this.#clock.now();
    const { amountMinor: askedMinor } = request;
    this.record({ ...request, ...origin, reference, askedMinor, amountMinor: 0, at, outcome });
    return outcome;
  }

  /** `steps` of the currency more than requested are captured. */
  capture(request: ChargeRequest, steps: number, origin: RequestOrigin): CapturedOutcome {
    const { currency } = request;
    const amountMinor = request.amountMinor + steps * stepOf(currency);
    const money = { reference: this.nextPayment(), amountMinor, currency };
    const outcome = { type: 'Captured', ...money } as const;
    this.record({ ...request, ...origin, ...money, at: this.#clock.now(), outcome });
    return outcome;
  }

  /** Takes the charge on, as a bank does that needs days. Nothing has moved. */
  begin(request: ChargeRequest, origin: RequestOrigin): UnderWayOutcome {
    const { amountMinor, currency } = request;
    const reference = this.nextPayment();
    const outcome = { type: 'UnderWay', reference, amountMinor, currency } as const;
    const at = this.#clock.now();
    this.record({ ...request, ...origin, reference, amountMinor: 0, at, outcome });
    return outcome;
  }

  /** Puts it in the place of what was known of the payment before, or behind all others. */
  record(payment: RecordedPayment): void {
    this.#payments.set(payment.reference, payment);
    this.events.ofPayment(payment);
  }

  refund(
    request: RefundBody,
    { reference, currency, ...payment }: RecordedPayment,
    { end, ...origin }: RequestOrigin & { readonly end: 'moved' | 'failed' | 'open' },
  ): RecordedRefund['outcome'] | NotExecutedOutcome {
    const { amountMinor } = request;
    if (amountMinor > payment.amountMinor - this.#takenMinor(reference)) {
      return refusedFor('refund exceeds payment');
    }
    if (this.disputes.keepsFromRefunding(reference)) return refusedFor('charge_disputed');
    if (amountMinor % stepOf(currency) !== 0) return refusedFor('amount');
    const money = { reference: `re_memory_${this.#refunds.length + 1}`, amountMinor, currency };
    const outcome = refundOutcome(end, money);
    const refund = { ...request, ...origin, ...money, at: this.#clock.now(), outcome };
    this.#refunds.push(refund);
    this.events.ofRefund(refund);
    return outcome;
  }

  /** Ends a refund later: one that was under way, or one that comes back. */
  endRefund(reference: string, end: 'moved' | 'failed'): void {
    const place = this.#refunds.findIndex((refund) => refund.reference === reference);
    const { [place]: known } = this.#refunds;
    if (known === undefined) return;
    const ended = { ...known, outcome: refundOutcome(end, moneyOf(known)) };
    this.#refunds[place] = ended;
    this.events.ofRefund(ended);
  }

  payment(reference: string): RecordedPayment | undefined {
    const payment = this.#payments.get(reference);
    return payment && asOf(payment, this.#clock.now());
  }

  /** A customer's payments are listed, so that nothing of them lags. */
  find({ deployment, orderId, attempt, since, customer }: SearchOf<'find'>): PaymentLookUp {
    const newestAt = this.#clock.now() - (customer === undefined ? this.#searchLagMs : 0);
    const result = settle(
      this.#all().filter(
        (payment) =>
          payment.deployment === deployment &&
          payment.orderId === orderId &&
          (attempt === 'any' || payment.attempt === attempt) &&
          (customer === undefined || payment.customer === customer) &&
          payment.at >= since &&
          (payment.writtenAt ?? payment.at) <= newestAt,
      ),
    );
    return result.type === 'Absent' && customer !== undefined
      ? { ...result, listed: true }
      : result;
  }

  /** The payment itself, if it is of that attempt. */
  retrievePayment(of: SearchOf<'retrievePayment'>): NamedPayment {
    const payment = this.payment(of.payment);
    if (payment === undefined) return { type: 'Absent' };
    const { deployment, orderId, attempt, at, outcome } = payment;
    const isOurs =
      deployment === of.deployment &&
      orderId === of.orderId &&
      attempt !== undefined &&
      at >= of.since;
    if (!isOurs) return { type: 'NotOurs', ...withoutEmpty({ deployment, orderId }) };
    return attempt === of.attempt ? outcome : { type: 'OtherAttempt', attempt, outcome };
  }

  findRefund({ deployment, refundId, paymentReference }: SearchOf<'findRefund'>): RefundLookUp {
    return settle(
      this.#refundsOf(paymentReference).filter(
        (refund) => refund.deployment === deployment && refund.refundId === refundId,
      ),
    );
  }

  retrieve(kind: MovementKind, name: string): RetrievedMovement | Absent {
    const reference = kind === 'charge' ? name.replace(/^ch_/, 'pi_') : name;
    const found =
      kind === 'refund'
        ? this.#refunds.find((refund) => refund.reference === reference)
        : this.payment(reference);
    if (found === undefined) return { type: 'Absent' };
    const isMoved = hasMoved(found);
    return {
      type: 'Retrieved',
      ...moneyOf(found),
      isMoved,
      ...(isMoved ? {} : { amountMinor: 0 }),
      refundedMinor: kind === 'refund' ? 0 : this.refundedMinor(reference),
      ...withoutEmpty({ orderId: found.orderId, deployment: found.deployment }),
      ...('refundId' in found
        ? { refundId: found.refundId, paymentReference: found.paymentReference }
        : defined({ attempt: found.attempt })),
    };
  }

  listRefunds(paymentReference: string): RefundList {
    const refunds = this.#refundsOf(paymentReference).map((refund) => ({
      ...moneyOf(refund),
      status: REFUND_STATUS[refund.outcome.type],
      ...(refund.outcome.type === 'Declined' && { code: refund.outcome.code }),
      ...withoutEmpty({ refundId: refund.refundId, deployment: refund.deployment }),
    }));
    return { type: 'Listed', refunds };
  }

  size(): number {
    return this.#payments.size + this.#refunds.length + this.disputes.size();
  }

  charges(): readonly MemoryCharge[] {
    return this.#all().filter(hasMoved);
  }

  refunds(): readonly MemoryRefund[] {
    return this.#refunds.filter(hasMoved);
  }

  /** Payments, then refunds, including declined and failed ones, then disputes, in order. */
  entries(): readonly Exclude<LedgerEntry, { readonly kind: 'unreadable' }>[] {
    const moves = [...this.#all().map(paymentEntry), ...this.#refunds.map(refundEntry)];
    return [...moves, ...this.disputes.entries()];
  }

  nextPayment(): string {
    return `pi_memory_${this.#payments.size + 1}`;
  }

  refundedMinor(paymentReference: string): number {
    return this.#refundsOf(paymentReference)
      .filter(hasMoved)
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  /** The amount that is refunded, or on its way to be. */
  #takenMinor(paymentReference: string): number {
    return this.#refundsOf(paymentReference)
      .filter(({ outcome }) => outcome.type !== 'Declined')
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  #all(): readonly RecordedPayment[] {
    return [...this.#payments.values()].map((payment) => asOf(payment, this.#clock.now()));
  }

  #refundsOf(paymentReference: string): readonly RecordedRefund[] {
    return this.#refunds.filter((refund) => refund.paymentReference === paymentReference);
  }
}

/** An authorisation that nobody has captured in time is released by itself. */
const asOf = (payment: RecordedPayment, now: number): RecordedPayment =>
  payment.outcome.type === 'Unknown' && now >= (payment.authorised?.captureBefore ?? Infinity)
    ? { ...payment, isExpired: true, outcome: { type: 'Declined', code: 'canceled' } }
    : payment;
