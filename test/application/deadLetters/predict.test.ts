import { expect } from 'chai';
import fc from 'fast-check';
import { errAsync, okAsync } from 'neverthrow';
import { isStillNeeded, type Prediction } from '../../../src/application/deadLetters/prediction.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { createOrderStream } from '../../../src/application/log/eventStreams.ts';
import { askToCompare, progressOf } from '../../../src/domain/order/index.ts';
import { anyHappenings } from '../../support/arbitraries/happenings.ts';
import { anyOrder } from '../../support/arbitraries/order.ts';
import { must } from '../../support/commits.ts';
import { runOrder } from '../../support/orderRun.ts';
import { anOrder } from '../../support/orderLife.ts';
import { createDeadLetterWorld, only, type DeadLetterWorld } from './world.ts';
import { runsOf } from '../../support/runs.ts';

const HOUR_MS = 3_600_000;
const PLACE = { type: 'PlaceOrder', v: 1, ...anOrder() };
const REFUND = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
const CANCEL = { type: 'CancelOrder', v: 1, orderId: 'o-1', reason: 'too dear' };
const MONEY = { amountMinor: 4_758, currency: 'EUR' };
const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
  find: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
};
const ASKED = { payments: PLACE, notifications: { type: 'OrderSettled', v: 1, orderId: 'o-1' } };

const open = async (world: DeadLetterWorld, gateway = SILENT): Promise<void> => {
  await world.place('o-1');
  await world.work(1_000, gateway);
  await world.giveUp();
  await clear(world);
};

/** Leaves the order, and takes its own dead letters away. */
const clear = async ({ paymentsDlq }: DeadLetterWorld): Promise<void> => {
  for (;;) {
    const received = (
      await paymentsDlq.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 })
    )._unsafeUnwrap();
    if (received.length === 0) return;
    await paymentsDlq.delete(received.map(({ receipt }) => receipt));
  }
};

