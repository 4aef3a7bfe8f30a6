import type { Clock } from '../../../application/ports/clock.ts';
import type { LedgerPayment, LedgerRefund } from '../../../application/ports/gatewayLedger.ts';
import type {
  Absent,
  CapturedOutcome,
  ChargeRequest,
  DeclinedOutcome,
  ListedRefund,
  MoneyMovement,
  NotExecutedOutcome,
  PaymentGateway,
  PaymentLookUp,
  RefundedOutcome,
  RefundList,
  RefundLookUp,
  RetrievedMovement,
  SeveralFound,
} from '../../../application/ports/paymentGateway.ts';
import { stepOf, type RefundBody } from './bodies.ts';
import type { TestBehaviour } from './testMethods.ts';

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
type PaymentEntry = MemoryCharge & { readonly outcome: CapturedOutcome | DeclinedOutcome };
type RecordedRefund = MemoryRefund & { readonly outcome: RefundedOutcome | DeclinedOutcome };

type RequestOrigin = { readonly key: string; readonly body: string };

type PaymentFilter = Pick<
  Parameters<PaymentGateway['find']>[0],
  'deployment' | 'orderId' | 'attempt' | 'since'
>;
type RefundReference = Pick<
  Parameters<PaymentGateway['findRefund']>[0],
  'deployment' | 'refundId' | 'paymentReference'
>;

/**
 * The executed requests, in order, and what each look-up sees of them. Keys are handled elsewhere.
 */
export const createBooks = (clock: Clock, searchLagMs: number) => {
  const payments: PaymentEntry[] = [];
  const refunds: RecordedRefund[] = [];

  const pay = (
    request: ChargeRequest,
    result: Exclude<TestBehaviour['result'], { type: 'ServerError' }>,
    origin: RequestOrigin,
  ): CapturedOutcome | DeclinedOutcome => {
    const reference = `pi_memory_${payments.length + 1}`;
    const { currency } = request;
    const extraMinor = result.type === 'CaptureOtherAmount' ? stepOf(currency) : 0;
    const money = { reference, amountMinor: request.amountMinor + extraMinor, currency };
    const outcome: CapturedOutcome | DeclinedOutcome =
      result.type === 'Decline'
        ? { type: 'Declined', code: result.code }
        : { type: 'Captured', ...money };
    const amountMinor = outcome.type === 'Captured' ? money.amountMinor : 0;
    payments.push({ ...request, ...origin, ...money, amountMinor, at: clock.now(), outcome });
    return outcome;
  };

  const giveBack = (
    request: RefundBody,
    { currency, ...payment }: PaymentEntry,
    { fails, ...origin }: RequestOrigin & { readonly fails: boolean },
  ): RefundedOutcome | DeclinedOutcome | NotExecutedOutcome => {
    const { amountMinor } = request;
    if (amountMinor > payment.amountMinor - sumRefunded(payment.reference)) {
      return notExecuted('refund exceeds payment');
    }
    if (amountMinor % stepOf(currency) !== 0) return notExecuted('amount');
    const money = { reference: `re_memory_${refunds.length + 1}`, amountMinor, currency };
    const outcome: RefundedOutcome | DeclinedOutcome = fails
      ? { type: 'Declined', code: 'expired_or_canceled_card' }
      : { type: 'Refunded', ...money };
    refunds.push({ ...request, ...origin, ...money, at: clock.now(), outcome });
    return outcome;
  };

  const sumRefunded = (paymentReference: string): number =>
    refunds
      .filter((refund) => refund.paymentReference === paymentReference && isRefunded(refund))
      .reduce((sum, { amountMinor }) => sum + amountMinor, 0);

  return {
    pay,
    giveBack,
    payment: (paymentReference: string): PaymentEntry | undefined =>
      payments.find(({ reference }) => reference === paymentReference),
    find: ({ deployment, orderId, attempt, since }: PaymentFilter): PaymentLookUp =>
      settle(
        payments.filter(
          (payment) =>
            payment.deployment === deployment &&
            payment.orderId === orderId &&
            (attempt === 'any' || payment.attempt === attempt) &&
            payment.at >= since &&
            clock.now() - payment.at >= searchLagMs,
        ),
      ),
    findRefund: ({ deployment, refundId, paymentReference }: RefundReference): RefundLookUp =>
      settle(
        refunds.filter(
          (refund) =>
            refund.deployment === deployment &&
            refund.refundId === refundId &&
            refund.paymentReference === paymentReference,
        ),
      ),
    retrieve: (kind: 'payment' | 'refund', reference: string): RetrievedMovement | Absent => {
      const named = (entry: MoneyEntry): boolean => entry.reference === reference;
      if (kind === 'payment') {
        const payment = payments.find(named);
        if (payment === undefined) return { type: 'Absent' };
        const isMoved = payment.outcome.type === 'Captured';
        const refundedMinor = sumRefunded(reference);
        const { attempt } = payment;
        return { ...retrieved(payment), isMoved, refundedMinor, attempt };
      }
      const refund = refunds.find(named);
      if (refund === undefined) return { type: 'Absent' };
      const isMoved = isRefunded(refund);
      const amountMinor = isMoved ? refund.amountMinor : 0;
      const { refundId, paymentReference } = refund;
      const of = { refundId, paymentReference };
      return { ...retrieved(refund), isMoved, amountMinor, refundedMinor: 0, ...of };
    },
    listRefunds: (paymentReference: string): RefundList => ({
      type: 'Listed',
      refunds: refunds.filter((refund) => refund.paymentReference === paymentReference).map(listed),
    }),
    count: (): number => payments.length + refunds.length,
    charges: (): readonly MemoryCharge[] =>
      payments.filter(({ outcome }) => outcome.type === 'Captured'),
    refunds: (): readonly MemoryRefund[] => refunds.filter(isRefunded),
    /** Payments, then refunds, including declined and failed ones, in order. */
    entries: (): readonly (LedgerPayment | LedgerRefund)[] => [
      ...payments.map(({ outcome, attempt, ...payment }): LedgerPayment => ({
        kind: 'payment',
        ...entryOf(payment),
        status: outcome.type === 'Captured' ? 'moved' : 'declined',
        attempt,
      })),
      ...refunds.map((refund): LedgerRefund => ({
        kind: 'refund',
        ...entryOf(refund),
        ...(isRefunded(refund) ? { status: 'moved' } : { status: 'failed', amountMinor: 0 }),
        ...(refund.refundId === '' ? {} : { refundId: refund.refundId }),
        paymentReference: refund.paymentReference,
      })),
    ],
  };
};

