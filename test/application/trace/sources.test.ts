import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { describe, it } from 'mocha';
import type { PeekedQueue } from '../../../src/application/deadLetters/peek.ts';
import type { Misconfiguration, Unavailable } from '../../../src/application/ports/failures.ts';
import { orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { createTraceWorld, lines, soundnessOf } from './world.ts';

const EMAIL = 'ada@example.com';

describe('the sources of a timeline', () => {
  it('report an order that was never placed, because its message is poison', async () => {
    const world = createTraceWorld();
    await world.submit({ currency: 'ZZZ' });
    await world.work();

    const timeline = await world.trace();

    const reason = 'InvalidOrder; currency: is not a currency of ISO 4217';
    expect(timeline.status).to.equal('refused');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(lines(timeline)).to.include.members([
      'client > payments queue: PlaceOrder',
      `payment service > payments queue refused: to the dead-letter queue: ${reason}`,
      `payments queue > operator refused: PlaceOrder lies in the dead-letter queue: ${reason}`,
    ]);
    // To look at a dead letter takes it from nobody.
    expect(world.dead.payments.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
  });

  it('say that nothing is known of an order of which nothing is', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();

    const timeline = await world.trace('o-2');

    expect(timeline).to.deep.include({ status: 'unknown', steps: [], missing: [], notes: [] });
    expect(timeline.cost).to.deep.equal({ microUsd: 0, items: [] });
  });

  it('report their order alone, also where another is in the same chain (F37)', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();
    await world.send({ type: 'CancelOrder', orderId: 'o-1', reason: 'r' }, 'shared');
    await world.send({ type: 'CancelOrder', orderId: 'o-2', reason: 'r' }, 'shared');
    await world.work();

    const timeline = await world.trace();

    const sent = lines(timeline).filter((line) => line.startsWith('client > payments queue'));
    expect(sent.map((line) => line.split(': ')[1])).to.deep.equal(['PlaceOrder', 'CancelOrder']);
  });

  it('that are not asked are named, and the rest is reported', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();

    const timeline = await world.trace('o-1', {});

    expect(timeline.missing).to.deep.equal([
      'the dead-letter queues, which were not asked',
      'the log records, which were not asked for',
    ]);
    expect(timeline.status).to.equal('paid');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(lines(timeline)).to.include.members([
      'client > payments queue: PlaceOrder',
      'payments queue > payment service: received',
      'payment service > event log: PaymentCaptured + InvoiceIssued',
      'notification service > customer: mail: receipt',
    ]);
  });

  it('that fail are named with the reason, and the rest is reported (S14)', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();
    const down = (dependency: Unavailable['dependency']): Unavailable => ({
      type: 'Unavailable',
      dependency,
      cause: 'no answer',
      throttled: false,
    });
    const denied: Misconfiguration = {
      type: 'Misconfigured',
      dependency: 'Telemetry',
      cause: 'AccessDenied',
    };
    const broken: PeekedQueue = {
      receive: () => errAsync(down('MessageQueue')),
      changeVisibility: () => errAsync(down('MessageQueue')),
    };
    const { logSearch, store } = world;
    const dead = { ...world.dead, payments: broken };
    const withoutDeadLetters = await world.trace('o-1', { logSearch, deadLetters: dead });
    const withoutRecords = await world.trace('o-1', {
      logSearch: { find: () => errAsync(denied) },
      deadLetters: world.dead,
    });
    const withoutRow = await world.trace(
      'o-1',
      { logSearch, deadLetters: world.dead },
      { invoices: { get: () => errAsync(down('InvoiceView')) } },
    );
    const withoutOrder = await world.trace(
      'o-1',
      { logSearch, deadLetters: world.dead },
      {
        store: {
          load: (streamId, options) =>
            streamId === orderStreamId('o-1')
              ? errAsync(down('EventStore'))
              : store.load(streamId, options),
        },
      },
    );

    expect(withoutDeadLetters.missing).to.deep.equal([
      'the dead letters of payments: Unavailable: no answer',
    ]);
    expect(withoutRecords.missing).to.deep.equal(['the log records: Misconfigured: AccessDenied']);
    expect(withoutRow.missing).to.deep.equal(['the invoice table: Unavailable: no answer']);
    for (const { status } of [withoutDeadLetters, withoutRecords, withoutRow]) {
      expect(status).to.equal('paid');
    }
    expect(withoutOrder.missing).to.deep.equal(['the order’s stream: Unavailable: no answer']);
    expect(withoutOrder.status).to.equal('unreadable');
    expect(lines(withoutOrder)).to.include.members([
      'payment service > payments queue: paid, nothing changed, deleted',
    ]);
    for (const timeline of [withoutDeadLetters, withoutRecords, withoutRow, withoutOrder]) {
      expect(soundnessOf(timeline)).to.deep.equal([]);
    }
  });

  it('find the masked records of an id by its chain and messages, and say so', async () => {
    const world = createTraceWorld();
    await world.submit({ orderId: 'pm_1' });
    await world.submit({ orderId: 'pm_2' });
    await world.work();

    const timeline = await world.trace('pm_1');

    expect(timeline.notes.join(' ')).to.include('Records hold this id masked');
    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(lines(timeline)).to.include('payment service > payments queue: paid, deleted');
    expect(lines(timeline).filter((line) => line.endsWith(': PlaceOrder'))).to.have.length(1);
  });

  it('let nothing personal and no token into a timeline (S13, F35)', async () => {
    const world = createTraceWorld();
    await world.submit({ paymentMethod: 'pm_card_visa' });
    await world.work();
    await world.send({ type: 'CancelOrder', orderId: 'o-1', reason: `tell ${EMAIL}, pm_card_1` });
    await world.work();
    const attributes = { Reason: `of ${EMAIL}`, OrderId: 'o-1', OriginalMessageId: EMAIL };
    await world.dead.payments.send([{ body: `{"to":"${EMAIL}"}`, attributes }]);
    const sources = { deadLetters: world.dead, logSearch: world.logSearch };
    const secret: Misconfiguration = {
      type: 'Misconfigured',
      dependency: 'InvoiceView',
      cause: `for ${EMAIL}`,
    };

    const timeline = await world.trace('o-1', sources, {
      invoices: { get: () => errAsync(secret) },
    });

    const text = JSON.stringify(timeline);
    expect(text).to.include('[mail address]').and.include('[token]');
    for (const canary of [EMAIL, 'pm_card', 'ada@']) expect(text).not.to.include(canary);
  });

  it('report a stream’s versions in order, whatever its writers’ clocks say (X4)', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();
    await world.send({ type: 'CancelOrder', orderId: 'o-1', reason: 'r' });
    await world.work();
    const { store } = world;
    const early: typeof store.load = (streamId, options) =>
      store.load(streamId, options).map(({ commits, ...stream }) => ({
        ...stream,
        commits: commits.map((commit) =>
          commit.version > 4 ? { ...commit, committedAt: commit.committedAt - 3_600_000 } : commit,
        ),
      }));

    const timeline = await world.trace('o-1', {}, { store: { load: early } });

    expect(soundnessOf(timeline)).to.deep.equal([]);
    const versions = timeline.steps.flatMap(({ details, versions: those = [] }) =>
      details['correlationId'] === undefined ? [] : those,
    );
    expect(versions).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('whose clocks disagree are put in causal order, and it is said (X4)', async () => {
    const world = createTraceWorld();
    await world.submit();
    await world.work();
    const find: typeof world.logSearch.find = (query) =>
      world.logSearch.find({ ...query, from: 0 }).map((found) => ({
        ...found,
        // The notification service's clock is an hour behind, and so are its records.
        records: found.records.map((record) =>
          record.service === 'notifications' ? { ...record, at: record.at - 3_600_000 } : record,
        ),
      }));

    const timeline = await world.trace('o-1', { logSearch: { find }, deadLetters: world.dead });

    expect(soundnessOf(timeline)).to.deep.equal([]);
    expect(timeline.notes.join(' ')).to.match(/By up to 3[56]\d{5} ms they contradict/);
  });
});
