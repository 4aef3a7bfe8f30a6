import type { SentOrder } from '../../src/domain/order/index.ts';
import { placeOrderMessage, type PaymentMessage } from '../../src/application/messages/index.ts';

/** One message, and when it is sent, from the start of the storm. */
export type Sending = {
  readonly atMs: number;
  readonly message: PaymentMessage;
  readonly groupId: string;
};

export type Plan = { readonly orders: readonly SentOrder[]; readonly sendings: readonly Sending[] };

export type PlanOptions = {
  readonly orders: readonly SentOrder[];
  /** Over which time the orders come in. */
  readonly stormMs: number;
  /** Fractions in [0, 1). */
  readonly random: () => number;
};

const CANCELS = 0.15;
const REFUNDS = 0.3;
const REFUNDS_EACH_MAX = 3;
/** Some refunds and cancels come before their order, most of them after it. */
const BEFORE_MS = 500;
const AFTER_MS = 20_000;
const REPEATED = 0.1;

/** Orders with cancels, refunds and repeats around them, in no order that anybody could rely on. */
export const planOf = ({ orders, stormMs, random }: PlanOptions): Plan => {
  const sendings = orders.flatMap((order): readonly Sending[] => {
    const { orderId, customer } = order;
    const placedAt = random() * stormMs;
    const groupId = customer.id;
    const around = () => placedAt - BEFORE_MS + random() * AFTER_MS;
    const place = asSent(order);
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

const asSent = (order: SentOrder): PaymentMessage =>
  JSON.parse(JSON.stringify(placeOrderMessage(order))) as PaymentMessage;

/** An amount, pieces of a line, or all that is left. */
const refundOf = (order: SentOrder, refundId: string, random: () => number): PaymentMessage => {
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
