import { expect } from 'chai';
import fc from 'fast-check';
import { createMemoryPaymentGateway } from '../../../src/adapters/memory/paymentGateway.ts';
import { fromStripeAmount } from '../../../src/adapters/stripe/amounts.ts';
import { createStripePaymentGateway } from '../../../src/adapters/stripe/paymentGateway.ts';
import type {
  ChargeOutcome,
  InspectedPayment,
  PaymentGateway,
  PaymentLookUp,
  RefundLookUp,
  RefundOutcome,
  VoidOutcome,
} from '../../../src/application/ports/paymentGateway.ts';
import type { SavedMethod } from '../../contracts/paymentGateway.harness.ts';
import {
  authorise,
  saveMethod,
  startStripeSandbox,
  type StripeSandbox,
} from '../../support/stripeSandbox.ts';
import { runsOf } from '../../support/runs.ts';

const KEY_WINDOW_MS = 86_400_000;
const SEARCH_LAG_MS = 3_600_000;

/** Most steps follow at once; the longest pause is nearly as long as an authorisation lives. */
const WAITS_MS = [0, 0, 0, 0, SEARCH_LAG_MS, KEY_WINDOW_MS - 1, KEY_WINDOW_MS, 6 * KEY_WINDOW_MS];

/** Something asked of a gateway, some time after the step before. */
type Step = {
  readonly waitMs: number;
  readonly act: 'charge' | 'refund' | 'find' | 'findRefund' | PaymentAct;
  readonly key: string;
  readonly amountMinor: number;
  readonly paymentMethod: string;
  /** Which of the captures that there are is refunded; none of them if there are fewer. */
  readonly nth: number;
  /** Charged with the saved method, or looked for among its customer's payments. */
  readonly isSaved: boolean;
};

/** On the one payment that the shop has authorised before the run. */
type PaymentAct = 'capture' | 'release' | 'inspect';

/** What the shop did before: a payment that is authorised, and a method that is saved. */
type Shop = { readonly payment: string; readonly saved: SavedMethod };

const anyStep = (): fc.Arbitrary<Step> =>
  fc.record({
    waitMs: fc.constantFrom(...WAITS_MS),
    act: fc.constantFrom(
      ...(['charge', 'charge', 'refund', 'refund', 'find', 'findRefund'] as const),
      ...(['capture', 'capture', 'release', 'inspect'] as const),
    ),
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
      'pm_sandbox_processing_never_ends',
      'pm_sandbox_refund_pending_never_ends',
      'pm_of_nobody',
    ),
    nth: fc.nat({ max: 2 }),
    isSaved: fc.boolean(),
  });

/** What an authorised payment, and a saved method, may show. */
const anyMethod = (): fc.Arbitrary<string> =>
  fc.constantFrom(
    'pm_card_visa',
    'pm_card_authenticationRequired',
    'pm_sandbox_answer_lost',
    'pm_sandbox_dropped_before',
    'pm_sandbox_wrong_amount',
    'pm_sandbox_server_error',
    'pm_sandbox_conflict',
    'pm_sandbox_refused',
    'pm_sandbox_rate_limited',
    'pm_sandbox_garbage_body',
    'pm_sandbox_key_forgotten',
  );

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
      fc.asyncProperty(fc.array(anyStep(), { maxLength: 14 }), anyMethod(), async (steps, of) => {
        run += 1;
        const memory = createMemoryPaymentGateway({ clock, ...times });
        const stripe = createStripePaymentGateway(sandbox.stripe);
        const authorised = { amountMinor: 150, currency: 'EUR', paymentMethod: of };
        const ofMemory = { payment: memory.authorise(authorised), saved: memory.saveMethod(of) };
        const ofSandbox = {
          payment: await authorise(sandbox.stripe, authorised),
          saved: await saveMethod(sandbox.stripe, of),
        };
        for (const step of steps) {
          nowMs += step.waitMs;
          const [inMemory, inSandbox] = [memoryLedger(memory), await ledgerOf(sandbox, run)];
          const got = await take(memory, step, {
            run,
            captures: inMemory.references,
            shop: ofMemory,
          });
          const expected = await take(stripe, step, {
            run,
            captures: inSandbox.references,
            shop: ofSandbox,
          });
          expect(got, JSON.stringify(step)).to.deep.equal(expected);
        }
        expect(memoryLedger(memory).money).to.deep.equal((await ledgerOf(sandbox, run)).money);
      }),
      { numRuns: runsOf(15, 60) },
    );
  });
});

type RunState = {
  readonly run: number;
  readonly captures: readonly string[];
  readonly shop: Shop;
};

/** A run has its own orders and keys, as the sandbox forgets nothing between them. */
const take = async (
  gateway: PaymentGateway,
  { act, key: deadLetter, amountMinor, paymentMethod, nth, isSaved }: Step,
  { run, captures, shop }: RunState,
): Promise<object> => {
  const deployment = 'dep1';
  const notAfter = Infinity;
  const orderId = `order-${run}`;
  const key = `${orderId}-${deadLetter}`;
  const refundId = `refund-${run}-${deadLetter}`;
  const paymentReference = captures[nth] ?? `pi_none_${run}`;
  const { payment, saved } = shop;
  const authorised = { deployment, orderId, attempt: 1, payment };
  switch (act) {
    case 'charge': {
      const request = {
        deployment,
        orderId,
        attempt: 1,
        currency: 'EUR',
        amountMinor,
        ...(isSaved ? saved : { paymentMethod }),
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
    case 'capture': {
      const money = { amountMinor, currency: 'EUR' };
      const body = gateway.prepareCapture({ ...authorised, ...money })._unsafeUnwrap();
      const post = { key: `${key}-capture`, body, payment, notAfter };
      return comparable((await gateway.capture(post))._unsafeUnwrap());
    }
    case 'release': {
      const body = gateway.prepareVoid(authorised)._unsafeUnwrap();
      const post = { key: `${key}-release`, body, payment, notAfter };
      return comparable((await gateway.void(post))._unsafeUnwrap());
    }
    case 'inspect':
      return comparable((await gateway.inspect({ payment }))._unsafeUnwrap());
    case 'find': {
      const search = { deployment, orderId, attempt: 1, since: 0, body: '' };
      const customer = isSaved ? { customer: saved.customer } : {};
      return comparable((await gateway.find({ ...search, ...customer }))._unsafeUnwrap());
    }
    case 'findRefund':
      return comparable(
        (await gateway.findRefund({ deployment, refundId, paymentReference }))._unsafeUnwrap(),
      );
  }
};

/** References and the words for a refusal are each gateway's own. */
const comparable = (
  outcome:
    ChargeOutcome | RefundOutcome | VoidOutcome | PaymentLookUp | RefundLookUp | InspectedPayment,
): object => {
  switch (outcome.type) {
    case 'Captured':
    case 'Refunded':
    case 'UnderWay':
      return { type: outcome.type, amountMinor: outcome.amountMinor, currency: outcome.currency };
    case 'Voided':
      return { type: outcome.type };
    case 'Inspected': {
      const { reference: _reference, createdAt: _createdAt, ...rest } = outcome;
      const { captureBefore: _captureBefore, ...shown } = rest;
      return shown;
    }
    case 'NotExecuted':
      return { type: outcome.type, isRefused: outcome.refused !== undefined };
    case 'Several':
      return {
        type: outcome.type,
        amounts: outcome.found.map(({ amountMinor }) => amountMinor).toSorted((a, b) => a - b),
      };
    case 'Declined': {
      // Of a refund, with the name that the gateway has for it.
      const { type, code } = outcome;
      return { type, code, isNamed: 'reference' in outcome };
    }
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