describe('what would become of a dead letter', () => {
  const predicted = async (
    world: DeadLetterWorld,
    message: unknown,
    queue: 'payments' | 'notifications' = 'payments',
  ): Promise<Prediction> => {
    await world.deadLetter(queue, message);
    const before = await world.everything();
    const { prospect: prediction } = only(await world.dlq().list());
    // F15: it is asked for, and nothing of it is done.
    expect(await world.everything()).to.deep.equal(before);
    return prediction;
  };

  it('an order that was never recorded would be placed and charged (L1)', async () => {
    const prediction = await predicted(createDeadLetterWorld(), PLACE);
    expect(prediction).to.deep.equal({
      type: 'Drives',
      records: ['OrderPlaced', 'PaymentRequested'],
      standing: 'open',
      next: { type: 'Send', subject: 'payment#1', money: MONEY },
    });
    expect(isStillNeeded(prediction)).to.equal(true);
  });

  it('an intent that is young would be sent under its own key', async () => {
    const world = createDeadLetterWorld();
    await open(world);
    const prediction = await predicted(world, PLACE);
    expect(prediction).to.deep.equal({
      type: 'Drives',
      records: [],
      standing: 'open',
      next: { type: 'Send', subject: 'payment#1', money: MONEY },
    });
    expect(isStillNeeded(prediction)).to.equal(true);
  });

  it('an intent older than the horizon would be looked up, never sent (S10, Q16)', async () => {
    const world = createDeadLetterWorld();
    await open(world);
    const { payment } = await world.state('o-1');
    await world.clock.advance(72 * HOUR_MS);
    const prediction = await predicted(world, PLACE);
    const at = payment.status === 'requested' ? payment.at : 0;
    expect(prediction).to.deep.equal({
      type: 'Drives',
      records: [],
      standing: 'open',
      next: { type: 'LookUp', subject: 'payment#1', closesAt: at + 1_900_000 },
    });
    expect(isStillNeeded(prediction)).to.equal(true);
  });

  it('an order in review waits for a person, and not for its dead letter', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await clear(world);
    const place = { ...PLACE, paymentMethod: 'pm_sandbox_wrong_amount' };
    const prediction = await predicted(world, place);
    expect(prediction).to.deep.equal({
      type: 'Drives',
      records: [],
      standing: 'review',
      next: { type: 'Review', subject: 'payment#1' },
    });
    expect(isStillNeeded(prediction)).to.equal(false);
    await clear(world);

    // What was never recorded stands nowhere but in the dead letter.
    const cancel = await predicted(world, CANCEL);
    expect(cancel).to.deep.include({ records: ['CancellationRequested'], standing: 'review' });
    expect(isStillNeeded(cancel)).to.equal(true);
    await clear(world);
    const refund = await predicted(world, REFUND);
    expect(refund).to.deep.equal({ type: 'Waits', why: 'the payment of the order is in review' });
    expect(isStillNeeded(refund)).to.equal(true);
  });

  it('a settled order is open until its customer is notified (S15, R10)', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1');
    await world.work();
    const unnotified = await predicted(world, PLACE);
    expect(unnotified).to.deep.equal({
      type: 'Drives',
      records: [],
      standing: 'settled',
      next: { type: 'Settled', untold: ['receipt'] },
    });
    expect(isStillNeeded(unnotified)).to.equal(true);

    await world.notifyAll();
    await clear(world);
    const notified = await predicted(world, PLACE);
    expect(notified).to.deep.equal({
      type: 'Drives',
      records: [],
      standing: 'settled',
      next: { type: 'Settled', untold: [] },
    });
    expect(isStillNeeded(notified)).to.equal(false);
  });

  it('a command that the order does not know would be recorded', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1');
    await world.work();
    const refund = await predicted(world, REFUND);
    expect(refund).to.deep.equal({
      type: 'Drives',
      records: ['RefundRequested'],
      standing: 'open',
      next: { type: 'Send', subject: 'refund#r-1', money: MONEY },
    });
    await clear(world);
    const cancel = await predicted(world, CANCEL);
    expect(cancel).to.deep.include({ records: ['CancellationRequested', 'RefundRequested'] });
    expect([refund, cancel].map(isStillNeeded)).to.deep.equal([true, true]);
  });

  it('a refund waits until its order is compared with the gateway (R26)', async () => {
    const world = createDeadLetterWorld();
    await world.place('o-1');
    await world.work();
    const held = await must(world.orders.load('o-1'));
    const asked = { by: 'ada', reason: 'ticket', at: 0, series: 'CN', seriesFrom: 0 };
    const events = askToCompare(asked, held.state)._unsafeUnwrap();
    const trace = { correlationId: 'c-1', causationId: 'person', idempotencyKey: 'adopt' };
    await must(world.orders.append('o-1', held, { events, ...trace }));
    const refund = await predicted(world, REFUND);
    expect(refund).to.deep.equal({
      type: 'Waits',
      why: 'the order is compared with the gateway first',
    });
    expect(isStillNeeded(refund)).to.equal(true);
  });

  it('another order under the id is refused; a refund that is too early waits (F14)', async () => {
    const world = createDeadLetterWorld();
    await open(world);
    const other = await predicted(world, { ...PLACE, paymentMethod: 'pm_other' });
    expect(other).to.have.property('type', 'Refused');
    expect(isStillNeeded(other)).to.equal(false);
    await clear(world);
    const early = await predicted(world, REFUND);
    expect(early).to.deep.equal({ type: 'Waits', why: 'nothing is captured yet' });
    expect(isStillNeeded(early)).to.equal(true);
  });

  it('what is unreadable stays malformed, and what is readable by now is found out', async () => {
    const world = createDeadLetterWorld();
    const rubbish = await predicted(world, 'rubbish');
    expect(rubbish).to.deep.equal({ type: 'Malformed', reasons: ['message: is not JSON'] });
    expect(isStillNeeded(rubbish)).to.equal(false);
    await clear(world);
    await world.deadLetter('payments', PLACE, { reason: 'MalformedMessage; v: is not known' });
    const { deadLetter, prospect: prediction } = only(await world.dlq().list());
    expect([deadLetter.errorType, prediction.type]).to.deep.equal(['MalformedMessage', 'Drives']);
  });

  it('a recorded refusal is not lost with its dead letter, and any other is', async () => {
    const world = createDeadLetterWorld();
    const refused = { ...PLACE, lines: [] };
    const before = await predicted(world, refused);
    expect(before).to.deep.include({ type: 'Malformed', refusal: 'unrecorded' });
    await clear(world);
    const dear = { ...PLACE, currency: 'UYW' };
    const uncharged = await predicted(world, dear);
    await clear(world);
    expect(uncharged).to.deep.include({ type: 'Refused', refusal: 'unrecorded' });
    const cancel = await predicted(world, { ...CANCEL, reason: '' });
    expect(cancel).to.deep.include({ type: 'Malformed', refusal: 'unrecorded' });
    expect([before, uncharged, cancel].map(isStillNeeded)).to.deep.equal([true, true, true]);
    await clear(world);

    // The service refuses them, and says so in the order.
    for (const message of [refused, dear]) {
      await must(world.payments.send([{ body: JSON.stringify(message) }]));
      await world.work();
    }
    const deadLetters = await world.dlq().list();
    expect(
      deadLetters.map(({ prospect: prediction }) => 'refusal' in prediction && prediction.refusal),
    ).to.deep.equal(['recorded', 'recorded']);
    expect(deadLetters.map(({ prospect: prediction }) => isStillNeeded(prediction))).to.deep.equal([
      false,
      false,
    ]);
    await clear(world);
    // Whoever sends the corrected order sees that its customer was notified of another thing.
    expect(await predicted(world, PLACE)).to.deep.include({ type: 'Drives', wasRefused: true });
  });

  it('an unreadable order needs its dead letter: nothing is decided (X13)', async () => {
    const world = createDeadLetterWorld();
    await world.deadLetter('payments', PLACE);
    const why = 'is rubbish';
    const corrupt = { type: 'CorruptStream', streamId: 'order#o-1', version: 1, why } as const;
    const store = { ...world.store, load: () => errAsync(corrupt) };
    const { prospect: prediction } = only(await world.dlq({ store }).list());
    expect(prediction).to.deep.equal({ type: 'Unreadable', why: 'version 1: is rubbish' });
    expect(isStillNeeded(prediction)).to.equal(true);
  });

  it('a notice would be mailed until it was, and waits until there is one to send', async () => {
    const world = createDeadLetterWorld();
    const paid = { ...ASKED.notifications, outcome: 'paid' };
    const ofNotice = async (message: unknown) => {
      const prediction = await predicted(world, message, 'notifications');
      await world.dlq().discard({ isForced: true });
      return [prediction, isStillNeeded(prediction)];
    };
    const received = { type: 'OrderReceived', v: 1, orderId: 'o-1', customer: anOrder().customer };
    expect(await ofNotice(received)).to.deep.equal([{ type: 'Mails', notice: 'received' }, true]);
    expect(await ofNotice(paid)).to.deep.equal([
      { type: 'Waits', why: 'the order is not settled' },
      true,
    ]);
    await world.place('o-1');
    await world.work();
    expect(await ofNotice(paid)).to.deep.equal([{ type: 'Mails', notice: 'receipt' }, true]);
    await world.notifyAll();
    expect(await ofNotice(paid)).to.deep.equal([
      { type: 'Told', notice: 'receipt', isSent: true },
      false,
    ]);
  });

  it('an order that is open, and not in review, needs its dead letter (L1)', () =>
    fc.assert(
      fc.asyncProperty(anyOrder(), anyHappenings(), async (order, happenings) => {
        const { commits, state } = runOrder(order, happenings, { attemptsMax: 2 });
        const world = createDeadLetterWorld();
        const orders = createOrderStream({ store: world.store, ids: world.ids });
        let held = orders.start;
        for (const events of commits) {
          const commit = { events, idempotencyKey: 'k', correlationId: 'c', causationId: 'c' };
          held = await must(orders.append(order.orderId, held, commit));
        }
        const message = { type: 'ResumeOrder', v: 1, orderId: order.orderId };
        await world.deadLetter('payments', message);

        const { prospect: prediction } = only(await world.dlq().list());

        const standing = progressOf(state);
        fc.pre(standing !== 'settled');
        expect(isStillNeeded(prediction), JSON.stringify(prediction)).to.equal(standing === 'open');
      }),
      { numRuns: runsOf(50, 150) },
    ));
});
