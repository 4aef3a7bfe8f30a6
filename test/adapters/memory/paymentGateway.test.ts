import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { describePaymentGateway } from '../../contracts/paymentGateway.contract.ts';
import type { Capture } from '../../contracts/paymentGateway.harness.ts';

const KEY_WINDOW_MS = 86_400_000;

describePaymentGateway('memory', async ({ searchLagMs = 0 } = {}) => {
  let nowMs = 0;
  const gateway = createMemoryPaymentGateway({
    clock: { now: () => nowMs, sleep: async () => {} },
    keyWindowMs: KEY_WINDOW_MS,
    searchLagMs,
  });
  return {
    gateway,
    captures: async () => gateway.ledger().charges.map(entryOf),
    refunds: async () =>
      gateway.ledger().refunds.map(({ refundId, paymentReference, ...refund }) => ({
        ...entryOf(refund),
        refundId,
        paymentReference,
      })),
    chargeIdOf: async (payment) => payment.replace('pi_', 'ch_'),
    authorise: async ({ amountMinor = 4_758, currency = 'EUR', ...payment } = {}) =>
      gateway.authorise({ amountMinor, currency, ...payment }),
    saveMethod: async (paymentMethod) => gateway.saveMethod(paymentMethod),
    settle: async (reference, fails = false) => {
      if (reference.startsWith('pi_')) {
        gateway.settle(reference);
        gateway.authenticate(reference, !fails);
      } else gateway.endRefund(reference, fails ? 'failed' : 'moved');
    },
    dispute: async (payment, isInquiry = false) =>
      gateway.dispute(payment, isInquiry ? { stage: 'inquiry' } : {}),
    closeDispute: async (dispute, isWon) => gateway.closeDispute(dispute, isWon),
    refundByHand: async (payment, amountMinor) => {
      gateway.refundByHand(payment, amountMinor);
    },
    passAuthorisations: () => {
      nowMs += 7 * 86_400_000;
    },
    passKeyWindow: () => {
      nowMs += KEY_WINDOW_MS;
    },
    passSearchLag: () => {
      nowMs += searchLagMs;
    },
    close: async () => {},
  };
});

const entryOf = ({ key, reference, orderId, amountMinor, currency }: Capture): Capture => ({
  key,
  reference,
  orderId,
  amountMinor,
  currency,
});
