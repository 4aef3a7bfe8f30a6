import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { describeGatewayLedger } from '../../contracts/gatewayLedger.contract.ts';

describeGatewayLedger('memory', async () => {
  let nowMs = 1_000_000;
  const now = () => nowMs;
  const gateway = createMemoryPaymentGateway({ clock: { now, sleep: async () => {} } });
  return {
    gateway,
    ledger: gateway,
    now,
    pass: (ms) => {
      nowMs += ms;
    },
    close: async () => {},
  };
});
