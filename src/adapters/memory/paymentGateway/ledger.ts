import type { Clock } from '../../../application/ports/clock.ts';
import type { LedgerPayment, LedgerRefund } from '../../../application/ports/gatewayLedger.ts';
import type {
  Absent,
  CapturedOutcome,
  ChargeRequest,
  DeclinedOutcome,
  MoneyMovement,
  MovementKind,
  NotExecutedOutcome,
  PaymentGateway,
  PaymentLookUp,
  RefundedOutcome,
  RefundList,
  RefundLookUp,
  RetrievedMovement,
  SeveralFound,
} from '../../../application/ports/paymentGateway.ts';
import { refusedFor } from './answers.ts';
import { stepOf, type RefundBody } from './bodies.ts';

type MoneyEntry = MoneyMovement & {
  readonly key: string;
  readonly deployment: string;
  readonly orderId: string;
  readonly body: string;
  /** Milliseconds since the epoch, by the gateway's clock. */
  readonly at: number;
};

export type MemoryCharge = MoneyEntry & {
  readonly attempt: number;
  readonly paymentMethod: string;
};

export type MemoryRefund = MoneyEntry & {
  readonly refundId: string;
  readonly paymentReference: string;
};

/** Declined payments are included: a look-up finds them. Their amount is 0, as nothing moved. */
type RecordedPayment = MemoryCharge & { readonly outcome: CapturedOutcome | DeclinedOutcome };
type RecordedRefund = MemoryRefund & { readonly outcome: RefundedOutcome | DeclinedOutcome };

type RequestOrigin = { readonly key: string; readonly body: string };
type SearchOf<Method extends 'find' | 'findRefund'> = Parameters<PaymentGateway[Method]>[0];

/** The executed requests, in order, and what each look-up sees of them. */
export class MemoryLedger {
  readonly #clock: Clock;
  readonly #searchLagMs: number;
  readonly #payments: RecordedPayment[] = [];
  readonly #refunds: RecordedRefund[] = [];

  constructor(clock: Clock, searchLagMs: number) {
    this.#clock = clock;
    this.#searchLagMs = searchLagMs;
  }

  decline(request: ChargeRequest, code: string, origin: RequestOrigin): DeclinedOutcome {
    const outcome = { type: 'Declined', code } as const;
    const reference = this.#nextPayment();
    const at = this.#clock.now();
    this.#payments.push({ ...request, ...origin, reference, amountMinor: 0, at, outcome });
    return outcome;
  }

  /** `steps` of the currency more than requested are captured. */
  capture(request: ChargeRequest, steps: number, origin: RequestOrigin): CapturedOutcome {
    const { currency } = request;
    const amountMinor = request.amountMinor + steps * stepOf(currency);
    const money = { reference: this.#nextPayment(), amountMinor, currency };
    const outcome = { type: 'Captured', ...money } as const;
    this.#payments.push({ ...request, ...origin, ...money, at: this.#clock.now(), outcome });
    return outcome;
  }

  refund(
    request: RefundBody,
    { reference, currency, ...payment }: MemoryCharge,
    { fails, ...origin }: RequestOrigin & { readonly fails: boolean },
  ): RefundedOutcome | DeclinedOutcome | NotExecutedOutcome {
    const { amountMinor } = request;
    if (amountMinor > payment.amountMinor - this.#refundedMinor(reference)) {
      return refusedFor('refund exceeds payment');
    }
    if (amountMinor % stepOf(currency) !== 0) return refusedFor('amount');
    const money = { reference: `re_memory_${this.#refunds.length + 1}`, amountMinor, currency };
    const outcome: RefundedOutcome | DeclinedOutcome = fails
      ? { type: 'Declined', code: 'expired_or_canceled_card' }
      : { type: 'Refunded', ...money };
    this.#refunds.push({ ...request, ...origin, ...money, at: this.#clock.now(), outcome });
    return outcome;
  }

  payment(reference: string): RecordedPayment | undefined {
    return this.#payments.find((payment) => payment.reference === reference);
  }

  find({ deployment, orderId, attempt, since }: SearchOf<'find'>): PaymentLookUp {
    const newestAt = this.#clock.now() - this.#searchLagMs;
    return settle(
      this.#payments.filter(
        (payment) =>
          payment.deployment === deployment &&
          payment.orderId === orderId &&
          (attempt === 'any' || payment.attempt === attempt) &&
          payment.at >= since &&
          payment.at <= newestAt,
      ),
    );
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
    const { orderId, deployment } = found;
    const isMoved = hasMoved(found);
    return {
      type: 'Retrieved',
      ...moneyOf(found),
      isMoved,
      ...(isMoved ? {} : { amountMinor: 0 }),
      refundedMinor: kind === 'refund' ? 0 : this.#refundedMinor(reference),
      orderId,
      ...withoutEmpty({ deployment }),
      ...('attempt' in found
        ? { attempt: found.attempt }
        : { refundId: found.refundId, paymentReference: found.paymentReference }),
    };
  }

