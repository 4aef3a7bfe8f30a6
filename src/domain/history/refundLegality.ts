import type { AllocatedNumber } from '../series/index.ts';
import type { StreamEvent } from '../order/index.ts';

type EventData<T extends StreamEvent['type']> = Extract<StreamEvent, { readonly type: T }>['data'];
export type LineBalance = { net: number; tax: number };
export type RefundEntry = {
  readonly asked: Pick<EventData<'RefundRequested'>, 'amountMinor' | 'currency' | 'lines'>;
  is: 'open' | 'review' | 'done' | 'failed';
};

/** Where an order stands, written down a second time and in another way than the product does it. */
export type OrderLedger = {
  total?: number;
  currency: string;
  asked?: EventData<'PaymentRequested'>;
  payment: 'none' | 'open' | 'review' | 'captured' | 'declined' | 'failed';
  tombstone: boolean;
  ended: boolean;
  /** What must come next, in the same commit. */
  owed: string | undefined;
  rows: LineBalance[];
  refunds: Map<string, RefundEntry>;
  /** Answered with no: such an id never runs (I15). */
  rejected: Set<string>;
  /** What a person decided, by its subject: a client may call a refund anything, also `payment`. */
  resolved: Set<'payment' | `refund#${string}`>;
  /** Of which requests the sending was stopped, and whether somebody has claimed to send once more (R12). */
  claims: Map<string, 'stopped' | 'claimed'>;
};

type RefundEvent = Extract<StreamEvent, { readonly data: { readonly refundId: string } }>;

/** As `post` of an order, for what is about one refund. */
export const checkRefund = (books: OrderLedger, event: RefundEvent): string | undefined => {
  const { refundId } = event.data;
  if (books.payment !== 'captured') return 'nothing was captured';
  const refund = books.refunds.get(refundId);
  if (event.type === 'RefundAdopted') {
    if (refund !== undefined || books.rejected.has(refundId)) return 'the id is taken (I15)';
    if (refundId !== `gateway#${event.data.reference}`) return 'is not named after the gateway';
    books.refunds.set(refundId, { asked: event.data, is: 'done' });
    books.owed = 'CreditNoteIssued';
    return take(books, event.data);
  }
  if (event.type === 'RefundRequested' || event.type === 'RefundRejected') {
    if (refund !== undefined || books.rejected.has(refundId)) return 'the id is taken (I15)';
    if (event.type === 'RefundRejected') {
      books.rejected.add(refundId);
      return undefined;
    }
    books.refunds.set(refundId, { asked: event.data, is: 'open' });
    if ((event.data.cause === 'cancel') !== books.tombstone) return 'is not for this order';
    return take(books, event.data);
  }
  if (refund === undefined) return 'nobody asked for it';
  if (event.type === 'CreditNoteIssued') {
    const { lines, netMinor, taxMinor, totalMinor } = event.data;
    const isSame =
      JSON.stringify(lines) === JSON.stringify(refund.asked.lines) &&
      netMinor + taxMinor === totalMinor &&
      totalMinor === refund.asked.amountMinor;
    const isOwed = books.owed === 'CreditNoteIssued' && refund.is === 'done';
    books.owed = undefined;
    if (!isOwed) return 'is not in the commit of its refund';
    return isSame && isNumber(event.data) ? undefined : 'is not what was given back';
  }
  if (refund.is !== 'open' && refund.is !== 'review') return 'it has ended';
  switch (event.type) {
    case 'RefundSucceeded':
      refund.is = 'done';
      books.owed = 'CreditNoteIssued';
      if (event.data.source === 'person' && !books.resolved.has(`refund#${refundId}`))
        return 'nobody decided it';
      return event.data.amountMinor === refund.asked.amountMinor &&
        event.data.currency === refund.asked.currency
        ? undefined
        : 'is not what was asked';
    case 'RefundFailed':
      refund.is = 'failed';
      for (const { line, netMinor, taxMinor } of refund.asked.lines) {
        const row = books.rows[line - 1];
        if (row !== undefined)
          Object.assign(row, { net: row.net + netMinor, tax: row.tax + taxMinor });
      }
      books.owed = undefined;
      return undefined;
    case 'RefundReviewRequired': {
      const wasOpen = refund.is === 'open';
      refund.is = 'review';
      return wasOpen ? undefined : 'is of no open refund';
    }
    case 'RefundReviewResolved': {
      const isFirst = refund.is === 'review' && !books.resolved.has(`refund#${refundId}`);
      books.resolved.add(`refund#${refundId}`);
      if (event.data.verdict === 'not refunded') books.owed = 'RefundFailed';
      return isFirst ? undefined : 'is of no review';
    }
  }
};

/** Takes the lines out of what the invoice has left; none may fall below zero. */
const take = (
  books: OrderLedger,
  { lines, amountMinor, currency }: RefundEntry['asked'],
): string | undefined => {
  if (currency !== books.currency) return 'is in another currency';
  let sum = 0;
  for (const { line, netMinor, taxMinor } of lines) {
    const row = books.rows[line - 1];
    if (row === undefined) return `the invoice has no line ${line}`;
    Object.assign(row, { net: row.net - netMinor, tax: row.tax - taxMinor });
    if (row.net < 0 || row.tax < 0) return `line ${line} gives back more than it has`;
    sum += netMinor + taxMinor;
  }
  return sum === amountMinor && sum > 0 ? undefined : 'its lines are not its amount';
};

export const isNumber = ({
  number,
  label,
}: Pick<AllocatedNumber, 'number'> & { label: string }): boolean => number > 0 && label !== '';
