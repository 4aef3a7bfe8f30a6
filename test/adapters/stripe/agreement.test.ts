import { expect } from 'chai';
import fc from 'fast-check';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import type {
  ChargeOutcome,
  PaymentGateway,
} from '../../../src/application/ports/paymentGateway.ts';
import { startStripeSandbox } from '../../support/stripeSandbox.ts';

const KEY_WINDOW_MS = 86_400_000;

/** One charge, some time after the one before. */
const anyStep = () =>
  fc.record({
    waitMs: fc.constantFrom(0, 0, 0, KEY_WINDOW_MS - 1, KEY_WINDOW_MS),
    key: fc.constantFrom('a', 'b'),
    amountMinor: fc.constantFrom(100, 200),
    paymentMethod: fc.constantFrom(
      'pm_card_visa',
      'pm_card_chargeDeclinedExpiredCard',
      'pm_sandbox_answer_lost',
      'pm_sandbox_dropped_before',
      'pm_of_nobody',
    ),
  });

describe('the gateway in memory', () => {
  it('answers and charges as the Stripe adapter against the sandbox, in any sequence', async () => {
    let nowMs = 0;
    const clock = { now: () => nowMs, sleep: async () => {} };
    const sandbox = await startStripeSandbox({ now: clock.now, keyWindowMs: KEY_WINDOW_MS });
    const stripe = createStripePaymentGateway(sandbox.stripe);
    try {
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep(), { maxLength: 12 }), async (steps) => {
          run += 1;
          const orderId = `order-${run}`;
          const memory = createMemoryPaymentGateway({ clock, keyWindowMs: KEY_WINDOW_MS });
          for (const { waitMs, key, ...asked } of steps) {
            nowMs += waitMs;
            const request = { orderId, attempt: 1, currency: 'EUR', ...asked };
            const charge = async (gateway: PaymentGateway) => {
              const body = gateway.prepare(request)._unsafeUnwrap();
              const outcome = await gateway.charge({ key: `${orderId}-${key}`, body });
              return comparable(outcome._unsafeUnwrap());
            };
            expect(await charge(memory)).to.deep.equal(await charge(stripe));
          }
          const inSandbox = (await sandbox.ledger()).filter(
            (charge) => charge.order_id === orderId && charge.status === 'succeeded',
          );
          expect(
            memory.ledger().charges.map(({ key, amountMinor }) => [key, amountMinor]),
          ).to.deep.equal(inSandbox.map((charge) => [charge.idempotency_key, charge.amount]));
        }),
        { numRuns: 60 },
      );
    } finally {
      await sandbox.close();
    }
  });
});

/** References and the words for a refusal are each gateway's own. */
const comparable = (outcome: ChargeOutcome): object => {
  switch (outcome.type) {
    case 'Captured':
      return { type: outcome.type, amountMinor: outcome.amountMinor, currency: outcome.currency };
    case 'NotExecuted':
      return { type: outcome.type };
    case 'Declined':
    case 'Unknown':
      return outcome;
  }
};
