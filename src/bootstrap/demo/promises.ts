import { creditNoticeId } from '../../application/notification/noticeIds.ts';
import { toInvoiceRow } from '../../application/readModel/invoiceRow.ts';
import { formatAmount } from '../../domain/money/index.ts';
import * as Order from '../../domain/order/index.ts';
import type * as Invoice from '../../domain/invoice/index.ts';
import type { DemoFacts, LogRecord, OrderFacts } from './readBack.ts';
import type { Fate } from './scenario.ts';

/** One promise, and whether what was read back keeps it. */
export type PromiseCheck = {
  readonly promise: string;
  readonly holds: boolean;
  readonly found: string;
};

/** What happened on the way, which the stores alone do not show. */
export type Course = {
  /** Orders whose charge was on its way, with no outcome in the log, when the worker was killed. */
  readonly openWhenKilled: readonly string[];
  /** Exit codes of the workers after SIGTERM. */
  readonly exitCodes: readonly (number | null)[];
};

const check = (promise: string, holds: boolean, found: string): PromiseCheck => ({
  promise,
  holds,
  found,
});

/** Names those of whom it is not true, so that a broken promise says where. */
const each = (
  promise: string,
  orders: readonly OrderFacts[],
  isTrue: (order: OrderFacts) => boolean,
): PromiseCheck => {
  const broken = orders.filter((order) => !isTrue(order)).map(({ act }) => act.order.orderId);
  const found =
    broken.length === 0 ? `${orders.length} of ${orders.length}` : `not ${broken.join(', ')}`;
  return check(promise, orders.length > 0 && broken.length === 0, found);
};

const mailsOf = ({ mails, act }: OrderFacts, kind: string): number =>
  mails.filter(({ dedupeKey }) => dedupeKey === `${act.order.orderId}:${kind}`).length;

const isChargedOnce = ({ state, charges }: OrderFacts): boolean =>
  charges.length === 1 &&
  charges[0]?.amountMinor === state.placed?.totalMinor &&
  charges[0]?.currency === state.placed?.currency;

const sum = (amounts: readonly { readonly amountMinor: number }[]): number =>
  amounts.reduce((total, { amountMinor }) => total + amountMinor, 0);

const documentOf = ({ state }: OrderFacts): Invoice.InvoiceDocument | undefined =>
  state.invoice.status === 'issued' ? state.invoice.document : undefined;

const creditNotesOf = (order: OrderFacts): readonly Invoice.CreditNote[] =>
  documentOf(order)?.creditNotes ?? [];

/** Every refund in the ledger has its credit note, of the same sum, and the customer was told of each. */
const isCreditedFor = (order: OrderFacts, amountMinor: number | undefined): boolean => {
  const notes = creditNotesOf(order);
  return (
    notes.length === order.refunds.length &&
    sum(order.refunds) === amountMinor &&
    notes.reduce((total, { totalMinor }) => total + totalMinor, 0) === amountMinor &&
    notes.every(({ refundId }) => mailsOf(order, creditNoticeId(refundId)) === 1)
  );
};

/** 1 … n without a gap, and no later number with an earlier date. */
const isGapless = (numbers: readonly Invoice.DocumentNumber[]): boolean => {
  const ordered = numbers.toSorted((a, b) => a.number - b.number);
  return ordered.every(
    ({ number, issuedAt }, index) =>
      number === index + 1 && issuedAt >= (ordered[index - 1]?.issuedAt ?? 0),
  );
};

const isInvoicedOnce = ({ state, invoice, charges }: OrderFacts): boolean => {
  if (state.invoice.status === 'none' || invoice === undefined) return false;
  const expected = toInvoiceRow(state.invoice);
  return (
    invoice.document === expected.document &&
    invoice.version === expected.version &&
    state.invoice.document.totalMinor === charges[0]?.amountMinor
  );
};

/** The payment service's own records of each time that it handled a message of the order. */
export const handled = ({ records }: OrderFacts): readonly LogRecord[] =>
  records.filter(({ event, service }) => event === 'message.handled' && service === 'payments');

