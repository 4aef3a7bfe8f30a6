import { expect } from 'chai';
import fc from 'fast-check';
import { FAULTS, type Fault } from './faults.ts';
import { createProcess } from './process.ts';
import { receive } from './run.ts';
import { placeOrder, refundPayment } from './story.ts';
import { CLAIM_LEASE_MS } from './time.ts';
import { createSimulatedWorld, type World } from './world.ts';
import { runsOf } from '../support/runs.ts';

/** As in interleavings.test.ts. */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? runsOf(75, 300));

describe('a customer, notified by workers that race, stall and crash', () => {
  it('is notified of money once, once more at most for an excuse (S15, F34)', async function () {
    this.timeout(300_000 + RUNS * 100);
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.nat(1),
        fc.array(anyDelivery(), { minLength: 1, maxLength: 3, size: 'max' }),
        async (scheduler, which, deliveries) => {
          const world = await settled(scheduler);
          const body = world.notifications.dump()[which]?.body ?? '';
          await scheduler.waitFor(notifyAll(world, body, deliveries));
          await scheduler.waitFor(notifyInTheEnd(world, body));
          const sent = world.notifier.sent();
          expect(sent.length).to.be.within(1, 1 + excusesIn(deliveries));
          expect(new Set(sent.map(({ dedupeKey }) => dedupeKey)).size).to.equal(1);
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('is notified of the order once at most, and always if nothing goes wrong', async function () {
    this.timeout(300_000 + RUNS * 100);
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        // The mail service itself may take a mail twice; that is not the protocol's to prevent.
        fc.array(anyDelivery('repeat'), { minLength: 1, maxLength: 3, size: 'max' }),
        async (scheduler, deliveries) => {
          const world = createSimulatedWorld({
            turn: (label) => scheduler.schedule(Promise.resolve(), label),
          });
          await scheduler.waitFor(notifyAll(world, RECEIVED, deliveries));
          await scheduler.waitFor(notifyInTheEnd(world, RECEIVED));
          const isFaultless = deliveries.every(({ faults }) => faults.length === 0);
          expect(world.notifier.sent().length).to.be.within(isFaultless ? 1 : 0, 1);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

const RECEIVED = JSON.stringify({
  type: 'OrderReceived',
  v: 1,
  orderId: 'o-1',
  customer: { id: 'c-1', email: 'ada@example.com' },
});

type Delivery = { readonly faults: readonly Fault[]; readonly afterMs: number };

const anyDelivery = (...without: readonly Fault[]): fc.Arbitrary<Delivery> =>
  fc.record({
    faults: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      {
        weight: 2,
        arbitrary: fc.array(
          fc.oneof(
            { weight: 3, arbitrary: fc.constant<Fault>('none') },
            {
              weight: 1,
              arbitrary: fc.constantFrom(...FAULTS.filter((fault) => !without.includes(fault))),
            },
          ),
          { maxLength: 10, size: 'max' },
        ),
      },
    ),
    afterMs: fc.constantFrom(0, 0, CLAIM_LEASE_MS - 1, CLAIM_LEASE_MS),
  });

/**
 * Whatever went wrong, and every time that somebody may have outlived a lease while it was sending.
 */
const excusesIn = (deliveries: readonly Delivery[]): number =>
  deliveries.reduce(
    (sum, { faults, afterMs }) =>
      sum + faults.filter((fault) => fault !== 'none').length + (afterMs > 0 ? 1 : 0),
    0,
  );

/** A paid and partly refunded order: there is a receipt to send, and a credit note. */
const settled = async (scheduler: fc.Scheduler): Promise<World> => {
  let isCalm = true;
  const world = createSimulatedWorld({
    turn: (label) => (isCalm ? Promise.resolve() : scheduler.schedule(Promise.resolve(), label)),
  });
  const { slots } = createProcess(world, 'P');
  for (const body of [placeOrder(), refundPayment('r-1', { amountMinor: 1 })]) {
    expect(await receive(world, slots[0], world.payments.send(body))).to.equal('deleted');
  }
  isCalm = false;
  // Of the receipt there are two: it is published again before every delete.
  const published = new Set(world.notifications.dump().map(({ body }) => body));
  expect(published.size).to.equal(2);
  return world;
};

const notifyAll = (world: World, body: string, deliveries: readonly Delivery[]) =>
  Promise.all(
    deliveries.map(async ({ faults, afterMs }, index) => {
      await world.surroundings.turn('receive');
      await world.time.pass(afterMs);
      const left = [...faults];
      const notifier = createProcess(world, `N${index}`, () => left.shift() ?? 'none');
      return notifier.slots[0].notification({ id: `n-${index}`, body });
    }),
  );

/** SQS delivers it again, in the end to a worker that has no faults any more. */
const notifyInTheEnd = async (world: World, body: string): Promise<void> => {
  world.calm();
  await world.settleLate();
  for (let receives = 0; receives < 3; receives += 1) {
    await world.time.pass(CLAIM_LEASE_MS);
    const outcome = await createProcess(world, 'E').slots[0].notification({ id: 'n', body });
    if (outcome !== 'crashed' && outcome.isOk()) return;
  }
  expect.fail('it is never notified');
};
