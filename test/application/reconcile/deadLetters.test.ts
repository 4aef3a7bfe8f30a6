import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { PUSH_AGAIN_MS } from '../../../src/application/reconcile/pushes.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld } from './world.ts';

const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
  find: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
};
const RESUME = (orderId: string) => ({ type: 'ResumeOrder', v: 1, orderId });

describe('a round of the reconciler, looking at dead letters', () => {
  it('pushes an order that settled beside its dead letter (R10, R11, hole 14)', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work();
    await must(world.notifications.delete(await receiptsOf(world.notifications)));
    // Its twin dead-lettered on an older view; who appended died before it published.
    await world.place('o-1');
    await world.giveUp('NotYet; nothing is captured yet');

    const round = await world.reconciler()();

    expect(
      round.deadLetters?.map(({ orderId, command, state }) => [orderId, command, state]),
    ).to.deep.equal([['o-1', 'PlaceOrder', 'settled']]);
    expect(world.sent(world.payments)).to.deep.equal([RESUME('o-1')]);
    expect(world.payments.dump()[0]?.attributes).to.deep.equal({
      correlationId: 'chain-o-1',
      causationId: 'reconciler',
    });
    await world.work();
    expect(world.sent(world.notifications)).to.deep.include({
      type: 'OrderSettled',
      v: 1,
      orderId: 'o-1',
      outcome: 'paid',
    });
  });

  it('pushes an order whose payment is open, and drives it to its end (R11)', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.giveUp('OutcomeUnknown');

    const { deadLetters } = await world.reconciler()();
    await world.work();

    expect(deadLetters?.[0]).to.deep.include({ reason: 'OutcomeUnknown', state: 'open' });
    expect((await world.state('o-1')).payment.status).to.equal('captured');
  });

  it('does not push what a person must decide, and alarms with its age each round', async () => {
    const world = createReconcileWorld();
    await world.place('o-1', { paymentMethod: 'pm_sandbox_wrong_amount' });
    await world.work();
    await world.clock.advance(60_000);
    const reconcile = world.reconciler();

    const { deadLetters, reviews, pushed } = await reconcile();
    await reconcile();

    expect(deadLetters?.map(({ state }) => state)).to.deep.equal(['review']);
    expect(reviews.map(({ orderId, reason }) => [orderId, reason])).to.deep.equal([
      ['o-1', 'amount'],
    ]);
    expect(pushed).to.deep.equal([]);
    const alarms = world.records('review.waiting');
    expect(alarms.map(({ level, orderId }) => [level, orderId])).to.deep.equal([
      ['error', 'o-1'],
      ['error', 'o-1'],
    ]);
    const age = alarms[0]?.metrics?.['ReviewAge'];
    expect(age?.unit).to.equal('Seconds');
    expect(age?.values[0]).to.be.within(60, 120);
    const { metrics = {} } = world.records('reconcile.round')[0] ?? {};
    const gauges = Object.entries(metrics).map(([name, { values }]) => [name, values[0]]);
    expect(Object.fromEntries(gauges)).to.deep.equal({
      NumbersWithoutDocument: 0,
      DeadLettersOpen: 1,
      ReviewsOpen: 1,
      ReviewAgeMax: age?.values[0],
    });
  });

  it('does not push again what was resumed since its last change and failed again', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.giveUp();
    const reconcile = world.reconciler();
    expect((await reconcile()).pushed).to.deep.equal(['o-1']);
    await world.clock.advance(PUSH_AGAIN_MS);
    await world.giveUp();

    expect((await reconcile()).pushed).to.deep.equal([]);
    expect((await world.reconciler()()).pushed).to.deep.equal([]);
    // What came after that resume it has not seen.
    await world.numberAndDie('o-1');
    await world.pastGrace();
    expect((await reconcile()).pushed).to.deep.equal(['o-1']);
  });

  it('reports what is unknown, unrecorded or unreadable, and pushes none of it', async () => {
    const world = createReconcileWorld();
    await must(
      world.paymentsDlq.send([
        { body: 'not JSON' },
        { body: '{"type":"CancelOrder"}', attributes: { OrderId: '#' } },
        { body: JSON.stringify(RESUME('never')) },
        { body: 'rubbish', attributes: { OrderId: 'broken', Reason: 'CorruptStream' } },
      ]),
    );
    const corrupt = {
      type: 'CorruptStream',
      streamId: 'order#broken',
      version: 1,
      why: 'is rubbish',
    } as const;
    const store = {
      ...world.store,
      load: (...args: Parameters<typeof world.store.load>) =>
        args[0] === 'order#broken' ? errAsync(corrupt) : world.store.load(...args),
    };

    const { deadLetters = [], pushed, failures } = await world.reconciler({ store })();

    expect(deadLetters.map(({ orderId, state }) => [orderId, state])).to.have.deep.members([
      [undefined, 'none'],
      ['#', 'none'],
      ['never', 'unknown'],
      ['broken', 'unreadable'],
    ]);
    expect(deadLetters.filter(({ reason }) => /given up by its queue/.test(reason))).to.have.length(
      3,
    );
    expect(pushed).to.deep.equal([]);
    expect(failures).to.deep.equal([]);
  });

  it('pushes later what its queue would not take, and says so', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.giveUp();
    let refusals = 1;
    const payments = {
      send: (...args: Parameters<typeof world.payments.send>) =>
        refusals-- > 0
          ? okAsync([{ type: 'Failed', code: 'InternalError', retryable: true } as const])
          : world.payments.send(...args),
    };
    const reconcile = world.reconciler({ payments });

    const first = await reconcile();

    expect(first.pushed).to.deep.equal([]);
    expect(first.failures).to.deep.equal([
      { part: 'pushes', error: { type: 'SendFailed', code: 'InternalError' } },
    ]);
    expect((await reconcile()).pushed).to.deep.equal(['o-1']);
  });

  it('checks the numbers although the dead letters cannot be had', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work();
    await world.pastGrace();
    const missing = {
      type: 'Misconfigured',
      dependency: 'MessageQueue',
      cause: 'QueueDoesNotExist',
    } as const;
    const paymentsDlq = { ...world.paymentsDlq, receive: () => errAsync(missing) };

    const { deadLetters, series, failures } = await world.reconciler({ paymentsDlq })();

    expect(deadLetters).to.equal(undefined);
    expect(failures).to.deep.equal([{ part: 'dead letters', error: missing }]);
    expect(series[0]).to.deep.include({ upTo: 1, numbers: 1 });
    const { metrics = {} } = world.records('reconcile.round')[0] ?? {};
    expect(Object.keys(metrics)).to.deep.equal(['NumbersWithoutDocument']);
  });

  it('pushes an order with an open refund, though its payment is settled (R11)', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work();
    const refund = { type: 'RefundPayment', v: 1, orderId: 'o-1', refundId: 'r-1' };
    await must(world.payments.send([{ body: JSON.stringify(refund) }]));
    await world.work(1_000, { refund: () => okAsync({ type: 'Unknown', cause: 'no answer' }) });
    await world.giveUp();

    const { deadLetters } = await world.reconciler()();
    await world.work();

    expect(deadLetters?.map(({ command, state }) => [command, state])).to.deep.equal([
      ['RefundPayment', 'open'],
    ]);
    expect((await world.state('o-1')).refunds.map(({ status }) => status)).to.deep.equal([
      'succeeded',
    ]);
  });
});

const receiptsOf = async (queue: ReturnType<typeof createReconcileWorld>['notifications']) =>
  (await must(queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 }))).map(
    ({ receipt }) => receipt,
  );
