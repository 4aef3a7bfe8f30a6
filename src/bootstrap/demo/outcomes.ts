import { isDeepStrictEqual } from 'node:util';
import { formatAmount } from '../../domain/money/index.ts';
import * as Order from '../../domain/order/index.ts';
import { INVARIANTS } from '../../application/audit/check.ts';
import type { AuditSums } from '../../application/audit/totals.ts';
import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';
import type { QueueCounts } from '../../application/ports/queueCount.ts';
import type { OrderFacts } from './readBack.ts';
import type { Act, Outcome } from './act.ts';
import { ACTS } from './scenario.ts';
import type { HeardEvents } from './subscriber.ts';

export type PromiseCheck = {
  readonly promise: string;
  readonly holds: boolean;
  readonly found: string;
};

/** Outcomes of each time that the payment service handled a message of the order. */
export const handledOutcomes = ({ records }: OrderFacts): readonly string[] =>
  records
    .filter(({ event, service }) => event === 'message.handled' && service === 'payments')
    .map(({ outcome = '' }) => outcome);

const documentsOf = ({ state: { invoice } }: OrderFacts): readonly string[] =>
  invoice.status === 'issued'
    ? [invoice.document, ...invoice.document.creditNotes].map(({ label }) => label)
    : [];

/** One line of the table: the order as each store has it. */
export const rowOf = (order: OrderFacts) => {
  const { orderId, state, charges, refunds, invoice, mails, records } = order;
  const money = (amounts: OrderFacts['charges']): string =>
    amounts.map(({ amountMinor, currency }) => formatAmount(amountMinor, currency)).join(' + ');
  const { payment } = state;
  return {
    order: orderId,
    shows: ACTS.find((act) => act.order.orderId === orderId)?.shows ?? '',
    outcome: payment.status === 'declined' ? `declined: ${payment.code}` : Order.statusOf(state),
    charged: money(charges),
    refunded: money(refunds),
    // Without its row an invoice cannot be shown to anybody.
    documents: invoice === undefined ? [] : documentsOf(order),
    mail: mails.map(({ dedupeKey }) =>
      dedupeKey.slice(orderId.length + 1).replace(/re_\w+$/, 're_…'),
    ),
    handled: handledOutcomes(order),
    records: records.length,
  };
};

export type OrderRow = ReturnType<typeof rowOf>;

/** Facts about the way that are in no store. */
export type Course = {
  /** Orders whose charge was on its way, with no outcome in the log, when the worker was killed. */
  readonly openWhenKilled: readonly string[];
  readonly exitCodes: readonly (number | null)[];
};

export type DemoFacts = Course & {
  readonly orders: readonly OrderFacts[];
  readonly queues: readonly QueueCounts[];
  readonly deadLetters: readonly ReceivedMessage[];
  /** The number of findings of each invariant that `paidonce audit --gateway --queues` has. */
  readonly audited: Readonly<Record<string, number | 'not checked'>>;
  /** The sums by the log, in minor units of each currency. */
  readonly sums: Readonly<Record<string, Pick<AuditSums, 'captured' | 'refunded'>>>;
  /** The events that a subscriber of the order events has heard. */
  readonly heard: HeardEvents;
};

/**
 * One line for each promise of the demo: what only the other stores and the workers themselves can
 * show, and what the audit proves from the log and from the gateway's list.
 */
export const checksOf = (facts: DemoFacts): readonly PromiseCheck[] => {
  const { orders, queues, deadLetters, audited, openWhenKilled, exitCodes } = facts;
  const rows = orders.map(rowOf);
  const waiting = queues.map(({ visible, inFlight, delayed }) => visible + inFlight + delayed);
  const reason = deadLetters[0]?.attributes['Reason'] ?? 'none';
  return [
    each('money, documents and mails of each order are as expected', (act) =>
      rows.some((row) => row.order === act.order.orderId && isAsExpected(row, act.expected)),
    ),
    each('each order has records of both services in the log group', ({ order: { orderId } }) => {
      const records = orders.find((order) => order.orderId === orderId)?.records ?? [];
      const services = new Set(records.map(({ service }) => service));
      return services.has('payments') && services.has('notifications');
    }),
    {
      promise: 'the worker was killed with charges on their way',
      holds: openWhenKilled.length > 0,
      found: `${openWhenKilled.length} on their way`,
    },
    {
      promise: 'the malformed message is in the dead-letter queue, with its reason',
      holds: deadLetters.length === 1 && reason !== 'none',
      found: reason,
    },
    {
      promise: 'both queues are empty, nothing is hidden',
      holds: waiting.every((count) => count === 0),
      found: waiting.join(' and '),
    },
    {
      promise: 'the workers drained when they were asked to stop',
      holds: exitCodes.length > 0 && exitCodes.every((code) => code === 0),
      found: `exit codes ${exitCodes.join(', ')}`,
    },
    addedUp(facts),
    ...Object.entries(INVARIANTS).map(([name, invariant]): PromiseCheck => {
      const found = audited[name] ?? 'not checked';
      // The codes of the protocol are left out.
      const promise = `audit: ${invariant.replace(/ \([A-Z\d, ]+\)$/, '')}`;
      return { promise, holds: found === 0, found: found === 0 ? name : `${name}: ${found}` };
    }),
  ];
};

/** Whoever adds up the order events has what the log has, however often they came. */
const addedUp = ({ heard: { events, repeats, sums }, sums: logged }: DemoFacts): PromiseCheck => {
  const expected = Object.entries(logged).map(
    ([currency, { captured, refunded }]) => [currency, captured - refunded] as const,
  );
  const isSum = ([currency, minor]: readonly [string, number]): boolean =>
    (sums[currency] ?? 0) === minor;
  const amounts = Object.entries(sums).map(([currency, minor]) => formatAmount(minor, currency));
  return {
    promise: 'a subscriber of the order events adds up what the log does',
    holds: events > 0 && expected.every(isSum),
    found: `${events} events, ${repeats} of them again: ${amounts.toSorted().join(', ')}`,
  };
};

/** The result of everything in one line: nothing in it is written beforehand. */
export const verdictOf = (
  checks: readonly PromiseCheck[],
  orders: readonly Pick<OrderFacts, 'charges'>[],
): string => {
  const held = checks.filter(({ holds }) => holds).length;
  const charges = orders.reduce((sum, order) => sum + order.charges.length, 0);
  const twice = orders.filter((order) => order.charges.length > 1).length;
  return (
    `${held} of ${checks.length} promises hold: ${orders.length} orders, ${charges} charges, ` +
    `${twice === 0 ? 'none' : twice} twice`
  );
};

const each = (promise: string, isTrue: (act: Act) => boolean): PromiseCheck => {
  const broken = ACTS.filter((act) => !isTrue(act)).map(({ order }) => order.orderId);
  const found = broken.length === 0 ? `${ACTS.length} of ${ACTS.length}` : broken.join(', ');
  return { promise, holds: broken.length === 0, found };
};

const isAsExpected = (row: OrderRow, expected: Outcome): boolean =>
  row.outcome === expected.outcome &&
  row.charged === expected.charged &&
  row.refunded === expected.refunded &&
  row.documents.length === expected.documents &&
  isDeepStrictEqual(row.mail.toSorted(), expected.mail.toSorted()) &&
  Object.entries(Object.groupBy(expected.handled, (outcome) => outcome)).every(
    ([outcome, times = []]) =>
      row.handled.filter((found) => found === outcome).length >= times.length,
  );
