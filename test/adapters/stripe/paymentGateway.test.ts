import { fromStripeAmount } from '../../../src/adapters/stripe/amounts.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import { STRIPE_KEY_WINDOW_MS } from '../../../src/adapters/stripe/rules.ts';
import { describePaymentGateway } from '../../contracts/paymentGateway.contract.ts';
import { authorise, saveMethod, startStripeSandbox } from '../../support/stripeSandbox.ts';

describePaymentGateway('Stripe, against the sandbox', async ({ searchLagMs = 0 } = {}) => {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const keyWindowMs = STRIPE_KEY_WINDOW_MS;
  const sandbox = await startStripeSandbox({ now, keyWindowMs, searchLagMs });
  return {
    gateway: createStripePaymentGateway(sandbox.stripe),
    captures: async () =>
      (await sandbox.ledger())
        .filter(({ status }) => status === 'succeeded')
        .map((charge) => ({
          key: charge.idempotency_key ?? '',
          reference: charge.payment_intent,
          orderId: charge.order_id ?? '',
          ...moneyOf(charge),
        })),
    refunds: async () =>
      (await sandbox.refunds())
        .filter(({ status }) => status === 'succeeded')
        .map((refund) => ({
          key: refund.idempotency_key ?? '',
          reference: refund.id,
          orderId: refund.order_id ?? '',
          refundId: refund.refund_id ?? '',
          paymentReference: refund.payment_intent,
          ...moneyOf(refund),
        })),
    chargeIdOf: async (payment) => {
      const { latest_charge: charge } = await sandbox.stripe.paymentIntents.retrieve(payment);
      return typeof charge === 'string' ? charge : '';
    },
    authorise: (payment) => authorise(sandbox.stripe, payment),
    saveMethod: (paymentMethod) => saveMethod(sandbox.stripe, paymentMethod),
    settle: async (reference, fails = false) => {
      await sandbox.act(`settle/${reference}`, { fails });
    },
    dispute: async (payment, isInquiry = false) =>
      (await sandbox.act(`payments/${payment}/dispute`, { isInquiry })).id,
    closeDispute: async (dispute, isWon) => {
      await sandbox.act(`disputes/${dispute}/close`, { isWon });
    },
    refundByHand: async (payment, amount) => {
      await sandbox.act(`payments/${payment}/refund`, { amount });
    },
    passAuthorisations: () => {
      aheadMs += 7 * 86_400_000;
    },
    passKeyWindow: () => {
      aheadMs += keyWindowMs;
    },
    passSearchLag: () => {
      aheadMs += searchLagMs;
    },
    close: () => sandbox.close(),
  };
});

const moneyOf = (entry: { readonly amount: number; readonly currency: string }) =>
  fromStripeAmount(entry) ?? { amountMinor: Number.NaN, currency: '' };
