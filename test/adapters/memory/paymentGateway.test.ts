import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { describePaymentGateway } from '../../contracts/paymentGateway.contract.ts';

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
    captures: async () =>
      gateway.ledger().charges.map(({ key, reference, orderId, amountMinor, currency }) => ({
        key,
        reference,
        orderId,
        amountMinor,
        currency,
      })),
    givenBack: async () => gateway.ledger().refunds.map(({ body: _, at: __, ...refund }) => refund),
    passKeyWindow: () => {
      nowMs += KEY_WINDOW_MS;
    },
    passSearchLag: () => {
      nowMs += searchLagMs;
    },
    close: async () => {},
  };
});