const entryOf = ({ reference, amountMinor, currency, at, orderId, deployment }: MoneyEntry) => ({
  reference,
  amountMinor,
  currency,
  at,
  ...(orderId === '' ? {} : { orderId }),
  ...(deployment === '' ? {} : { deployment }),
});

const retrieved = ({ reference, amountMinor, currency, deployment, orderId }: MoneyEntry) => ({
  type: 'Retrieved' as const,
  reference,
  amountMinor,
  currency,
  orderId,
  ...(deployment === '' ? {} : { deployment }),
});
const listed = (refund: RecordedRefund): ListedRefund => {
  const { reference, amountMinor, currency, refundId, deployment } = refund;
  return {
    reference,
    amountMinor,
    currency,
    status: isRefunded(refund) ? 'moved' : 'failed',
    ...(refundId === '' ? {} : { refundId }),
    ...(deployment === '' ? {} : { deployment }),
  };
};

const isRefunded = ({ outcome }: RecordedRefund): boolean => outcome.type === 'Refunded';

const settle = <Outcome>(
  found: readonly (MoneyMovement & { readonly outcome: Outcome })[],
): Outcome | { readonly type: 'Absent' } | SeveralFound => {
  const [first, ...others] = found;
  if (first === undefined) return { type: 'Absent' };
  if (others.length === 0) return first.outcome;
  const moneyOf = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
    reference,
    amountMinor,
    currency,
  });
  return { type: 'Several', found: found.map(moneyOf) };
};

const notExecuted = (what: string): NotExecutedOutcome => ({
  type: 'NotExecuted',
  reason: `invalid request: ${what}`,
  refused: what,
});
