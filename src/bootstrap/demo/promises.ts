import { creditNoticeId } from '../../application/notification/noticeIds.ts';
import { formatAmount } from '../../domain/money/index.ts';
import * as Order from '../../domain/order/index.ts';
import type * as Invoice from '../../domain/invoice/index.ts';
import type { DemoFacts, LogRecord, OrderFacts } from './readBack.ts';
import type { Fate } from './scenario.ts';

/** One promise, and whether it is kept by what was read back. */
export type PromiseCheck = {
  readonly promise: string;
  readonly holds: boolean;
  readonly found: string;
};

/** What happened on the way and is in no store. */
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

/** Names the orders for which it is not true. */
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

/** One charge in the ledger, of the total. */
const isChargedOnce = ({ state, charges }: OrderFacts): boolean =>
  charges.length === 1 &&
  charges[0]?.amountMinor === state.placed?.totalMinor &&
  charges[0]?.currency === state.placed?.currency;

const documentOf = ({ state }: OrderFacts): Invoice.InvoiceDocument | undefined =>
  state.invoice.status === 'issued' ? state.invoice.document : undefined;

const creditNotesOf = (order: OrderFacts): readonly Invoice.CreditNote[] =>
  documentOf(order)?.creditNotes ?? [];

/** The payment service's own records of each time that it handled a message of the order. */
export const handled = ({ records }: OrderFacts): readonly LogRecord[] =>
  records.filter(({ event, service }) => event === 'message.handled' && service === 'payments');

/** The mails of each order, of which the customer gets one of each kind. */
const MAILS: Readonly<Record<OrderFacts['act']['outcome'], readonly string[]>> = {
  paid: ['received', 'receipt'],
  declined: ['received', 'declined'],
  cancelled: ['received', 'receipt', 'cancelled'],
};

const hasItsMails = (order: OrderFacts): boolean => {
  const { orderId } = order.act.order;
  const credits = creditNotesOf(order).map(({ refundId }) => creditNoticeId(refundId));
  const expected = [...MAILS[order.act.outcome], ...credits].map((kind) => `${orderId}:${kind}`);
  const sent = order.mails.map(({ dedupeKey }) => dedupeKey);
  return sent.length === expected.length && expected.every((mail) => sent.includes(mail));
};

/** Refunded as much as is expected, by one credit note for each refund. */
const isRefunded = (order: OrderFacts, amountMinor: number | undefined): boolean =>
  creditNotesOf(order).length === order.refunds.length &&
  order.refunds.reduce((total, refund) => total + refund.amountMinor, 0) === amountMinor;

/** The cost of one piece of the first line, tax included: here it divides without a rest. */
const pieceOf = (order: OrderFacts): number | undefined => {
  const line = documentOf(order)?.lines[0];
  return line === undefined ? undefined : (line.netMinor + line.taxMinor) / line.quantity;
};

/** What has to be true of the orders that something happened to, beyond what an audit proves. */
const FATES: readonly (readonly [Fate, string, (order: OrderFacts) => boolean])[] = [
  [
    'delivered three times',
    'delivered three times, twice at the same moment: handled three times, charged once',
    (order) => handled(order).length >= 3 && isChargedOnce(order),
  ],
  [
    'answer lost',
    'the answer lost after the capture: unknown, then the same key again, charged once',
    (order) =>
      handled(order).some(({ outcome }) => outcome === 'OutcomeUnknown') && isChargedOnce(order),
  ],
  [
    'cancelled',
    'a cancel came while the gateway charged: invoiced, refunded in full, credited',
    (order) => order.state.cancelled && isRefunded(order, order.state.placed?.totalMinor),
  ],
  [
    'refunded',
    'one of three pieces came back: refunded, and its credit note is a third of its line',
    (order) => isChargedOnce(order) && isRefunded(order, pieceOf(order)),
  ],
];

/**
 * One line for each promise of the demo. Rows, numbers, sums and notices are the audit's to prove,
 * from the log and from the gateway's list; here is what only the other stores and the workers
 * themselves can show.
 */
export const checksOf = (facts: DemoFacts, course: Course): readonly PromiseCheck[] => {
  const { orders, audit } = facts;
  const charged = orders.filter(({ act }) => act.outcome !== 'declined');
  const declined = orders.filter(({ act }) => act.outcome === 'declined');
  const of = (fate: Fate) => orders.filter(({ act }) => act.fate === fate);
  return [
    each('each charged order has one charge in the ledger, of its total', charged, isChargedOnce),
    each(
      'the declined card: no charge and no invoice',
      declined,
      ({ state, charges, invoice }) =>
        state.payment.status === 'declined' && charges.length === 0 && invoice === undefined,
    ),
    each('each customer has each mail once in the mail sandbox', orders, hasItsMails),
    ...FATES.map(([fate, promise, isTrue]) => each(promise, of(fate), isTrue)),
    check(
      'the worker was killed with charges on their way; each was charged once',
      course.openWhenKilled.length > 0 && of('worker killed').every(isChargedOnce),
      `${course.openWhenKilled.length} on their way`,
    ),
    check(
      'an audit of the log, and against the gateway’s own list, finds nothing',
      audit.proved > 0 && audit.findings === 0,
      `${audit.proved} invariants, ${audit.findings} findings`,
    ),
    ...serviceChecks(facts, course),
  ];
};

const serviceChecks = (
  { orders, queues, deadLetters }: DemoFacts,
  { exitCodes }: Course,
): readonly PromiseCheck[] => {
  const waiting = queues.map(({ visible, inFlight, delayed }) => visible + inFlight + delayed);
  const reason = deadLetters[0]?.attributes['Reason'] ?? 'none';
  return [
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
    each('each order has records of both services in the log group', orders, ({ records }) =>
      ['payments', 'notifications'].every((name) =>
        records.some(({ service }) => service === name),
      ),
    ),
    check(
      'the workers drained when they were asked to stop',
      exitCodes.length > 0 && exitCodes.every((code) => code === 0),
      `exit codes ${exitCodes.join(', ')}`,
    ),
  ];
};

/** One line of the table: the order as each store has it. */
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
