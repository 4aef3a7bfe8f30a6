import type { StreamEvent } from '../order/index.ts';
import {
  hasNumber,
  isPaymentOpen,
  violationOf,
  type LineBalance,
  type OrderLedger,
} from './ledger.ts';

type PaymentEvent = Extract<StreamEvent, { readonly type: `Payment${string}` | 'InvoiceIssued' }>;
type EventOf<T extends PaymentEvent['type']> = Extract<PaymentEvent, { readonly type: T }>;

/** As `check`, of an event of the payment or of its invoice. */
export const checkPayment = (
  ledger: OrderLedger,
  event: PaymentEvent,
  closeMs: number,
): string | undefined => {
  switch (event.type) {
    case 'PaymentRequested':
      return checkRequest(ledger, event);
    case 'PaymentCaptured':
      return checkCapture(ledger, event);
    case 'InvoiceIssued':
      return checkInvoice(ledger, event);
    case 'PaymentDeclined':
    case 'PaymentFailed':
      return checkEnd(ledger, event, closeMs);
    case 'PaymentReviewRequired': {
      const isOpen = ledger.payment === 'open' && isOfAttempt(ledger, event);
      ledger.payment = 'review';
      return violationOf([isOpen, 'is of no open payment']);
    }
    case 'PaymentReviewResolved': {
      const isDecided = ledger.resolved.has('payment');
      ledger.resolved.add('payment');
      if (event.data.verdict === 'not captured') ledger.requiredNext = 'PaymentFailed';
      return violationOf(
        [ledger.payment === 'review' && isOfAttempt(ledger, event), 'is of no review'],
        [!isDecided, 'was decided before'],
      );
    }
  }
};

const isOfAttempt = (
  { asked }: OrderLedger,
  { data }: { readonly data: { readonly attempt: number } },
): boolean => data.attempt === asked?.attempt;

const isTotal = (
  { total, currency }: OrderLedger,
  money: { readonly amountMinor: number; readonly currency: string },
): boolean => money.amountMinor === total && money.currency === currency;

const checkRequest = (
  ledger: OrderLedger,
  event: EventOf<'PaymentRequested'>,
): string | undefined => {
  const { payment, asked, requiredNext, isCancellationRequested } = ledger;
  Object.assign(ledger, { asked: event.data, payment: 'open', requiredNext: undefined });
  return violationOf(
    [!isCancellationRequested, 'charges a cancelled order'],
    [payment === 'none' || payment === 'failed', 'another one was made'],
    [event.data.attempt === (asked?.attempt ?? 0) + 1, 'is not the next attempt'],
    [isTotal(ledger, event.data), 'is not the total'],
    [payment !== 'none' || requiredNext !== undefined, 'is not in the commit of its order'],
  );
};

const checkCapture = (
  ledger: OrderLedger,
  event: EventOf<'PaymentCaptured'>,
): string | undefined => {
  const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, event);
  const isDecided = event.data.source !== 'person' || ledger.resolved.has('payment');
  Object.assign(ledger, { payment: 'captured', requiredNext: 'InvoiceIssued' });
  return violationOf(
    [isOpen, 'is of no open payment'],
    [isTotal(ledger, event.data), 'is not what was asked (I3)'],
    [isDecided, 'nobody decided it'],
  );
};

const checkInvoice = (ledger: OrderLedger, event: EventOf<'InvoiceIssued'>): string | undefined => {
  const { totalMinor, netMinor, taxMinor, lines } = event.data;
  const isRequired = ledger.requiredNext === 'InvoiceIssued';
  ledger.rows = lines.map((line) => ({ net: line.netMinor, tax: line.taxMinor }));
  ledger.requiredNext = undefined;
  return violationOf(
    [isRequired, 'is not in the commit of its capture'],
    [totalMinor === ledger.total && netMinor + taxMinor === totalMinor, 'is not the total'],
    [hasNumber(event.data), 'has no number'],
    [sumOf(ledger.rows) === totalMinor, 'its lines are not the total'],
  );
};

const sumOf = (rows: readonly LineBalance[]): number =>
  rows.reduce((sum, { net, tax }) => sum + net + tax, 0);

const checkEnd = (
  ledger: OrderLedger,
  event: EventOf<'PaymentDeclined' | 'PaymentFailed'>,
  closeMs: number,
): string | undefined => {
  const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, event);
  ledger.payment = event.type === 'PaymentDeclined' ? 'declined' : 'failed';
  ledger.requiredNext = ledger.isCancellationRequested ? 'OrderCancelled' : undefined;
  return (
    violationOf([isOpen, 'is of no open payment']) ??
    (event.type === 'PaymentFailed' ? checkProof(ledger, event, closeMs) : undefined)
  );
};

const checkProof = (
  { asked, claims }: OrderLedger,
  { data: { proof, at, attempt } }: EventOf<'PaymentFailed'>,
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
