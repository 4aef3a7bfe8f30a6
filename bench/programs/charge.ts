import { Stripe } from 'stripe';
import type { Order } from './job.ts';
import { urls } from './measured.ts';

const { hostname, port } = new URL(urls().stripe);
const gateway = new Stripe('sk_test_bench', {
  host: hostname,
  port: Number(port),
  protocol: 'http',
  telemetry: false,
});

export const charge = (order: Order): Promise<{ readonly id: string }> => {
  const amount = order.lines.reduce(
    (sum, { quantity, unitPriceMinor, taxRateBps }) =>
      sum + Math.round(quantity * unitPriceMinor * (1 + taxRateBps / 10_000)),
    0,
  );
  return gateway.paymentIntents.create(
    {
      amount,
      currency: order.currency.toLowerCase(),
      payment_method: order.paymentMethod,
      confirm: true,
      off_session: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { order_id: order.orderId },
    },
    { idempotencyKey: order.orderId },
  );
};
