import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { describePaymentGateway } from '../../contracts/paymentGateway.contract.ts';

const KEY_WINDOW_MS = 86_400_000;

describePaymentGateway('memory', async () => {
  let nowMs = 0;
  const gateway = createMemoryPaymentGateway({
    clock: { now: () => nowMs, sleep: async () => {} },
    keyWindowMs: KEY_WINDOW_MS,
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
    passKeyWindow: () => {
      nowMs += KEY_WINDOW_MS;
    },
    close: async () => {},
  };
});
