import { expect } from 'chai';
import { errAsync, ok, okAsync } from 'neverthrow';
import { createMemoryOrderEvents } from '../../../src/adapters/memory/orderEvents.ts';
import {
  createReplayEvents,
  type EventsFinding,
  type ReplayedPlace,
  type ReplayEventsOptions,
} from '../../../src/application/orderEvents/replayEvents.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import type { EntryResult } from '../../../src/application/ports/messageQueue.ts';
import type { OrderEvents, OutgoingEvent } from '../../../src/application/ports/orderEvents.ts';
import { commitOf, must } from '../../support/commits.ts';
import { DEPLOYMENT, NOON } from '../../support/orderContext.ts';
import { readCloudEvent } from '../../support/orderEvents.ts';
import { order, setUp } from '../orders/payments.ts';

const HOUR_MS = 3_600_000;
const ORDERS = 12;
const DONE: EntryResult = { type: 'Done' };
const BOUNDS = { segments: 2, since: 0, eventsPerSecond: 1_000 };

/** Orders of which one an hour is placed and paid, and of which every third is then refunded. */
const openWorld = async () => {
  const world = setUp();
  for (let n = 0; n < ORDERS; n += 1) {
    const orderId = `o-${n}`;
    await world.place({ ...order, orderId });
    if (n % 3 === 0) {
      await world.handle({
        type: 'RefundPayment',
        v: 1,
        orderId,
        refundId: 'r-1',
        amountMinor: 19,
      });
    }
    world.clock.pass(HOUR_MS);
  }
  const replayEvents = createReplayEvents({
    store: world.store,
    clock: { ...world.clock, sleep: (ms) => Promise.resolve(world.clock.pass(ms)) },
    deployment: () => okAsync(DEPLOYMENT),
  });
  const replay = (
    target: Parameters<typeof replayEvents>[0],
    options: Partial<ReplayEventsOptions> = {},
  ) => replayEvents(target, { ...BOUNDS, ...options });
  return { ...world, replay };
};

const idsOf = (events: readonly OutgoingEvent[]): readonly string[] =>
  [...new Set(events.map(({ id }) => id))].toSorted();

/** A topic whose answers a test gives. */
const answering = (answerOf: (event: OutgoingEvent, nth: number) => EntryResult) => {
  const calls: (readonly OutgoingEvent[])[] = [];
  const publish: OrderEvents['publish'] = (events) => {
    calls.push(events);
    return okAsync(events.map((event) => answerOf(event, calls.length)));
  };
  return { calls, publish };
};