  listRefunds(paymentReference: string): RefundList {
    const refunds = this.#refundsOf(paymentReference).map((refund) => ({
      ...moneyOf(refund),
      status: hasMoved(refund) ? ('moved' as const) : ('failed' as const),
      ...withoutEmpty({ refundId: refund.refundId, deployment: refund.deployment }),
    }));
    return { type: 'Listed', refunds };
  }

  size(): number {
    return this.#payments.length + this.#refunds.length;
  }

  charges(): readonly MemoryCharge[] {
    return this.#payments.filter(hasMoved);
  }

  refunds(): readonly MemoryRefund[] {
    return this.#refunds.filter(hasMoved);
  }

  /** Payments, then refunds, including declined and failed ones, in order. */
  entries(): readonly (LedgerPayment | LedgerRefund)[] {
    return [...this.#payments.map(paymentEntry), ...this.#refunds.map(refundEntry)];
  }

  #nextPayment(): string {
    return `pi_memory_${this.#payments.length + 1}`;
  }

  #refundsOf(paymentReference: string): readonly RecordedRefund[] {
    return this.#refunds.filter((refund) => refund.paymentReference === paymentReference);
  }

  #refundedMinor(paymentReference: string): number {
    return this.#refundsOf(paymentReference)
      .filter(hasMoved)
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }
}

const hasMoved = ({ outcome }: RecordedPayment | RecordedRefund): boolean =>
  outcome.type !== 'Declined';

const moneyOf = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

const paymentEntry = (payment: RecordedPayment): LedgerPayment => ({
  kind: 'payment',
  ...moneyOf(payment),
  status: hasMoved(payment) ? 'moved' : 'declined',
  at: payment.at,
  attempt: payment.attempt,
  ...withoutEmpty({ orderId: payment.orderId, deployment: payment.deployment }),
});

const refundEntry = (refund: RecordedRefund): LedgerRefund => {
  const { at, paymentReference, refundId, orderId, deployment } = refund;
  return {
    kind: 'refund',
    ...moneyOf(refund),
    ...(hasMoved(refund) ? { status: 'moved' } : { status: 'failed', amountMinor: 0 }),
    at,
    paymentReference,
    ...withoutEmpty({ refundId, orderId, deployment }),
  };
};

/** A movement that somebody made by hand names nothing of ours. */
const withoutEmpty = <Texts extends Readonly<Record<string, string>>>(
  texts: Texts,
): Partial<Texts> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as Partial<Texts>;

const settle = <Outcome>(
  found: readonly (MoneyMovement & { readonly outcome: Outcome })[],
): Outcome | Absent | SeveralFound => {
  const [first, ...others] = found;
  if (first === undefined) return { type: 'Absent' };
  return others.length === 0 ? first.outcome : { type: 'Several', found: found.map(moneyOf) };
};
