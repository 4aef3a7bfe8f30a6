import type { LedgerPayment, LedgerRefund } from '../../../application/ports/gatewayLedger.ts';
import type {
  Absent,
  CapturedOutcome,
  DeclinedOutcome,
  MoneyMovement,
  RefundedOutcome,
  SeveralFound,
  UnderWayOutcome,
  UnknownOutcome,
} from '../../../application/ports/paymentGateway.ts';
import { defined } from '../../defined.ts';

type MoneyEntry = MoneyMovement & {
  readonly key: string;
  readonly deployment: string;
  readonly orderId: string;
  readonly body: string;
  /** Milliseconds since the epoch, by the gateway's clock. */
  readonly at: number;
};

export type MemoryCharge = MoneyEntry & {
  /** Absent where neither we nor the shop has written one. */
  readonly attempt?: number;
  readonly paymentMethod: string;
  readonly customer?: string;
};

export type MemoryRefund = MoneyEntry & {
  readonly refundId: string;
  readonly paymentReference: string;
};

/** The amount that a shop had authorised, and the time until which it can be captured. */
type Authorisation = { readonly amountMinor: number; readonly captureBefore: number };

/**
 * Declined payments are included: a look-up finds them. Their amount is 0, as nothing moved. So is
 * that of an authorised one, which is `Unknown` until it is captured, released or expired, and that
 * of one that is under way, whose outcome says what it is for.
 */
export type RecordedPayment = MemoryCharge & {
  readonly authorised?: Authorisation;
  /** Whether it was released by itself, as nobody has captured it in time. */
  readonly isExpired?: true;
  readonly outcome: CapturedOutcome | DeclinedOutcome | UnderWayOutcome | UnknownOutcome;
  /** The amount of a payment that was declined. */
  readonly askedMinor?: number;
  /** Whether its customer was asked to authenticate it, and can do so while it is open. */
  readonly isLinked?: true;
  /**
   * The time at which its metadata were last written, which search sees only later; otherwise `at`.
   */
  readonly writtenAt?: number;
};
export type RecordedRefund = MemoryRefund & {
  readonly outcome: RefundedOutcome | DeclinedOutcome | UnderWayOutcome;
};

/** Stripe's word for a payment that was cancelled, or released. */
export const CANCELED = 'canceled';

export const hasMoved = ({ outcome }: RecordedPayment | RecordedRefund): boolean =>
  outcome.type === 'Captured' || outcome.type === 'Refunded';

export const moneyOf = ({ reference, amountMinor, currency }: MoneyMovement): MoneyMovement => ({
  reference,
  amountMinor,
  currency,
});

export const paymentEntry = (payment: RecordedPayment): LedgerPayment => ({
  kind: 'payment',
  ...moneyOf(payment),
  status: STATUS[payment.outcome.type],
  at: payment.at,
  ...defined({ attempt: payment.attempt }),
  ...withoutEmpty({ orderId: payment.orderId, deployment: payment.deployment }),
});

const STATUS = {
  Captured: 'moved',
  Declined: 'declined',
  UnderWay: 'open',
  Unknown: 'open',
} as const;

/** The status of a refund in the list of a payment's refunds, and in the ledger. */
export const REFUND_STATUS = { Refunded: 'moved', Declined: 'failed', UnderWay: 'open' } as const;

export const refundEntry = (refund: RecordedRefund): LedgerRefund => {
  const { at, paymentReference, refundId, orderId, deployment } = refund;
  return {
    kind: 'refund',
    ...moneyOf(refund),
    status: REFUND_STATUS[refund.outcome.type],
    ...(hasMoved(refund) ? {} : { amountMinor: 0 }),
    at,
    paymentReference,
    ...withoutEmpty({ refundId, orderId, deployment }),
  };
};

/** A movement that somebody made by hand names nothing of ours. */
export const withoutEmpty = <Texts extends Readonly<Record<string, string>>>(
  texts: Texts,
): Partial<Texts> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')) as Partial<Texts>;

export const settle = <Outcome>(
  found: readonly (MoneyMovement & { readonly outcome: Outcome })[],
): Outcome | Absent | SeveralFound => {
  const [first, ...others] = found;
  if (first === undefined) return { type: 'Absent' };
  return others.length === 0 ? first.outcome : { type: 'Several', found: found.map(moneyOf) };
};

/** The outcome of a refund of that money, by its end. */
export const refundOutcome = (
  end: 'moved' | 'failed' | 'open',
  money: MoneyMovement,
): RecordedRefund['outcome'] => {
  const { reference } = money;
  if (end === 'failed') return { type: 'Declined', code: 'expired_or_canceled_card', reference };
  return { type: end === 'open' ? 'UnderWay' : 'Refunded', ...money };
};
