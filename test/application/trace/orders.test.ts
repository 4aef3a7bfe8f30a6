import { expect } from 'chai';
import { ResultAsync } from 'neverthrow';
import { describe, it } from 'mocha';
import type { ChargeOutcome } from '../../../src/application/ports/paymentGateway.ts';
import { createTraceWorld, lineOf, lines, soundnessOf } from './world.ts';

describe('the timeline of an order', () => {
  it('reports a plain order from submission to receipt, each step’s cause too (Q1)', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();

    const timeline = await world.trace();

    expect(timeline).to.deep.include({ orderId: 'o-1', status: 'paid', missing: [] });
    expect(lines(timeline)).to.have.members([
      'client > payments queue: PlaceOrder',
      'payments queue > payment service: received',
      'payment service > event log: OrderPlaced (1 line, EUR 47.58) + PaymentRequested',
      'payment service > gateway: charge EUR 47.58',
      'gateway > payment service: captured EUR 47.58 as pi_memory_1',
      'payment service > event log: INV-2026-000001 taken from the series INV',
      'payment service > event log: PaymentCaptured + InvoiceIssued',
      'payment service > invoice table: row of version 4',
      'payment service > notifications queue: notify the customer: receipt',
      'payment service > payments queue: paid, deleted',
      'client > notifications queue: notify the customer: received',
      'notifications queue > notification service: received',
      'notification service > event log: NotificationClaimed (received)',
      'notification service > customer: mail: received',
      'notification service > event log: NotificationSent (received)',
      'notification service > notifications queue: received: sent, deleted',
      'notifications queue > notification service: received',
      'notification service > event log: NotificationClaimed (receipt)',
      'notification service > customer: mail: receipt',
      'notification service > event log: NotificationSent (receipt)',
      'notification service > notifications queue: receipt: sent, deleted',
    ]);
    expect(soundnessOf(timeline)).to.deep.equal([]);
    // From the receipt back to the order that it is for.
    expect(causesOf(timeline, 'mail: receipt')).to.deep.equal([
      'NotificationClaimed (receipt)',
      'received',
      'notify the customer: receipt',
      'PaymentCaptured + InvoiceIssued',
      'INV-2026-000001 taken from the series INV',
      'captured EUR 47.58 as pi_memory_1',
      'charge EUR 47.58',
      'OrderPlaced (1 line, EUR 47.58) + PaymentRequested',
      'received',
      'PlaceOrder',
    ]);
    const captured = timeline.steps.find(({ what }) => what === 'PaymentCaptured + InvoiceIssued');
    expect(captured).to.deep.include({ by: 'payments/a', attempt: 1, versions: [3, 4], phase: 3 });
  });

  it('shows of an order that was refused at the door what its customer was sent', async () => {
    const world = createTraceWorld();
    await world.submit({ currency: 'UYW' });
    await world.work();

    const timeline = await world.trace();

    expect(timeline).to.deep.include({ status: 'refused', missing: [] });
    expect(lines(timeline)).to.include.members([
      'client > payments queue: PlaceOrder',
      'payment service > event log refused: OrderRefused (currency UYW)',
      'payment service > notifications queue: notify the customer: refused',
      'payment service > payments queue refused: to the dead-letter queue: Unchargeable; currency UYW',
      'notification service > customer: mail: received',
      'notification service > customer: mail: refused',
    ]);
    expect(soundnessOf(timeline)).to.deep.equal([]);
  });

  it('shows what it has cost, item by item', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.submit({ orderId: 'o-2' });
    await world.work();

    const { cost } = await world.trace();

    const { quantity = 0 } = cost.items.find(({ what }) => what === 'records') ?? {};
    expect(cost.items).to.deep.equal([
      { what: 'writes of events', quantity: 6, unit: 'write units', microUsd: 3.75 },
      // One commit numbered both orders.
      { what: 'share of the numbering', quantity: 0.5, unit: 'write units', microUsd: 0.313 },
      { what: 'puts of the row, at least', quantity: 1, unit: 'write units', microUsd: 0.625 },
      { what: 'reads of the order, about', quantity: 1, unit: 'read units', microUsd: 0.125 },
      {
        what: 'queue requests, if none were batched',
        quantity: 9,
        unit: 'requests',
        microUsd: 4.5,
      },
      { what: 'mails', quantity: 2, unit: 'mails', microUsd: 200 },
      { what: 'records', quantity, unit: 'bytes', microUsd: cost.items.at(-1)?.microUsd },
    ]);
    expect(quantity).to.be.within(1_000, 4_000);
    expect(cost.items.at(-1)?.microUsd).to.be.closeTo(quantity / 2_000, 0.001);
    const sum = cost.items.reduce((total, { microUsd }) => total + microUsd, 0);
    expect(cost.microUsd).to.be.closeTo(sum, 0.001);
  });

  it('reports two workers, a lost answer and a racing cancel (F15, F23, F27)', async () => {
    const world = createTraceWorld();
    const { clock, gateway } = world;
    await world.submit();
    // It captures, and nobody hears of it.
    const slow = world.start('payments', 'slow', {
      concurrency: 1,
      gateway: {
        charge: (post) =>
          gateway.charge(post).andThen(() => {
            const lost: ChargeOutcome = { type: 'Unknown', cause: 'no answer in time' };
            return ResultAsync.fromSafePromise(clock.sleep(3_000).then(() => lost));
          }),
      },
    });
    await clock.advance(1_000);
    world.deliverAgain();
    await world.send({ type: 'CancelOrder', orderId: 'o-1', reason: 'changed my mind' });
    const others = [world.start('payments', 'quick'), world.start('notifications', 'a')];
    await clock.advance(20_000);
    for (const worker of [slow, ...others]) await worker.stop();

    const timeline = await world.trace();

    expect(timeline.status).to.equal('cancelled');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    const steps = lines(timeline);
    expect(steps).to.include.members([
      'client > payments queue: CancelOrder',
      'payment service > gateway lost: charge of payment#1: outcome unknown (no answer in time)',
      'payment service > event log: CancellationRequested (changed my mind)',
      'payment service > gateway: look up the charge',
      'gateway > payment service: captured EUR 47.58 as pi_memory_1',
      'payment service > gateway: refund EUR 47.58',
      'gateway > payment service: refunded EUR 47.58 as re_memory_1',
      'payment service > event log: RefundSucceeded + CreditNoteIssued + OrderCancelled',
      'payments queue > payment service: received again (2)',
      'payment service > payments queue: cancelled, nothing changed, deleted',
      'payment service > payments queue lost: message.release_failed: MessageNotInflight',
      'notification service > customer: mail: cancelled',
    ]);
    expect(steps.join('\n'))
      .to.match(/two processes on the same message for \d+ ms: payments\/slow, payments\/quick/)
      .and.match(/two processes on two messages of this order for \d+ ms/)
      .and.match(
        /OutcomeUnknown \(no answer in time\), again in \d+.*, but the queue did not do it/,
      );
    // Who did what: the one asked, the other found out.
    const byOf = (what: RegExp) => timeline.steps.find((step) => what.test(step.what))?.by;
    expect(byOf(/^OrderPlaced/)).to.equal('payments/slow');
    expect(byOf(/outcome unknown/)).to.equal('payments/slow');
    expect(byOf(/^PaymentCaptured/)).to.equal('payments/quick');
    // The intent is durable before anything is asked.
    const placeOf = (what: RegExp) => timeline.steps.findIndex((step) => what.test(step.what));
    expect(placeOf(/^OrderPlaced/)).to.be.lessThan(placeOf(/outcome unknown/));
  });

  it('reports a review, who decided, the redriven dead letter, and refunds', async () => {
    const world = createTraceWorld();
    await world.submit({ paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await world.decide({ by: 'ada', evidence: 'dashboard', forcedBecause: 'the bank says so' });
    await world.work();
    await world.redrive({ by: 'bob', because: 'mended' });
    await world.work();
    await world.send({ type: 'RefundPayment', orderId: 'o-1', refundId: 'r-1', amountMinor: 100 });
    await world.work();
    await world.send({ type: 'RefundPayment', orderId: 'o-1', refundId: 'r-2', amountMinor: 1e6 });
    await world.work();

    const timeline = await world.trace();

    expect(timeline.status).to.equal('partly refunded');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    const steps = lines(timeline);
    expect(steps).to.include.members([
      'gateway > payment service: EUR 47.59 as pi_memory_1',
      'payment service > event log waited: PaymentReviewRequired (amount: the gateway has EUR 47.59 as pi_memory_1)',
      'payment service > payments queue refused: to the dead-letter queue: ReviewRequired; payment#1 is in review: amount',
      'operator > event log: PaymentReviewResolved (captured as pi_memory_1, says ada: dashboard; against the gateway, because: the bank says so)',
      'operator > payments queue: ResumeOrder',
      'operator > payments queue: PlaceOrder',
      'client > payments queue: RefundPayment r-1',
      'client > payments queue: RefundPayment r-2',
    ]);
    expect(steps.join('\n'))
      .to.match(/operator > event log: LetterRedriven \(.*bob.*mended/)
      .and.match(/event log refused: RefundRejected \(r-2: /);
    expect(causesOf(timeline, 'received again (2)').map(shortened)).to.deep.equal([
      'PlaceOrder',
      'LetterRedriven',
      'to the dead-letter queue',
      'PaymentReviewRequired',
      'EUR 47.59 as pi_memory_1',
      'what has moved?',
      'OrderPlaced',
      'received',
      'PlaceOrder',
    ]);
  });

  it('reports a decline, and another order under the same id that is refused (F14)', async () => {
    const world = createTraceWorld();
    await world.submit({ paymentMethod: 'pm_card_visa_chargeDeclined' });
    await world.work();
    await world.submit({ paymentMethod: 'pm_card_visa' });
    await world.work();

    const timeline = await world.trace();

    expect(timeline.status).to.equal('declined');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(lines(timeline)).to.include.members([
      'gateway > payment service refused: declined: generic_decline',
      'payment service > payments queue: declined, deleted',
      'payment service > payments queue refused: to the dead-letter queue: PayloadConflict',
      'payments queue > operator refused: PlaceOrder lies in the dead-letter queue: PayloadConflict',
      'notification service > customer: mail: declined',
    ]);
  });

  it('reports a look-up that found nothing, waits, and that nothing was charged', async () => {
    const world = createTraceWorld();
    await world.submit();
    const nothing = {
      charge: () => ResultAsync.fromSafePromise(Promise.resolve(RESET)),
      find: () => ResultAsync.fromSafePromise(Promise.resolve({ type: 'Absent' } as const)),
    };
    await world.work(100, { gateway: nothing });
    await world.send({ type: 'CancelOrder', orderId: 'o-1', reason: 'too slow' });
    await world.work(3_000_000, { gateway: nothing });

    const timeline = await world.trace();

    expect(timeline.status).to.equal('cancelled');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    const steps = lines(timeline);
    expect(steps).to.include.members([
      'payment service > gateway lost: charge of payment#1: outcome unknown (reset)',
      'payment service > gateway: look-up of payment#1: nothing there, which proves nothing yet',
      'gateway > payment service: there is none, and will be none',
    ]);
    expect(steps.filter((line) => / waited: OutcomeUnknown \(.*again in /.test(line))).to.not.equal(
      [],
    );
  });

  it('reports a worker that died after its commit, and the one that went on (F15)', async () => {
    const world = createTraceWorld();
    await world.submit();
    const died = world.start('payments', 'died', {
      gateway: { charge: () => ResultAsync.fromSafePromise(new Promise<ChargeOutcome>(() => 0)) },
      isDumb: true,
    });
    // No message shows again earlier, unless it was released, which leaves a record.
    await world.clock.advance(10_000);
    world.deliverAgain();
    await world.work();

    const timeline = await world.trace();

    expect(timeline.status).to.equal('paid');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(lines(timeline)).to.include.members([
      'payments queue > payment service lost: received, and no record of how it ended',
      'payments queue > payment service: received again (2)',
    ]);
    await died.stop();
  });
});

const RESET = { type: 'Unknown', cause: 'reset' } as const;

const shortened = (what: string): string => what.split(/ \(|:| \+/)[0] ?? '';

/** From the first step of this name back to the beginning. */
const causesOf = (
  { steps }: Awaited<ReturnType<ReturnType<typeof createTraceWorld>['trace']>>,
  what: string,
): readonly string[] => {
  const causes: string[] = [];
  let step = steps.find((each) => each.what === what);
  if (step === undefined) expect.fail(`no step is ${what}: ${steps.map(lineOf).join('\n')}`);
  while (step?.cause !== undefined && causes.length < steps.length) {
    step = steps[step.cause];
    causes.push(step?.what ?? '');
  }
  return causes;
};
