import { generateOrders } from '../../src/bootstrap/cli/common/generateOrders.ts';
import { priceOrder } from '../../src/domain/money/index.ts';
import * as Order from '../../src/domain/order/index.ts';
import type { Sandbox } from './sandbox.ts';

/** A payment method that the gateway has never heard of, and what share of the orders has it. */
export const UNKNOWN_CARD = 'pm_card_unknown';
const UNKNOWN_CARDS = 0.05;
/** Cards whose payments, refunds or disputes come later, and what share of the orders has one. */
const LATER_CARDS = [
  'pm_card_pendingRefund',
  'pm_card_refundFail',
  'pm_sandbox_processing_succeeds',
  'pm_sandbox_processing_fails',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
] as const;
const LATER = 0.2;

type Way = Order.PaymentWay;

/** What share of the orders is paid in which way. */
const WAYS: readonly (readonly [Way, number])[] = [
  ['method', 0.5],
  ['saved', 0.15],
  ['authorised', 0.15],
  ['paid', 0.1],
  ['transferred', 0.05],
  ['none', 0.05],
];
/** Of the orders with a payment of the shop's, how many name that of the order before. */
const SHARED = 0.2;

type CheckoutOptions = {
  readonly orders: number;
  /** Fractions in [0, 1). */
  readonly random: () => number;
  readonly sandbox: Pick<Sandbox, 'save' | 'pay'>;
};

/**
 * Orders that are paid in every way, and what their customers did at the shop's checkout before:
 * there no fault is met. The payment of some is named by two.
 */
export const checkOut = async ({
  orders: count,
  random,
  sandbox,
}: CheckoutOptions): Promise<readonly Order.SentOrder[]> => {
  let made = 0;
  const ids = { random, create: () => `storm-${(made += 1)}` };
  const before = new Map<Way, Order.Content>();
  const orders: Order.SentOrder[] = [];
  for (const order of generateOrders(ids, count)) {
    const way = wayAt(random());
    const known = before.get(way);
    if (way === 'method') {
      const paymentMethod = cardOf(random(), order.paymentMethod);
      orders.push({ ...order, paymentMethod });
    } else if (known !== undefined && isShops(known) && random() < SHARED) {
      orders.push({ ...known, orderId: order.orderId });
    } else {
      const paid = await paidBy(way, named(Order.contentOf(order)), sandbox);
      before.set(way, paid);
      orders.push(paid);
    }
  }
  return orders;
};

const wayAt = (fraction: number): Way => {
  let sum = 0;
  return WAYS.find(([, share]) => (sum += share) > fraction)?.[0] ?? 'method';
};

const cardOf = (fraction: number, otherwise: string): string => {
  if (fraction < UNKNOWN_CARDS) return UNKNOWN_CARD;
  const at = Math.floor(((fraction - UNKNOWN_CARDS) / LATER) * LATER_CARDS.length);
  return LATER_CARDS[at] ?? otherwise;
};

/** Version 2 wants a name for each tax. */
const named = (order: Order.Content): Order.Content => ({
  ...order,
  lines: order.lines.map((line) => ({
    ...line,
    taxes: line.taxes.map((tax) => ({ ...tax, name: 'VAT' })),
  })),
});

const paidBy = async (
  way: Exclude<Way, 'method'>,
  order: Order.Content,
  sandbox: CheckoutOptions['sandbox'],
): Promise<Order.Content> => {
  switch (way) {
    case 'saved':
      return { ...order, payment: { type: way, ...(await sandbox.save()) } };
    case 'authorised':
    case 'paid': {
      const { payableMinor } = priceOrder(order)._unsafeUnwrap();
      const money = { amountMinor: payableMinor, currency: order.currency };
      return { ...order, payment: { type: way, payment: await sandbox.pay(money, way) } };
    }
    case 'transferred':
      return { ...order, payment: { type: way, reference: `RF18 ${order.orderId}` } };
    case 'none': {
      const coupon = { reason: 'coupon', percent: '100' };
      return { ...order, allowances: [coupon], payment: { type: way } };
    }
  }
};

const isShops = ({ payment }: Pick<Order.Content, 'payment'>): boolean =>
  payment.type === 'authorised' || payment.type === 'paid';

/** The payment of the shop's that an order names. */
export const namedBy = (order: Pick<Order.Content, 'payment'> | Order.ContentV1) =>
  'payment' in order && 'payment' in order.payment ? order.payment.payment : undefined;
