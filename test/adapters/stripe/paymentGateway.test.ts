import { fromStripeAmount } from '../../../src/adapters/stripe/amounts.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { describePaymentGateway } from '../../contracts/paymentGateway.contract.ts';
import { startStripeSandbox } from '../../support/stripeSandbox.ts';

const KEY_WINDOW_MS = 86_400_000;

describePaymentGateway('Stripe, against the sandbox', async () => {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const sandbox = await startStripeSandbox({ now, keyWindowMs: KEY_WINDOW_MS });
  return {
    gateway: createStripePaymentGateway(sandbox.stripe),
    captures: async () =>
      (await sandbox.ledger())
        .filter(({ status }) => status === 'succeeded')
        .map((charge) => ({
          key: charge.idempotency_key ?? '',
          reference: charge.payment_intent,
          orderId: charge.order_id ?? '',
          ...(fromStripeAmount(charge) ?? { amountMinor: Number.NaN, currency: '' }),
        })),
    passKeyWindow: () => {
      aheadMs += KEY_WINDOW_MS;
    },
    close: () => sandbox.close(),
  };
});
