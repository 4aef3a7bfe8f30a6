import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { seriesStreamId } from '../../../src/application/series/seriesLog.ts';
import { PUSH_AGAIN_MS } from '../../../src/application/reconcile/pushes.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld } from './world.ts';

/**
 * Nobody can know what became of a charge: until its close it is backed off, and then it is in
 * review.
 */
const SILENT: Partial<PaymentGateway> = {
  charge: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
  find: () => okAsync({ type: 'Unknown', cause: 'no answer' }),
};
/** Until the close, and as long again as a failing look-up is tried again. */
const LONG_MS = 4_500_000;
const RESUME = (orderId: string) => ({ type: 'ResumeOrder', v: 1, orderId });

describe('a round of the reconciler', () => {
  it('documents an orphaned number, its worker and messages gone (C8, hole 5c)', async () => {
    const world = createReconcileWorld();
    const reconcile = world.reconciler();
    await world.place('o-1');
    await world.work(LONG_MS, SILENT);
    expect((await world.state('o-1')).payment.status).to.equal('review');
    await must(world.paymentsDlq.receive({ max: 10, waitMs: 0, visibilityMs: 40_000_000 }));
    // Another worker had the gateway's answer all the time: it numbers the order, and dies.
    const { number, date } = await world.numberAndDie('o-1');
    await world.pastGrace();

    const round = await reconcile();

    expect(world.sent(world.payments)).to.deep.equal([RESUME('o-1')]);
    expect(round.pushed).to.deep.equal(['o-1']);
    const [alarm] = world.records('reconcile.number_without_document');
    expect(alarm).to.deep.include({ level: 'error', orderId: 'o-1', outcome: 'Undocumented' });
    await world.work(5_000, SILENT);
    const { invoice } = await world.state('o-1');
    expect(invoice).to.have.property('status', 'issued');
    expect(invoice).to.have.nested.property('document.number', number);
    expect(invoice).to.have.nested.property('document.issuedAt', date);
    expect((await reconcile()).series[0]).to.deep.include({ from: 1, upTo: 1, findings: [] });
    expect(world.sent(world.payments)).to.deep.equal([]);
  });

  it('finds nothing where all numbers have documents, and remembers how far it was', async () => {
    const world = createReconcileWorld();
    for (const orderId of ['o-1', 'o-2']) await world.place(orderId);
    await world.work();
    await must(world.payments.send([{ body: JSON.stringify(REFUND) }]));
    await world.work();
    await world.pastGrace();

    const first = await world.reconciler()();
    const { invoice } = await world.state('o-1');

    expect(invoice).to.have.nested.property('document.creditNotes.length', 1);
    expect(
      first.series.map(({ upTo, end, numbers, findings }) => [upTo, end, numbers, findings]),
    ).to.deep.equal([
      [1, 1, 2, []],
      [1, 1, 1, []],
    ]);
    expect(first.deadLetters).to.deep.equal([]);
    const restarted = await world.reconciler()();
    expect(restarted.series.map(({ from, numbers }) => [from, numbers])).to.deep.equal([
      [1, 0],
      [1, 0],
    ]);
    const anew = await world.reconciler()({ fromStart: true });
    expect(anew.series.map(({ from, numbers }) => [from, numbers])).to.deep.equal([
      [0, 2],
      [0, 1],
    ]);
    expect((await must(world.store.load('reconciler#INV'))).commits).to.have.length(1);
  });

  it('leaves a number in peace that a worker may just be documenting', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.numberAndDie('o-1');

    const [invoices] = (await world.reconciler()()).series;

    expect(invoices).to.deep.include({ upTo: 0, end: 1, numbers: 0, findings: [] });
  });

  it('awaits a document in every round, over restarts too, and goes on behind it', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.numberAndDie('o-1');
    await world.pastGrace();
    await world.reconciler()();
    await must(world.payments.delete(await takeAll(world.payments)));
    await world.place('o-2');
    await world.work();
    await world.pastGrace();

    const [later] = (await world.reconciler()()).series;

    expect(later).to.deep.include({ from: 1, upTo: 2, numbers: 2 });
    expect(later?.findings.map(({ orderId }) => orderId)).to.deep.equal(['o-1']);
    expect(world.sent(world.payments)).to.deep.equal([RESUME('o-1')]);
    expect(world.records('reconcile.number_without_document')).to.have.length(2);
  });

  it('passes a number that no resume can fix, and reports it at the next full check', async () => {
    const world = createReconcileWorld();
    await world.place('o-1', { paymentMethod: 'pm_card_visa_chargeDeclined' });
    await world.work();
    await world.numberAndDie('o-1');
    await world.numberAndDie('ghost');
    await world.pastGrace();
    const reconcile = world.reconciler();

    const [found] = (await reconcile()).series;

    expect(found?.findings.map(({ type, orderId, why }) => [type, orderId, why])).to.deep.equal([
      ['Contradicted', 'o-1', 'nothing moved: declined'],
      ['Contradicted', 'ghost', 'there is no such order'],
    ]);
    expect(world.records('reconcile.number_contradicted').map(({ level }) => level)).to.deep.equal([
      'error',
      'error',
    ]);
    expect(world.sent(world.payments)).to.deep.equal([]);
    expect((await reconcile()).series[0]).to.deep.include({ from: 2, findings: [] });
    expect((await reconcile({ fromStart: true })).series[0]?.findings).to.have.length(2);
  });

  it('sends, stores and records nothing in a dry run, and says what it would do', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.giveUp();
    await world.numberAndDie('o-1');
    await world.pastGrace();

    const round = await world.reconciler()({ dryRun: true });

    expect(round.pushed).to.deep.equal(['o-1']);
    expect(round.series[0]?.findings).to.have.length(1);
    expect(world.sent(world.payments)).to.deep.equal([]);
    expect((await must(world.store.load('reconciler#INV'))).commits).to.deep.equal([]);
    for (const event of ['reconcile.round', 'reconcile.number_without_document']) {
      expect(world.records(event)).to.deep.equal([]);
    }
  });

  it('is safe beside its twin: the second takes over the cursor of the first', async () => {
    const world = createReconcileWorld();
    for (const orderId of ['o-1', 'o-2']) {
      await world.place(orderId);
      await world.work();
    }
    await world.pastGrace();
    const first = world.reconciler();
    const store = {
      ...world.store,
      append: (...args: Parameters<typeof world.store.append>) =>
        ResultAsync.fromSafePromise(first()).andThen(() => world.store.append(...args)),
    };

    const second = await world.reconciler({ store })();

    expect(second.series.map(({ overtaken }) => overtaken)).to.deep.equal([true, false]);
    expect(second.failures).to.deep.equal([]);
    expect((await must(world.store.load('reconciler#INV'))).commits).to.have.length(1);
    expect((await world.reconciler()()).series[0]).to.deep.include({ from: 2, upTo: 2 });
  });

  it('reports its failures, does the rest, and does not pass what it has not seen', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work();
    await world.pastGrace();
    const down = {
      type: 'Unavailable',
      dependency: 'EventStore',
      cause: 'away',
      throttled: false,
    } as const;
    const store = {
      ...world.store,
      load: (...args: Parameters<typeof world.store.load>) =>
        args[0] === 'order#o-1' ? errAsync(down) : world.store.load(...args),
    };

    const round = await world.reconciler({ store })();

    expect(round.failures).to.deep.equal([
      { part: 'series INV', error: down },
      { part: 'gateway events', error: down },
    ]);
    expect(round.series.map(({ series }) => series)).to.deep.equal(['CN']);
    expect(world.records('reconcile.failed')[0]).to.deep.include({ level: 'warn' });
    const { metrics = {} } = world.records('reconcile.round')[0] ?? {};
    expect(Object.keys(metrics))
      .to.include('DeadLettersOpen')
      .and.not.include('NumbersWithoutDocument');
    expect((await world.reconciler()()).series[0]).to.deep.include({ from: 0, upTo: 1 });
  });

  it('goes no further in a round than asked, and goes on there in the next', async () => {
    const world = createReconcileWorld();
    for (const orderId of ['o-1', 'o-2', 'o-3']) {
      await world.place(orderId);
      await world.work();
    }
    await world.pastGrace();
    const reconcile = world.reconciler();

    const ranges = [];
    for (const commitsMax of [2, 2]) {
      const [invoices] = (await reconcile({ commitsMax })).series;
      ranges.push([invoices?.from, invoices?.upTo, invoices?.end]);
    }

    expect(ranges).to.deep.equal([
      [0, 2, 3],
      [2, 3, 3],
    ]);
  });

  it('passes nothing that it was stopped at, and says nothing of it', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.numberAndDie('o-1');
    await world.pastGrace();
    const stop = new AbortController();
    const store = {
      ...world.store,
      load: (...args: Parameters<typeof world.store.load>) => {
        if (args[0] === 'order#o-1') stop.abort();
        return world.store.load(...args);
      },
    };

    const { series } = await world.reconciler({ store })({ signal: stop.signal });

    expect(series[0]).to.deep.include({ upTo: 0, numbers: 0, findings: [] });
    expect((await must(world.store.load('reconciler#INV'))).commits).to.deep.equal([]);
    expect(world.sent(world.payments)).not.to.deep.include(RESUME('o-1'));
    expect(world.records('reconcile.round')).to.deep.equal([]);
    expect((await world.reconciler()()).pushed).to.deep.equal(['o-1']);
  });

  it('reports what it found before it passes it, so that no crash hides it', async () => {
    const world = createReconcileWorld();
    await world.numberAndDie('ghost');
    await world.pastGrace();
    const uncertain = { type: 'Uncertain', streamId: 'reconciler#INV', cause: 'lost' } as const;
    const append: typeof world.store.append = (streamId, ...rest) =>
      streamId === uncertain.streamId ? errAsync(uncertain) : world.store.append(streamId, ...rest);
    const store = { ...world.store, append };

    const { failures } = await world.reconciler({ store })();

    expect(failures).to.deep.equal([{ part: 'series INV', error: uncertain }]);
    expect(world.records('reconcile.number_contradicted')).to.have.length(1);
    await world.reconciler()();
    expect(world.records('reconcile.number_contradicted')).to.have.length(2);
  });

  it('refuses a series that is shorter than it was: the log has lost commits', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work();
    await world.pastGrace();
    await world.reconciler()();
    const store = {
      ...world.store,
      head: (...args: Parameters<typeof world.store.head>) =>
        args[0] === seriesStreamId('INV') ? okAsync(undefined) : world.store.head(...args),
    };

    const { failures } = await world.reconciler({ store })();

    expect(failures.map(({ part, error }) => [part, error.type])).to.deep.equal([
      ['series INV', 'CorruptStream'],
    ]);
  });

  it('pushes an order again only after a while, whatever rounds come between', async () => {
    const world = createReconcileWorld();
    await world.place('o-1');
    await world.work(1_000, SILENT);
    await world.giveUp();
    const reconcile = world.reconciler();

    const pushes = [];
    for (const waitMs of [0, PUSH_AGAIN_MS / 2, PUSH_AGAIN_MS / 2]) {
      await world.clock.advance(waitMs);
      pushes.push((await reconcile()).pushed);
    }

    expect(pushes).to.deep.equal([['o-1'], [], ['o-1']]);
  });
});

const REFUND = {
  type: 'RefundPayment',
  v: 1,
  orderId: 'o-1',
  refundId: 'r-1',
  amountMinor: 1_000,
};

const takeAll = async (queue: ReturnType<typeof createReconcileWorld>['payments']) =>
  (await must(queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 }))).map(
    ({ receipt }) => receipt,
  );
