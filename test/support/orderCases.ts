import fc from 'fast-check';
import type * as Order from '../../src/domain/order/index.ts';
import type * as Series from '../../src/domain/series/index.ts';
import { anyHappenings, type Happening } from './arbitraries/happenings.ts';
import { anyOrder } from './arbitraries/order.ts';
import { contextAt, formatOf, NOON } from './orderContext.ts';
import { runOrder, type OrderRun } from './orderRun.ts';
import { anOrder, orderLife, type OrderLife } from './orderLife.ts';
import { CLAIMED, createShop, NOW, SENT, type Shop } from './shop.ts';

const MINUTE_MS = 60_000;

type Asked = { readonly at?: number; readonly series?: string };

/** An order that was placed; every one costs something else. */
export const placed = (orderId: string, { at = NOON, series = 'INV' }: Asked = {}): OrderLife => {
  const format = formatOf('{series}-{year}-{number:6}');
  const invoices = { series, from: 0, format };
  const unitPriceMinor = 1_000 + (Number(/\d+/.exec(orderId)?.[0] ?? 7) % 1_000);
  const line = { sku: 'B', description: 'Book', quantity: 2, unitPriceMinor, taxRateBps: 1_900 };
  return orderLife(contextAt(at, { invoices })).placed(anOrder({ orderId, lines: [line] }));
};

const MOVED = { type: 'MoneyMoved', source: 'answer' } as const;

/** Captured, with a number from the shop's series, or another one. */
export const captured = (
  shop: Shop,
  orderId: string,
  life: OrderLife,
  number?: Series.PrintedNumber,
): OrderLife => {
  const { payment } = life.state;
  if (payment.status !== 'requested') throw new Error(`the payment is ${payment.status}`);
  const { attempt, amountMinor, currency, series } = payment;
  const reference = `pi_${orderId}`;
  const answer = { ...MOVED, reference, amountMinor, currency };
  const taken = number ?? shop.take(series, orderId, reference);
  return life.learned(`payment#${attempt}`, { answer, number: taken });
};

const refunded = (shop: Shop, orderId: string, life: OrderLife, refundId = 'r-1'): OrderLife => {
  const refund = life.state.refunds.find((one) => one.refundId === refundId);
  if (refund?.status !== 'pending') throw new Error(`the refund is ${refund?.status ?? 'unknown'}`);
  const { amountMinor, currency, series } = refund;
  const reference = `re_${orderId}_${refundId}`;
  const number = shop.take(series, `${orderId}#${refundId}`, reference);
  const answer = { ...MOVED, reference, amountMinor, currency };
  return life.learned(`refund#${refundId}`, { answer, number });
};

export const paid = (shop: Shop, orderId: string, asked: Asked = {}): OrderLife =>
  captured(shop, orderId, placed(orderId, asked));

type OrderCase = (shop: Shop, orderId: string) => void | Promise<void>;

const laying =
  (run: (shop: Shop, orderId: string) => OrderLife): OrderCase =>
  (shop, orderId) =>
    shop.layOrder(orderId, run(shop, orderId).commits);

const DECISION = { letterId: 'l', reason: 'r', by: 'ada', because: 'b', at: NOON } as const;
const DISCARDED: Order.StreamEvent = {
  type: 'LetterDiscarded',
  data: { ...DECISION, queue: 'notifications', command: 'OrderSettled' },
};
const REDRIVEN: Order.StreamEvent = {
  type: 'LetterRedriven',
  data: { ...DECISION, queue: 'payments', command: 'PlaceOrder' },
};

const nothingMoved = { moved: false, reference: '' } as const;

