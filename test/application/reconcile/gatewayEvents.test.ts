import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import { beforeEach, describe, it } from 'mocha';
import { misconfigured, unavailable } from '../../../src/adapters/failures.ts';
import type { GatewayEvent } from '../../../src/application/ports/gatewayEvents.ts';
import { KEPT_MS, YOUNG_MS } from '../../../src/application/reconcile/readGatewayEvents.ts';
import { must } from '../../support/commits.ts';
import { createReconcileWorld } from './world.ts';

const DAY_MS = 24 * 3_600_000;
const STREAM = 'reconciler#gateway-events';

describe('The reconciler, of the gateway’s own list of events (R23)', () => {
  let world: ReturnType<typeof createReconcileWorld>;

  beforeEach(async () => {
    world = createReconcileWorld();
    await world.clock.advance(40 * DAY_MS);
  });

  /** A paid order, whose events no webhook has said. */
  const pay = async (orderId: string): Promise<void> => {
    await world.place(orderId);
    await world.work();
    expect((await world.state(orderId)).payment.status).to.equal('captured');
    await world.clock.advance(YOUNG_MS);
  };
  const dispute = async (orderId: string): Promise<string> => {
    const { payment } = await world.state(orderId);
    if (payment.status !== 'captured') throw new Error('not paid');
    const opened = world.memoryGateway.dispute(payment.reference);
    await world.clock.advance(YOUNG_MS);
    return opened;
  };
  const round = async (options = {}, changes: Parameters<typeof world.reconciler>[0] = {}) =>
    world.reconciler(changes)(options);
  const sent = () => world.sent(world.payments).filter(({ type }) => type === 'GatewayEvent');
  const commits = async () => (await must(world.store.load(STREAM))).commits.length;

  it('sends nothing of what the log knows, and passes it', async () => {
    await pay('o-1');
    const { gatewayEvents } = await round();

    expect(gatewayEvents).to.deep.include({ events: 1, sent: [], isGap: false });
    expect(gatewayEvents?.upTo).to.equal(world.clock.now() - YOUNG_MS);
    expect(sent()).to.deep.equal([]);
  });

  it('finds a dispute that no webhook said, once, and has its order driven on', async () => {
    await pay('o-1');
    await round();
    const opened = await dispute('o-1');
    const { gatewayEvents } = await round();
    expect(gatewayEvents?.sent.length).to.be.at.least(1);
    expect(sent().map(({ kind, id }) => [kind, id])).to.deep.include(['dispute', opened]);

    await world.work();
    expect((await world.state('o-1')).disputes?.map(({ dispute: id }) => id)).to.deep.equal([
      opened,
    ]);
    expect((await round()).gatewayEvents).to.deep.include({ events: 0, sent: [] });
  });

  it('leaves what is young to the webhooks', async () => {
    await world.place('o-1');
    await world.work();
    expect((await round()).gatewayEvents?.events).to.equal(0);
  });

  it('begins with all that the gateway has kept, and goes on from its cursor', async () => {
    await pay('o-1');
    const first = (await round()).gatewayEvents;
    expect(first?.from).to.equal(world.clock.now() - KEPT_MS);
    const before = world.clock.now();
    await world.clock.advance(DAY_MS);
    expect((await round()).gatewayEvents?.from).to.equal(before - YOUNG_MS);
  });

  it('says so where the gateway has forgotten what nobody had read', async () => {
    await round();
    await world.clock.advance(KEPT_MS + 2 * YOUNG_MS);
    expect((await round()).gatewayEvents).to.deep.include({ isGap: true });
    expect(world.records('reconcile.gateway_events_gap').at(-1)).to.deep.include({
      level: 'error',
    });
    expect((await round()).gatewayEvents).to.deep.include({ isGap: false });
  });

  it('passes no event that the queue has not taken', async () => {
    await pay('o-1');
    await dispute('o-1');
    const refusing = {
      send: () => okAsync([{ type: 'Failed' as const, code: 'No', retryable: true }]),
    };
    const report = await round({}, { payments: refusing });
    expect(report.failures).to.deep.equal([
      { part: 'gateway events', error: { type: 'SendFailed', code: 'No' } },
    ]);
    expect(report.gatewayEvents).to.equal(undefined);

    expect((await round()).gatewayEvents?.sent.length).to.be.at.least(1);
  });

  it('passes windows in which nothing happened together, also when it is stopped', async () => {
    const stopping = new AbortController();
    const asked: number[] = [];
    const list = ({ to }: { readonly to: number }) => {
      asked.push(to);
      if (asked.length === 10) stopping.abort();
      return okAsync([]);
    };
    const stopped = await round({ signal: stopping.signal }, { gatewayEvents: { list } });
    expect(asked).to.have.length(10);
    expect(stopped.gatewayEvents?.upTo).to.equal(asked.at(-1));
    expect(await commits()).to.equal(1);

    const { gatewayEvents } = await round();
    expect(gatewayEvents?.from).to.equal(asked.at(-1));
    expect(await commits()).to.equal(2);
  });

  it('reads an order once for all its events of a window', async () => {
    await pay('o-1');
    const { gatewayEvents } = world;
    const list = (window: Parameters<typeof gatewayEvents.list>[0]) =>
      gatewayEvents.list(window).map((events) => [...events, ...events, ...events]);
    let loads = 0;
    const load: typeof world.store.load = (...args) => {
      if (args[0] === 'order#o-1') loads += 1;
      return world.store.load(...args);
    };
    const store = { ...world.store, load };
    const report = await round({}, { store, gatewayEvents: { list } });
    expect(report.gatewayEvents).to.deep.include({ events: 3, sent: [] });
    expect(loads).to.equal(1);
  });

  it('sends and stores nothing in a dry run', async () => {
    await pay('o-1');
    await dispute('o-1');
    expect((await round({ dryRun: true })).gatewayEvents?.sent.length).to.be.at.least(1);
    expect(sent()).to.deep.equal([]);
    expect(await commits()).to.equal(0);
    expect(world.records('reconcile.gateway_events')).to.deep.equal([]);
  });

  it('fails by itself where the list cannot be read, and keeps no other part waiting', async () => {
    for (const error of [
      unavailable('PaymentGateway', 'down'),
      misconfigured('PaymentGateway', 'forbidden'),
    ]) {
      const report = await round({}, { gatewayEvents: { list: () => errAsync(error) } });
      expect(report.failures).to.deep.equal([{ part: 'gateway events', error }]);
      expect(report.series).to.have.length(2);
    }
    expect(await commits()).to.equal(0);
  });

  it('looks for shorter times where much happens, and ends a round in time', async () => {
    const asked: number[] = [];
    const listed: readonly GatewayEvent[] = Array.from({ length: 3_000 }, (_, at) => ({
      event: `evt_${at}`,
      at: 0,
      mode: 'test',
      kind: 'payment',
      payment: `pi_${at}`,
      id: `pi_${at}`,
      says: 'succeeded',
    }));
    const list = ({ from, to }: { readonly from: number; readonly to: number }) => {
      asked.push(to - from);
      return okAsync(asked.length < 4 ? [] : listed);
    };
    const { gatewayEvents } = await round({ dryRun: true }, { gatewayEvents: { list } });

    const minute = 60_000;
    expect(asked.map((ms) => ms / minute)).to.deep.equal([1, 4, 16, 64, 16, 4, 1]);
    expect(gatewayEvents?.events).to.equal(12_000);
  });

  it('goes on from the cursor of another reconciler, where both began at once', async () => {
    await pay('o-1');
    await dispute('o-1');
    const [one, two] = [world.reconciler(), world.reconciler()];
    const reports = await Promise.all([one(), two()]);

    expect(reports.map(({ failures }) => failures)).to.deep.equal([[], []]);
    await world.work();
    expect((await world.state('o-1')).disputes).to.have.length(1);
    expect((await round()).gatewayEvents?.sent).to.deep.equal([]);
  });
});
