import { toInvoiceRow } from '../../application/invoiceRow.ts';
import { formatAmount } from '../../domain/money/index.ts';
import type { Facts, LogRecord, OrderFacts } from './readBack.ts';
import type { Fate } from './scenario.ts';

/** One promise, and whether what was read back keeps it. */
export type Check = { readonly promise: string; readonly holds: boolean; readonly found: string };

/** What happened on the way, which the stores alone do not show. */
export type Course = {
  /** Orders whose charge was on its way, with no outcome in the log, when the worker was killed. */
  readonly openWhenKilled: readonly string[];
  /** Exit codes of the workers after SIGTERM. */
  readonly exitCodes: readonly (number | null)[];
};

const check = (promise: string, holds: boolean, found: string): Check => ({
  promise,
  holds,
  found,
});

/** Names those of whom it is not true, so that a broken promise says where. */
const each = (
  promise: string,
  orders: readonly OrderFacts[],
  isTrue: (order: OrderFacts) => boolean,
): Check => {
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
export const checksOf = (facts: Facts, course: Course): readonly Check[] => {
  const { orders, queues, deadLetters, replay } = facts;
  const paid = orders.filter(({ act }) => act.outcome === 'paid');
  const declined = orders.filter(({ act }) => act.outcome === 'declined');
  const of = (fate: Fate) => orders.filter(({ act }) => act.fate === fate);
  const waiting = queues.map(({ visible, inFlight, delayed }) => visible + inFlight + delayed);
  const [deadLetter] = deadLetters;
  const reason = deadLetter?.attributes['Reason'] ?? 'none';

  return [
    each('each paid order has one charge in the ledger, of its total', paid, isChargedOnce),
    each(
      'each paid order has one invoice, and the row is what its events say',
      paid,
      isInvoicedOnce,
    ),
    each(
      'each paid order has one receipt in the mail sandbox',
      paid,
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
      replay.differences === 0 && replay.invoices === paid.length,
      `${replay.invoices} rows, ${replay.differences} differences`,
    ),
    check(
      'the workers drained when they were told to stop',
      course.exitCodes.length > 0 && course.exitCodes.every((code) => code === 0),
      `exit codes ${course.exitCodes.join(', ')}`,
    ),
  ];
};

/** One line of the table: what each store says of the order. */
export const rowOf = ({
  act,
  state,
  charges,
  invoice,
  mails,
  records,
}: OrderFacts): readonly string[] => [
  act.order.orderId,
  state.payment.status === 'declined' ? `declined: ${state.payment.code}` : state.payment.status,
  charges.map(({ amountMinor, currency }) => formatAmount(amountMinor, currency)).join(' + ') ||
    '-',
  invoice === undefined ? '-' : invoiceTotal(invoice.document),
  mails.map(({ dedupeKey }) => dedupeKey.slice(act.order.orderId.length + 1)).join(', '),
  String(records.length),
];

const invoiceTotal = (document: string): string => {
  const { totalMinor, currency } = JSON.parse(document) as {
    readonly totalMinor: number;
    readonly currency: string;
  };
  return formatAmount(totalMinor, currency);
};