/** Everything that can become of an order, as the records show it, and nothing of it is wrong. */
export const ORDER_CASES: Readonly<Record<string, OrderCase>> = {
  paid: laying(paid),
  'partly-refunded': laying((shop, id) =>
    refunded(shop, id, paid(shop, id).asked('r-1', { type: 'Amount', amountMinor: 500 })),
  ),
  refunded: laying((shop, id) => refunded(shop, id, paid(shop, id).asked('r-1'))),
  'refund-failed': laying((shop, id) => paid(shop, id).asked('r-1').refundFailed('r-1').compared()),
  'refund-rejected': laying((shop, id) =>
    paid(shop, id).asked('r-1', { type: 'Amount', amountMinor: 999_999_999 }),
  ),
  'refund-in-review': laying((shop, id) => paid(shop, id).asked('r-1').refundInReview('r-1')),
  declined: laying((_, id) => placed(id).declined()),
  failed: laying((_, id) => placed(id).absent()),
  'failed-by-a-person': laying((_, id) => placed(id).unresolved().resolved(nothingMoved)),
  'in-review': laying((_, id) => placed(id).unresolved()),
  cancelled: laying((_, id) => placed(id).cancelled().declined()),
  'cancelled-when-paid': laying((shop, id) =>
    refunded(shop, id, paid(shop, id).cancelled(), 'cancel#1'),
  ),
  refused: laying(() => orderLife().refused()),
  'refused-nobody-to-notify': laying(() =>
    orderLife().refused({ customer: { id: '', email: '' } }),
  ),
  /** Its customer was notified, before it came again. */
  'refused-then-declined': (shop, id) => {
    const order = anOrder({ orderId: id });
    shop.layOrder(id, orderLife().refused().placed(order).declined().commits);
    shop.layNotice(id, 'refused');
  },
  'cancelled-alone': laying(() => orderLife().cancelled()),
  'cancelled-first': laying((_, id) =>
    orderLife()
      .cancelled()
      .placed(anOrder({ orderId: id })),
  ),
  /** The customer was notified that it failed, before it was cancelled. */
  'failed-then-cancelled': (shop, id) => {
    shop.layOrder(id, placed(id).absent().cancelled().commits);
    shop.layNotice(id, 'failed');
  },
  redriven: (shop, id) => shop.layOrder(id, [...paid(shop, id).commits, [REDRIVEN]]),
  /** The process that claimed it died; the next one notified the customer. */
  'claimed-twice': (shop, id) => {
    shop.layOrder(id, paid(shop, id).commits);
    shop.layNotice(id, 'receipt', { events: [CLAIMED, CLAIMED, SENT] });
  },
  'never-notified-and-discarded': (shop, id) => {
    shop.layOrder(id, [...paid(shop, id).commits, [DISCARDED]]);
    shop.layNotice(id, 'receipt', { events: [CLAIMED] });
  },
  'never-notified-and-in-the-dead-letter-queue': async (shop, id) => {
    shop.layOrder(id, paid(shop, id).commits);
    shop.layNotice(id, 'receipt', { events: [CLAIMED] });
    const message = { type: 'OrderSettled', v: 1, orderId: id, outcome: 'paid' };
    await shop.notificationsDlq.send([{ body: JSON.stringify(message) }]);
  },
  'open-with-a-dead-letter': async (shop, id) => {
    const at = NOW - 30 * MINUTE_MS;
    shop.layOrder(id, placed(id, { at }).commits, { at });
    await sendDeadLetter(shop, id);
  },
  /** Nothing of these is written yet but the events. */
  'open-just-now': (shop, id) => {
    const at = NOW - MINUTE_MS;
    shop.layOrder(id, placed(id, { at }).commits, { at });
  },
  'paid-just-now': (shop, id) => {
    const at = NOW - MINUTE_MS;
    shop.layOrder(id, paid(shop, id, { at }).commits, { at, derive: false });
  },
};

export const sendDeadLetter = async (shop: Shop, orderId: string): Promise<void> => {
  const body = JSON.stringify({ type: 'ResumeOrder', v: 1, orderId });
  await shop.paymentsDlq.send([{ body }]);
};

/** So many orders, of one case after the other. */
export const layOrderCases = async (shop: Shop, count: number): Promise<void> => {
  const orderCases = Object.entries(ORDER_CASES);
  for (let index = 0; index < count; index += 1) {
    const [name, orderCase] = orderCases[index % orderCases.length] ?? [];
    await orderCase?.(shop, `${name}-${index}`);
  }
};

/** A shop with orders of every case, of which one has no row and another no notice. */
export const layTwoFaults = async () => {
  const shop = createShop();
  await layOrderCases(shop, 60);
  shop.laySeries();
  shop.rows.delete('paid-0');
  shop.lay('notification#declined-6#declined', []);
  return { shop, named: ['rows order#paid-0 @4', 'told order#declined-6 @3'] };
};

/**
 * Until nothing is open: what is in review is decided, what was asked for is answered. Each by a
 * process of its own, since evidence against what a person has decided stops the one that has it.
 */
const ENDING: readonly Happening[] = (['payment', 0, 1, 2, 3] as const).flatMap((about) => {
  const one = { worker: 0, steps: 12 } as const;
  const next = about === 'payment' ? about : 0;
  return [
    { do: 'resolve', about, moved: true, ...one },
    { do: 'forget', ...one },
    { do: 'drive', ...one },
    { do: 'learn', about: next, answer: 'right', ...one },
    { do: 'forget', ...one },
  ] as const;
});

export type EndedOrder = {
  readonly order: Order.ContentV1;
  readonly happenings: readonly Happening[];
};

/** Any life that two workers, a gateway, people and time can give an order, driven to its end. */
export const anyEndedOrder = (): fc.Arbitrary<EndedOrder> =>
  fc.tuple(anyOrder(), anyHappenings()).map(([order, happenings]) => ({
    order,
    // What nobody bounds may be more than is held: a contradiction, which stays one.
    happenings: [...happenings.filter((one) => one.do !== 'give back'), ...ENDING],
  }));

/** Lives it in the shop, under this id. */
export const layOrderRun = (
  shop: Shop,
  orderId: string,
  { order, happenings }: EndedOrder,
): OrderRun => {
  const run = runOrder({ ...order, orderId }, happenings, {}, ({ series, id, reference }) =>
    shop.take(series, id, reference),
  );
  shop.layOrder(orderId, run.commits);
  return run;
};
