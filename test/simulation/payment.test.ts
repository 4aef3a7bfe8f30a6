import { expect } from 'chai';
import fc from 'fast-check';
import { toInvoiceRow } from '../../src/application/invoiceRow.ts';
import { createOrderStream } from '../../src/application/streams.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import type { Content } from '../../src/domain/order/index.ts';
import { anyOrder } from '../support/arbitraries/order.ts';
import { createWorld, RESEND_HORIZON_MS, type Fault } from './world.ts';

describe('an order under any schedule of duplicate, concurrent and crashed deliveries', () => {
  it('has at most one charge and one invoice, and all agree in the end (S1–S4, S6, S7, S9, S10, X1, M1)', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        anyChargeableOrder(anyPaymentMethod()),
        fc.array(anyPlan(), { minLength: 1, maxLength: 4 }),
        async (scheduler, order, plans) => {
          const world = createWorld(scheduler, seen);
          const body = placeOrder(order);
          const outcomes = await scheduler.waitFor(
            Promise.all(plans.map((plan) => world.deliver('payment', body, plan))),
          );
          // A message that some delivery handled has been deleted; else SQS delivers it again.
          if (!outcomes.includes('handled')) {
            expect(await world.deliverUntilHandled('payment', body)).to.equal('handled');
          }
          await world.settleLate();
          await expectAgreement(world, order);
        },
      ),
      { numRuns: 500 },
    );
    // The checker checks itself: every fault was met at every step (D2).
    const steps = ['insert 1', 'insert 3', 'charge', 'put row', 'notify', 'load'];
    const missed = steps.flatMap((step) =>
      FAULTS.map((fault) => `${step}: ${fault}`).filter((met) => !seen.has(met)),
    );
    expect(missed).to.deep.equal([]);
  });

  it('is told at least once of its outcome, and once where nothing crashed or got lost (S15, F34)', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        anyChargeableOrder(anyPaymentMethod()),
        fc.array(anyPlan(), { minLength: 1, maxLength: 3 }),
        async (scheduler, order, plans) => {
          const world = createWorld(scheduler);
          await world.deliverUntilHandled('payment', placeOrder(order));
          const body = settled(order, order.paymentMethod === DECLINING ? 'declined' : 'paid');
          const outcomes = await scheduler.waitFor(
            Promise.all(plans.map((plan) => world.deliver('notification', body, plan))),
          );
          if (!outcomes.includes('handled')) {
            expect(await world.deliverUntilHandled('notification', body)).to.equal('handled');
          }
          await world.settleLate();
          const mails = world.notifier.sent();
          const excuses = plans.flat().filter((fault) => fault !== 'none').length;
          expect(mails.length).to.be.within(1, 1 + excuses);
          expect(new Set(mails.map(({ dedupeKey }) => dedupeKey)).size).to.equal(1);
        },
      ),
      { numRuns: 200 },
    ));

  it('is told at most once that it was received', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(anyPlan('repeat'), { minLength: 1, maxLength: 4 }),
        async (scheduler, plans) => {
          const world = createWorld(scheduler);
          const body = JSON.stringify({
            type: 'OrderReceived',
            v: 1,
            orderId: 'o-1',
            customer: { id: 'c-1', email: 'ada@example.com' },
          });
          await scheduler.waitFor(
            Promise.all(plans.map((plan) => world.deliver('notification', body, plan))),
          );
          await world.deliverUntilHandled('notification', body);
          await world.settleLate();
          const faultless = plans.every((plan) => plan.every((fault) => fault === 'none'));
          expect(world.notifier.sent().length).to.be.within(faultless ? 1 : 0, 1);
        },
      ),
      { numRuns: 200 },
    ));

  it('is never charged again once its key may be forgotten (G8, Q16)', () =>
    fc.assert(
      fc.asyncProperty(fc.scheduler(), anyChargeableOrder(), async (scheduler, order) => {
        const world = createWorld(scheduler);
        const body = placeOrder(order);
        const first: Fault[] = ['none', 'lose'];
        expect(await scheduler.waitFor(world.deliver('payment', body, first))).to.equal(
          'OutcomeUnknown',
        );
        await world.clock.advance(RESEND_HORIZON_MS);
        expect(await scheduler.waitFor(world.deliver('payment', body))).to.equal(
          'ResendHorizonPassed',
        );
        expect(world.gateway.ledger()).to.have.length(1);
      }),
      { numRuns: 20 },
    ));
});

const FAULTS: readonly Fault[] = [
  'reject',
  'lose',
  'late',
  'repeat',
  'crash before',
  'crash after',
];

const DECLINING = 'pm_card_visa_chargeDeclinedInsufficientFunds';

const anyChargeableOrder = (
  paymentMethod: fc.Arbitrary<string> = fc.constant('pm_card_visa'),
): fc.Arbitrary<Content> =>
  anyOrder({ paymentMethod, currency: fc.constantFrom('EUR', 'USD', 'JPY', 'GBP') });

const anyPaymentMethod = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant('pm_card_visa') },
    { weight: 1, arbitrary: fc.constant(DECLINING) },
    { weight: 1, arbitrary: fc.constant('pm_sandbox_answer_lost') },
    { weight: 1, arbitrary: fc.constant('pm_sandbox_dropped_before') },
  );

/** A plan says what befalls each call of one delivery, in order; some plans are free of faults. */
const anyPlan = (...without: readonly Fault[]): fc.Arbitrary<readonly Fault[]> => {
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    {
      weight: 4,
      arbitrary: fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constant<Fault>('none') },
          {
            weight: 2,
            arbitrary: fc.constantFrom(...FAULTS.filter((fault) => !without.includes(fault))),
          },
        ),
        { maxLength: 12, size: 'max' },
      ),
    },
  );
};

const placeOrder = (order: Content): string =>
  JSON.stringify({ type: 'PlaceOrder', v: 1, ...order });
const settled = ({ orderId }: Content, outcome: string): string =>
  JSON.stringify({ type: 'OrderSettled', v: 1, orderId, outcome });

const expectAgreement = async (
  world: ReturnType<typeof createWorld>,
  { orderId, currency, paymentMethod }: Content,
): Promise<void> => {
  const charges = world.gateway.ledger();
  const { store } = world;
  const loaded = await createOrderStream({ store, ids: createMemoryIds() }).load(orderId);
  const state = loaded.match(
    (held) => held.state,
    ({ type }) => expect.fail(type),
  );
  const row = (await world.invoices.get(orderId)).unwrapOr(undefined);
  expect(await world.lostItems()).to.deep.equal([]);
  if (paymentMethod === DECLINING) {
    expect(charges).to.deep.equal([]);
    expect(state.payment.status).to.equal('declined');
    expect(state.invoice.status).to.equal('none');
    expect(row).to.equal(undefined);
  } else {
    expect(charges).to.have.length(1);
    expect(state.payment.status).to.equal('captured');
    expect(charges[0]).to.deep.include({
      orderId,
      currency,
      amountMinor: state.placed?.totalMinor,
    });
    if (state.invoice.status === 'none') expect.fail('captured without an invoice');
    expect(state.invoice.document.totalMinor).to.equal(charges[0]?.amountMinor);
    expect(state.invoice.document.paymentReference).to.equal(charges[0]?.reference);
    expect(row).to.deep.equal(toInvoiceRow(state.invoice));
  }
  const told = world.notifications.dump();
  expect(told.length).to.be.greaterThan(0);
  expect(state.version).to.equal(paymentMethod === DECLINING ? 3 : 4);
};
