import { expect } from 'chai';
import fc from 'fast-check';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { fromStripeAmount } from '../../../src/adapters/stripe/amounts.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import type {
  ChargeOutcome,
  PaymentGateway,
  PaymentLookUp,
  RefundLookUp,
  RefundOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import { startStripeSandbox, type StripeSandbox } from '../../support/stripeSandbox.ts';

const KEY_WINDOW_MS = 86_400_000;
const SEARCH_LAG_MS = 3_600_000;

/** Something asked of a gateway, some time after the step before. */
type Step = {
  readonly waitMs: number;
  readonly act: 'charge' | 'refund' | 'find' | 'findRefund';
  readonly key: string;
  readonly amountMinor: number;
  readonly paymentMethod: string;
  /** Which of the captures that there are is refunded; none of them if there are fewer. */
  readonly nth: number;
};

const anyStep = (): fc.Arbitrary<Step> =>
  fc.record({
    waitMs: fc.constantFrom(0, 0, 0, SEARCH_LAG_MS, KEY_WINDOW_MS - 1, KEY_WINDOW_MS),
    act: fc.constantFrom('charge', 'charge', 'refund', 'refund', 'find', 'findRefund'),
    key: fc.constantFrom('a', 'b'),
    amountMinor: fc.constantFrom(100, 200),
    paymentMethod: fc.constantFrom(
      'pm_card_visa',
      'pm_card_chargeDeclinedExpiredCard',
      'pm_sandbox_answer_lost',
      'pm_sandbox_dropped_before',
      'pm_sandbox_wrong_amount',
      'pm_sandbox_server_error',
      'pm_sandbox_conflict',
      'pm_sandbox_refused',
      'pm_sandbox_rate_limited',
      'pm_sandbox_garbage_body',
      'pm_sandbox_key_forgotten',
      'pm_sandbox_refund_fails',
      'pm_sandbox_refund_answer_lost',
      'pm_of_nobody',
    ),
    nth: fc.nat({ max: 2 }),
  });

describe('the gateway in memory', () => {
  let nowMs = 0;
  const clock = { now: () => nowMs, sleep: async () => {} };
  const times = { keyWindowMs: KEY_WINDOW_MS, searchLagMs: SEARCH_LAG_MS };
  let sandbox: StripeSandbox;

  before(async () => {
    sandbox = await startStripeSandbox({ now: clock.now, ...times });
  });

  after(() => sandbox.close());

  it('answers and moves money as the adapter on the sandbox does, in any sequence', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep(), { maxLength: 14 }), async (steps) => {
        run += 1;
        const memory = createMemoryPaymentGateway({ clock, ...times });
        const stripe = createStripePaymentGateway(sandbox.stripe);
        for (const step of steps) {
          nowMs += step.waitMs;
          const [inMemory, inSandbox] = [memoryLedger(memory), await ledgerOf(sandbox, run)];
          const got = await take(memory, step, { run, captures: inMemory.references });
          const expected = await take(stripe, step, { run, captures: inSandbox.references });
          expect(got, JSON.stringify(step)).to.deep.equal(expected);
        }
        expect(memoryLedger(memory).money).to.deep.equal((await ledgerOf(sandbox, run)).money);
      }),
      { numRuns: 60 },
    );
  });
});

/** A run has its own orders and keys, as the sandbox forgets nothing between them. */
const take = async (
  gateway: PaymentGateway,
  { act, key: deadLetter, amountMinor, paymentMethod, nth }: Step,
  { run, captures }: { readonly run: number; readonly captures: readonly string[] },
): Promise<object> => {
  const deployment = 'dep1';
  const notAfter = Infinity;
  const orderId = `order-${run}`;
  const key = `${orderId}-${deadLetter}`;
  const refundId = `refund-${run}-${deadLetter}`;
  const paymentReference = captures[nth] ?? `pi_none_${run}`;
  switch (act) {
    case 'charge': {
      const request = {
        deployment,
        orderId,
        attempt: 1,
        currency: 'EUR',
        amountMinor,
        paymentMethod,
      };
      const body = gateway.prepare(request)._unsafeUnwrap();
      return comparable((await gateway.charge({ key, body, notAfter }))._unsafeUnwrap());
    }
    case 'refund': {
      const request = {
        deployment,
        orderId,
        refundId,
        paymentReference,
        amountMinor,
        currency: 'EUR',
      };
      const body = gateway.prepareRefund(request)._unsafeUnwrap();
      return comparable((await gateway.refund({ key: refundId, body, notAfter }))._unsafeUnwrap());
    }
    case 'find':
      return comparable(
        (
          await gateway.find({ deployment, orderId, attempt: 1, since: 0, body: '' })
        )._unsafeUnwrap(),
      );
    case 'findRefund':
      return comparable(
        (await gateway.findRefund({ deployment, refundId, paymentReference }))._unsafeUnwrap(),
      );
  }
};

/** References and the words for a refusal are each gateway's own. */
const comparable = (
  outcome: ChargeOutcome | RefundOutcome | PaymentLookUp | RefundLookUp,
): object => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
      return { type: outcome.type, amountMinor: outcome.amountMinor, currency: outcome.currency };
    case 'NotExecuted':
      return { type: outcome.type, isRefused: outcome.refused !== undefined };
    case 'Several':
      return {
        type: outcome.type,
        amounts: outcome.found.map(({ amountMinor }) => amountMinor).toSorted((a, b) => a - b),
      };
    case 'Declined':
    case 'Unknown':
    case 'Absent':
      return outcome;
  }
};

type Ledger = { readonly references: readonly string[]; readonly money: object };

const memoryLedger = (memory: ReturnType<typeof createMemoryPaymentGateway>): Ledger => {
  const { charges, refunds } = memory.ledger();
  return {
    references: charges.map(({ reference }) => reference),
    money: {
      charges: charges.map(({ key, amountMinor }) => [key, amountMinor]),
      refunds: refunds.map(({ key, amountMinor }) => [key, amountMinor]),
    },
  };
};

const ledgerOf = async (sandbox: StripeSandbox, run: number): Promise<Ledger> => {
  const ofRun = (entry: { readonly order_id: string | null; readonly status: string }): boolean =>
    entry.order_id === `order-${run}` && entry.status === 'succeeded';
  const charges = (await sandbox.ledger()).filter(ofRun);
  const refunds = (await sandbox.refunds()).filter(ofRun);
  return {
    references: charges.map((charge) => charge.payment_intent),
    money: {
      charges: charges.map((charge) => [charge.idempotency_key, amountOf(charge)]),
      refunds: refunds.map((refund) => [refund.idempotency_key, amountOf(refund)]),
    },
  };
};

const amountOf = (entry: { readonly amount: number; readonly currency: string }) =>
  fromStripeAmount(entry)?.amountMinor;
