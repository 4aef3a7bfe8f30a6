import type { ContentV1 } from '../../src/domain/order/index.ts';
import { generateOrders } from '../../src/bootstrap/cli/common/generateOrders.ts';
import type { PaymentMessage } from '../../src/application/messages/index.ts';

/** One message, and when it is sent, from the start of the storm. */
export type Sending = {
  readonly atMs: number;
  readonly message: PaymentMessage;
  readonly groupId: string;
};

export type Plan = { readonly orders: readonly ContentV1[]; readonly sendings: readonly Sending[] };

export type PlanOptions = {
  readonly orders: number;
  /** Over which time the orders come in. */
  readonly stormMs: number;
  /** Fractions in [0, 1). */
  readonly random: () => number;
};

/** A payment method that the gateway has never heard of, and what share of the orders has it. */
export const UNKNOWN_CARD = 'pm_card_unknown';
const UNKNOWN_CARDS = 0.05;
const CANCELS = 0.15;
const REFUNDS = 0.3;
const REFUNDS_EACH_MAX = 3;
/** Some refunds and cancels come before their order, most of them after it. */
const BEFORE_MS = 500;
const AFTER_MS = 20_000;
const REPEATED = 0.1;

/** Orders with cancels, refunds and repeats around them, in no order that anybody could rely on. */
export const planOf = ({ orders: count, stormMs, random }: PlanOptions): Plan => {
  let made = 0;
  const ids = { random, create: () => `storm-${(made += 1)}` };
  const orders = [...generateOrders(ids, count)].map((order) =>
    random() < UNKNOWN_CARDS ? { ...order, paymentMethod: UNKNOWN_CARD } : order,
  );
  const sendings = orders.flatMap((order): readonly Sending[] => {
    const { orderId, customer } = order;
    const placedAt = random() * stormMs;
    const groupId = customer.id;
    const around = () => placedAt - BEFORE_MS + random() * AFTER_MS;
    const place: PaymentMessage = { type: 'PlaceOrder', v: 1, ...mutable(order) };
    const messages: Sending[] = [{ atMs: placedAt, message: place, groupId }];
    if (random() < CANCELS) {
      const message = { type: 'CancelOrder', v: 1, orderId, reason: 'changed their mind' } as const;
      messages.push({ atMs: around(), message, groupId });
    }
    if (random() < REFUNDS) {
      const refunds = 1 + Math.floor(random() * REFUNDS_EACH_MAX);
      for (let at = 1; at <= refunds; at += 1) {
        messages.push({ atMs: around(), message: refundOf(order, `r-${at}`, random), groupId });
      }
    }
    return messages.flatMap((sending) => (random() < REPEATED ? [sending, sending] : [sending]));
  });
  return { orders, sendings: sendings.toSorted((a, b) => a.atMs - b.atMs) };
};

const mutable = ({ customer, lines, ...order }: ContentV1) => ({
  ...order,
  customer: { ...customer },
  lines: lines.map((line) => ({ ...line })),
});

/** An amount, pieces of a line, or all that is left. */
const refundOf = (order: ContentV1, refundId: string, random: () => number): PaymentMessage => {
  const { orderId } = order;
  const asked = { type: 'RefundPayment', v: 1, orderId, refundId } as const;
  const chosen = random();
  if (chosen < 0.4) return { ...asked, amountMinor: 10 * (1 + Math.floor(random() * 300)) };
  if (chosen < 0.8) {
    const line = 1 + Math.floor(random() * order.lines.length);
    return { ...asked, lines: [{ line, quantity: 1 }] };
  }
  return asked;
};
