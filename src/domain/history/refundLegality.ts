import type { StreamEvent } from '../order/index.ts';
import {
  hasNumber,
  isRefundOpen,
  violationOf,
  type OrderLedger,
  type RefundEntry,
} from './ledger.ts';

type RefundEvent = Extract<StreamEvent, { readonly data: { readonly refundId: string } }>;
type EventOf<T extends RefundEvent['type']> = Extract<RefundEvent, { readonly type: T }>;

/** As `check`, of an event of one refund. */
export const checkRefund = (ledger: OrderLedger, event: RefundEvent): string | undefined => {
  if (ledger.payment !== 'captured') return 'nothing was captured';
  switch (event.type) {
    case 'RefundRequested':
    case 'RefundRejected':
    case 'RefundAdopted':
      return checkNew(ledger, event);
    case 'CreditNoteIssued':
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundReviewRequired':
    case 'RefundReviewResolved': {
      const refund = ledger.refunds.get(event.data.refundId);
      if (refund === undefined) return 'nobody asked for it';
      if (event.type === 'CreditNoteIssued') return checkCreditNote(ledger, refund, event);
      if (!isRefundOpen(refund)) return 'it has ended';
      return checkOpen(ledger, refund, event);
    }
  }
};

const checkNew = (
  ledger: OrderLedger,
  event: EventOf<'RefundRequested' | 'RefundRejected' | 'RefundAdopted'>,
): string | undefined => {
  const { refundId } = event.data;
  const isFree = !ledger.refunds.has(refundId) && !ledger.rejected.has(refundId);
  if (!isFree) return 'the id is taken (I15)';
  switch (event.type) {
    case 'RefundRejected':
      ledger.rejected.add(refundId);
      return undefined;
    case 'RefundRequested': {
      ledger.refunds.set(refundId, { asked: event.data, is: 'open' });
      const isOfCancellation = event.data.cause === 'cancel';
      return (
        violationOf([
          isOfCancellation === ledger.isCancellationRequested,
          'is not for this order',
        ]) ?? reserve(ledger, event.data)
      );
    }
    case 'RefundAdopted':
      if (refundId !== `gateway#${event.data.reference}`) return 'is not named after the gateway';
      ledger.refunds.set(refundId, { asked: event.data, is: 'done' });
      ledger.requiredNext = 'CreditNoteIssued';
      return reserve(ledger, event.data);
  }
};

const checkOpen = (
  ledger: OrderLedger,
  refund: RefundEntry,
  event: EventOf<
    'RefundSucceeded' | 'RefundFailed' | 'RefundReviewRequired' | 'RefundReviewResolved'
  >,
): string | undefined => {
  const subject = `refund#${event.data.refundId}` as const;
  const isDecided = ledger.resolved.has(subject);
  switch (event.type) {
    case 'RefundSucceeded': {
      const { source, amountMinor, currency } = event.data;
      refund.is = 'done';
      ledger.requiredNext = 'CreditNoteIssued';
      const { asked } = refund;
      return violationOf(
        [source !== 'person' || isDecided, 'nobody decided it'],
        [amountMinor === asked.amountMinor && currency === asked.currency, 'is not what was asked'],
      );
    }
    case 'RefundFailed':
      refund.is = 'failed';
      ledger.requiredNext = undefined;
      release(ledger, refund);
      return undefined;
    case 'RefundReviewRequired': {
      const wasOpen = refund.is === 'open';
      refund.is = 'review';
      return violationOf([wasOpen, 'is of no open refund']);
    }
    case 'RefundReviewResolved':
      ledger.resolved.add(subject);
      if (event.data.verdict === 'not refunded') ledger.requiredNext = 'RefundFailed';
      return violationOf([refund.is === 'review' && !isDecided, 'is of no review']);
  }
};

const checkCreditNote = (
  ledger: OrderLedger,
  { is, asked }: RefundEntry,
  { data }: EventOf<'CreditNoteIssued'>,
): string | undefined => {
  const { lines, netMinor, taxMinor, totalMinor } = data;
  const isRequired = ledger.requiredNext === 'CreditNoteIssued' && is === 'done';
  ledger.requiredNext = undefined;
  const isSame =
    JSON.stringify(lines) === JSON.stringify(asked.lines) &&
    netMinor + taxMinor === totalMinor &&
    totalMinor === asked.amountMinor;
  return violationOf(
    [isRequired, 'is not in the commit of its refund'],
    [isSame && hasNumber(data), 'is not what was refunded'],
  );
};

/** Takes the lines out of the rest of the invoice; none may fall below zero. */
const reserve = (
  ledger: OrderLedger,
  { lines, amountMinor, currency }: RefundEntry['asked'],
): string | undefined => {
  if (currency !== ledger.currency) return 'is in another currency';
  let sum = 0;
  for (const { line, netMinor, taxMinor } of lines) {
    const row = ledger.rows[line - 1];
    if (row === undefined) return `the invoice has no line ${line}`;
    Object.assign(row, { net: row.net - netMinor, tax: row.tax - taxMinor });
    if (row.net < 0 || row.tax < 0) return `line ${line} is refunded for more than it has`;
    sum += netMinor + taxMinor;
  }
  return violationOf([sum === amountMinor && sum > 0, 'its lines are not its amount']);
};

/** The lines of a refund that failed are free again. */
const release = ({ rows }: OrderLedger, { asked }: RefundEntry): void => {
  for (const { line, netMinor, taxMinor } of asked.lines) {
    const row = rows[line - 1];
    if (row === undefined) continue;
    Object.assign(row, { net: row.net + netMinor, tax: row.tax + taxMinor });
  }
};
