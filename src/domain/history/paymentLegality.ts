import {
  hasNumber,
  isPaymentOpen,
  violationOf,
  type DataOf,
  type LineBalance,
  type OrderLedger,
  type EventRules,
} from './ledger.ts';

export const PAYMENT_RULES: EventRules<`Payment${string}` | 'InvoiceIssued'> = {
  PaymentRequested: (ledger, data) => {
    const { payment, asked, requiredNext, isCancellationRequested } = ledger;
    Object.assign(ledger, { asked: data, payment: 'open', requiredNext: undefined });
    return violationOf(
      [!isCancellationRequested, 'charges a cancelled order'],
      [payment === 'none' || payment === 'failed', 'another one was made'],
      [data.attempt === (asked?.attempt ?? 0) + 1, 'is not the next attempt'],
      [isTotal(ledger, data), 'is not the total'],
      [payment !== 'none' || requiredNext !== undefined, 'is not in the commit of its order'],
    );
  },
  PaymentCaptured: (ledger, data) => {
    const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, data);
    Object.assign(ledger, { payment: 'captured', requiredNext: 'InvoiceIssued' });
    return violationOf(
      [isOpen, 'is of no open payment'],
      [isTotal(ledger, data), 'is not what was asked (I3)'],
      [data.source !== 'person' || ledger.resolved.has('payment'), 'nobody decided it'],
    );
  },
  InvoiceIssued: (ledger, data) => {
    const { totalMinor, netMinor, taxMinor, lines } = data;
    const isRequired = ledger.requiredNext === 'InvoiceIssued';
    ledger.rows = lines.map((line) => ({ net: line.netMinor, tax: line.taxMinor }));
    ledger.requiredNext = undefined;
    return violationOf(
      [isRequired, 'is not in the commit of its capture'],
      [totalMinor === ledger.total && netMinor + taxMinor === totalMinor, 'is not the total'],
      [hasNumber(data), 'has no number'],
      [sumOf(ledger.rows) === totalMinor, 'its lines are not the total'],
    );
  },
  PaymentDeclined: (ledger, data) => endPayment(ledger, data, 'declined'),
  PaymentFailed: (ledger, data, closeMs) =>
    endPayment(ledger, data, 'failed') ?? checkProof(ledger, data, closeMs),
  PaymentReviewRequired: (ledger, data) => {
    const isOpen = ledger.payment === 'open' && isOfAttempt(ledger, data);
    ledger.payment = 'review';
    return violationOf([isOpen, 'is of no open payment']);
  },
  PaymentReviewResolved: (ledger, data) => {
    const isDecided = ledger.resolved.has('payment');
    ledger.resolved.add('payment');
    if (data.verdict === 'not captured') ledger.requiredNext = 'PaymentFailed';
    return violationOf(
      [ledger.payment === 'review' && isOfAttempt(ledger, data), 'is of no review'],
      [!isDecided, 'was decided before'],
    );
  },
};

type OfAttempt = { readonly attempt: number };

const isOfAttempt = ({ asked }: OrderLedger, { attempt }: OfAttempt): boolean =>
  attempt === asked?.attempt;

const isTotal = (
  { total, currency }: OrderLedger,
  money: { readonly amountMinor: number; readonly currency: string },
): boolean => money.amountMinor === total && money.currency === currency;

const sumOf = (rows: readonly LineBalance[]): number =>
  rows.reduce((sum, { net, tax }) => sum + net + tax, 0);

const endPayment = (
  ledger: OrderLedger,
  data: OfAttempt,
  payment: 'declined' | 'failed',
): string | undefined => {
  const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, data);
  ledger.payment = payment;
  ledger.requiredNext = ledger.isCancellationRequested ? 'OrderCancelled' : undefined;
  return violationOf([isOpen, 'is of no open payment']);
};

const checkProof = (
  { asked, claims }: OrderLedger,
  { proof, at, attempt }: DataOf<'PaymentFailed'>,
  closeMs: number,
): string | undefined => {
  const { at: askedAt = 0, closeAt = 0, deployment = '' } = asked ?? {};
  // The close in an intent of an older release was never a rule that its worker kept.
  const closesAt = deployment === '' ? askedAt + closeMs : closeAt;
  const isClaimed = claims.get(`payment#${attempt}`) === 'claimed';
  return violationOf(
    [proof !== 'absent after close' || at >= closesAt, 'absence is no proof before close (R5)'],
    [proof !== 'refused' || isClaimed, 'a refusal is no proof without a claim (R12)'],
  );
};