describe('Order events that are published again', () => {
  it('are those that were published, with the same ids, and marked as replayed', async () => {
    const world = await openWorld();
    const topic = createMemoryOrderEvents();
    const counts = await must(world.replay(topic));
    const live = new Map(world.published().map((event) => [event.id, event]));

    expect(idsOf(topic.published())).to.deep.equal(idsOf(world.published()));
    expect(topic.published()).to.have.length(2 * ORDERS + 4);
    expect(counts).to.deep.include({
      orders: ORDERS,
      refused: 0,
      unreadable: 0,
      published: {
        'paidonce.order.placed.v1': ORDERS,
        'paidonce.order.paid.v1': ORDERS,
        'paidonce.order.refunded.v1': 4,
      },
    });
    for (const { id, body, attributes } of topic.published()) {
      const { replayed, ...rest } = readCloudEvent(body);
      expect(replayed).to.equal(true);
      expect(rest).to.deep.equal(readCloudEvent(live.get(id)?.body ?? '{}'));
      expect(attributes).to.deep.equal({ ...live.get(id)?.attributes, replayed: 'true' });
    }
  });

  it('are those of a time, and of kinds, that are asked for', async () => {
    const world = await openWorld();
    const topic = createMemoryOrderEvents();
    const counts = await must(
      world.replay(topic, {
        since: NOON + 3 * HOUR_MS,
        until: NOON + 6 * HOUR_MS,
        kinds: new Set(['order.refunded.v1', 'order.paid.v1']),
      }),
    );

    expect(idsOf(topic.published()).map((id) => id.replace(/:\d+:/u, ' '))).to.deep.equal([
      'o-3 order.paid.v1',
      'o-3 order.refunded.v1',
      'o-4 order.paid.v1',
      'o-5 order.paid.v1',
    ]);
    expect(counts.orders).to.equal(3);
  });

  it('are only counted by a dry run', async () => {
    const world = await openWorld();
    const counts = await must(world.replay('dry run'));

    expect(counts.published).to.deep.include({ 'paidonce.order.paid.v1': ORDERS });
  });

  it('are no more in a second than was asked for', async () => {
    const world = await openWorld();
    const before = world.clock.now();
    await must(world.replay(createMemoryOrderEvents(), { eventsPerSecond: 2, segments: 1 }));

    // 28 events, of which the first batch is not waited for.
    expect(world.clock.now() - before).to.be.within(9_000, 14_500);
  });

  it('are published again one by one where one is throttled, and not for ever', async () => {
    const world = await openWorld();
    const throttled: EntryResult = { type: 'Failed', code: 'Throttled', retryable: true };
    const topic = answering(({ id }, nth) => (id.startsWith('o-1:') && nth < 3 ? throttled : DONE));
    await must(world.replay(topic, { segments: 1 }));
    const times = topic.calls.flat().filter(({ id }) => id.startsWith('o-1:1:')).length;
    expect(times).to.equal(3);
    expect(idsOf(topic.calls.flat())).to.deep.equal(idsOf(world.published()));

    const never = answering(() => throttled);
    expect((await world.replay(never, { segments: 1 }))._unsafeUnwrapErr()).to.deep.equal({
      type: 'NotPublished',
      code: 'Throttled',
    });
    expect(never.calls).to.have.length(5);
  });

  it('go on without one that is refused for ever, and name it', async () => {
    const world = await openWorld();
    const topic = answering(({ id }) =>
      id.startsWith('o-2:3:')
        ? { type: 'Failed', code: 'InvalidParameter', retryable: false }
        : DONE,
    );
    const findings: EventsFinding[] = [];
    const counts = await must(
      world.replay(topic, { onFinding: (finding) => findings.push(finding) }),
    );

    expect(findings).to.deep.equal([
      { type: 'Refused', id: 'o-2:3:order.paid.v1', code: 'InvalidParameter' },
    ]);
    expect(counts).to.deep.include({ refused: 1, unreadable: 0 });
    expect(counts.published).to.include({ 'paidonce.order.paid.v1': ORDERS - 1 });
  });

  it('go on without a stream that cannot be read, and name it', async () => {
    const world = await openWorld();
    await must(world.store.append('order#o-x', STREAM_START, commitOf('x', 'Unheard')));
    const findings: EventsFinding[] = [];
    const counts = await must(
      world.replay('dry run', { onFinding: (finding) => findings.push(finding) }),
    );

    expect(findings.map(({ type }) => type)).to.deep.equal(['Unreadable']);
    expect(counts).to.deep.include({ unreadable: 1, orders: ORDERS });
  });

  it('lose none where a run ends in the middle, and another goes on at its place', async () => {
    const world = await openWorld();
    const topic = createMemoryOrderEvents();
    const away = { type: 'Unavailable', dependency: 'OrderEvents', cause: '503' } as const;
    let calls = 0;
    const failing: Pick<OrderEvents, 'publish'> = {
      publish: (events) => {
        calls += 1;
        return calls > 2 ? errAsync({ ...away, throttled: false }) : topic.publish(events);
      },
    };
    const places: ReplayedPlace[] = [];
    const onPlace = (place: ReplayedPlace) => void places.push(place);
    const first = await world.replay(failing, { onPlace });
    expect(first.isErr()).to.equal(true);
    expect(idsOf(topic.published())).not.to.deep.equal(idsOf(world.published()));

    const second = await world.replay(topic, { from: places.at(-1) });
    expect(second.isOk()).to.equal(true);
    expect(idsOf(topic.published())).to.deep.equal(idsOf(world.published()));
    const again = await world.replay(topic, { from: places.at(-1), since: NOON });
    expect(again.map(({ unreadable }) => unreadable)).to.deep.equal(ok(0));
  });
});
