import type { EventStore } from '../../src/application/ports/eventStore.ts';
import type { Ids } from '../../src/application/ports/ids.ts';
import type { InvoiceRow, InvoiceView } from '../../src/application/ports/invoiceView.ts';
import { toInvoiceRow } from '../../src/application/readModel/invoiceRow.ts';
import {
  createNotificationStream,
  createOrderStream,
  type OrderStream,
} from '../../src/application/log/eventStreams.ts';
import { must } from './commits.ts';
import { anOrder, orderLife, type OrderLife } from './orderLife.ts';

const TRACE = { idempotencyKey: 'k', correlationId: 'c', causationId: 'm' };
const DECLINED_EVERY = 5;
const REFUNDED_EVERY = 7;

/**
 * The life of the nth order: most are paid, some then get a part of their money back, some are
 * declined.
 */
export const nthOrder = (n: number, prefix = 'o'): OrderLife => {
  const placed = orderLife().placed(anOrder({ orderId: `${prefix}-${n}` }));
  if (n % DECLINED_EVERY === DECLINED_EVERY - 1) return placed.declined();
  const paid = placed.captured(n + 1, `pi_${n}`);
  if (n % REFUNDED_EVERY !== 0) return paid;
  return paid
    .asked('r-1', { type: 'Amount', amountMinor: 1_000 + (n % 100) })
    .refunded('r-1', n + 1);
};

/** As the payment service does it: after each append the row, as the events up to there have it. */
export const storeOrder = async (
  { orders, invoices }: { readonly orders: OrderStream; readonly invoices: InvoiceView },
  { commits, state }: Pick<OrderLife, 'commits' | 'state'>,
): Promise<InvoiceRow | undefined> => {
  const orderId = state.placed?.orderId ?? '';
  let held = orders.start;
  for (const events of commits) {
    held = await must(orders.append(orderId, held, { events, ...TRACE }));
    if (held.state.invoice.status !== 'issued') continue;
    await must(invoices.putIfNewer(toInvoiceRow(held.state.invoice)));
  }
  return held.state.invoice.status === 'issued' ? toInvoiceRow(held.state.invoice) : undefined;
};

/**
 * Writes so many orders to the log and their rows to the view, with a notice beside each; gives the
 * rows.
 */
export const writeHistory = async (
  services: { readonly store: EventStore; readonly ids: Ids; readonly invoices: InvoiceView },
  { from = 0, orders: count, prefix }: { from?: number; orders: number; prefix?: string },
): Promise<readonly InvoiceRow[]> => {
  const orders = createOrderStream(services);
  const notices = createNotificationStream(services);
  const rows: InvoiceRow[] = [];
  for (let n = from; n < from + count; n += 1) {
    const life = nthOrder(n, prefix);
    const row = await storeOrder({ orders, invoices: services.invoices }, life);
    if (row !== undefined) rows.push(row);
    const claim = { type: 'NotificationClaimed', data: { claimId: 'x', at: n } } as const;
    const id = `${life.state.placed?.orderId}#receipt`;
    await must(notices.append(id, notices.start, { events: [claim], ...TRACE }));
  }
  return byId(rows);
};

export const allRows = async (invoices: InvoiceView): Promise<readonly InvoiceRow[]> => {
  const rows: InvoiceRow[] = [];
  for await (const page of invoices.list()) rows.push(...(await must(page)));
  return byId(rows);
};

const byId = (rows: readonly InvoiceRow[]): readonly InvoiceRow[] =>
  rows.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