/** One line for each promise of the demo. */
export const checksOf = (facts: DemoFacts, course: Course): readonly PromiseCheck[] => {
  const { orders, queues, deadLetters, replay, audit } = facts;
  const charged = orders.filter(({ act }) => act.outcome !== 'declined');
  const declined = orders.filter(({ act }) => act.outcome === 'declined');
  const of = (fate: Fate) => orders.filter(({ act }) => act.fate === fate);
  const waiting = queues.map(({ visible, inFlight, delayed }) => visible + inFlight + delayed);
  const [deadLetter] = deadLetters;
  const reason = deadLetter?.attributes['Reason'] ?? 'none';

  return [
    each('each charged order has one charge in the ledger, of its total', charged, isChargedOnce),
    each(
      'each charged order has one invoice, and the row is what its events say',
      charged,
      isInvoicedOnce,
    ),
    each(
      'each charged order has one receipt in the mail sandbox',
      charged,
      (order) => mailsOf(order, 'receipt') === 1,
    ),
    each(
      'each order was told once that it was received',
      orders,
      (order) => mailsOf(order, 'received') === 1,
    ),
    each(
      'the declined card: no charge, no invoice, told once',
      declined,
      (order) =>
        order.state.payment.status === 'declined' &&
        order.charges.length === 0 &&
        order.invoice === undefined &&
        mailsOf(order, 'declined') === 1,
    ),
    each(
      'delivered three times, twice at the same moment: handled three times, charged once',
      of('delivered three times'),
      (order) => handled(order).length >= 3 && isChargedOnce(order),
    ),
    each(
      'the answer lost after the capture: unknown, then the same key again, charged once',
      of('answer lost'),
      (order) =>
        handled(order).some(({ outcome }) => outcome === 'OutcomeUnknown') && isChargedOnce(order),
    ),
    each(
      'a cancel came while the gateway charged: invoiced, given back whole, credited, told',
      of('cancelled'),
      (order) =>
        order.state.cancelled &&
        isChargedOnce(order) &&
        isCreditedFor(order, order.state.placed?.totalMinor) &&
        mailsOf(order, 'cancelled') === 1,
    ),
    each(
      'one of three pieces came back: given back, and its credit note is a third of its line',
      of('refunded'),
      (order) => isChargedOnce(order) && isCreditedFor(order, pieceOf(order)),
    ),
    check(
      'the numbers of the invoices and of the credit notes are 1 to n, their dates in order',
      isGapless(orders.flatMap((order) => documentOf(order) ?? [])) &&
        isGapless(orders.flatMap(creditNotesOf)),
      [orders.flatMap((order) => documentOf(order) ?? []), orders.flatMap(creditNotesOf)]
        .map((documents) => labelsOf(documents))
        .join(', '),
    ),
    check(
      'the worker was killed with charges on their way; each was charged once',
      course.openWhenKilled.length > 0 && of('worker killed').every(isChargedOnce),
      `${course.openWhenKilled.length} on their way`,
    ),
    check(
      'the malformed message is in the dead-letter queue, with its reason',
      deadLetters.length === 1 && reason !== 'none',
      reason,
    ),
    check(
      'both queues are empty, nothing is hidden',
      waiting.every((count) => count === 0),
      waiting.join(' and '),
    ),
    each(
      'each order has records of both services in the log group',
      orders,
      ({ records }) =>
        records.some(({ service }) => service === 'payments') &&
        records.some(({ service }) => service === 'notifications'),
    ),
    check(
      'a replay of the events alone gives every row of the invoices, and no other',
      replay.differences === 0 && replay.invoices === charged.length,
      `${replay.invoices} rows, ${replay.differences} differences`,
    ),
    check(
      'an audit of the log, and against the gateway’s own list, finds nothing',
      audit.proved > 0 && audit.findings === 0,
      `${audit.proved} invariants, ${audit.findings} findings`,
    ),
    check(
      'the workers drained when they were told to stop',
      course.exitCodes.length > 0 && course.exitCodes.every((code) => code === 0),
      `exit codes ${course.exitCodes.join(', ')}`,
    ),
  ];
};

/** What one piece of the first line cost, tax included: here it divides without a rest. */
const pieceOf = (order: OrderFacts): number | undefined => {
  const line = documentOf(order)?.lines[0];
  return line === undefined ? undefined : (line.netMinor + line.taxMinor) / line.quantity;
};

const labelsOf = (documents: readonly Invoice.DocumentNumber[]): string => {
  const labels = documents.toSorted((a, b) => a.number - b.number).map(({ label }) => label);
  return labels.length > 1 ? `${labels[0]} to ${labels.at(-1)}` : (labels[0] ?? 'none');
};

/** One line of the table: what each store says of the order. */
export const rowOf = (order: OrderFacts): readonly string[] => {
  const { act, charges, refunds, invoice, mails, records } = order;
  const money = (amounts: OrderFacts['charges']): string =>
    amounts.map(({ amountMinor, currency }) => formatAmount(amountMinor, currency)).join(' + ') ||
    '-';
  const documents = [documentOf(order), ...creditNotesOf(order)].flatMap((document) =>
    document === undefined ? [] : [document.label],
  );
  return [
    act.order.orderId,
    outcomeOf(order),
    money(charges),
    money(refunds),
    invoice === undefined ? '-' : documents.join(', '),
    mails.map(({ dedupeKey }) => dedupeKey.slice(act.order.orderId.length + 1)).join(', '),
    String(records.length),
  ];
};

/** The status of the order, with the gateway's code for a refusal. */
const outcomeOf = ({ state }: OrderFacts): string =>
  state.payment.status === 'declined' ? `declined: ${state.payment.code}` : Order.statusOf(state);
