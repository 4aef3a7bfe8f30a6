import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import type { HandlerError } from '../../../src/application/delivery/handler.ts';
import { createMetrics, VALUES_MAX } from '../../../src/application/delivery/metrics.ts';
import type { TelemetryRecord } from '../../../src/application/ports/telemetry.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';

const valueOf = (record: TelemetryRecord | undefined, name: string): number | undefined =>
  record?.metrics?.[name]?.values[0];

describe('the numbers', () => {
  it('keep a sample of the handler times, fair to all of them', () => {
    const numbers = createMetrics(createMemoryIds());
    for (let ms = 1; ms <= 100_000; ms += 1) numbers.observeHandlerTime(ms);
    const { values = [] } = numbers.collect()['HandlerTime'] ?? {};
    expect(values).to.have.length(VALUES_MAX);
    const mean = values.reduce((sum, ms) => sum + ms, 0) / values.length;
    expect(mean).to.be.within(35_000, 65_000);
    expect(numbers.collect()).not.to.have.property('HandlerTime');
  });

  it('report every count, 0 too, and begin again each time', () => {
    const numbers = createMetrics(createMemoryIds());
    numbers.count('Receives', 7);
    numbers.count('Receives');
    numbers.observeAge(5);
    numbers.observeAge(3);
    expect(numbers.collect()).to.deep.include({
      Receives: { unit: 'Count', values: [8] },
      Retries: { unit: 'Count', values: [0] },
      OldestMessageAge: { unit: 'Milliseconds', values: [5] },
    });
    expect(numbers.collect()).to.deep.include({
      Receives: { unit: 'Count', values: [0] },
      OldestMessageAge: { unit: 'Milliseconds', values: [0] },
    });
  });
});

describe("the consumer's numbers", () => {
  it('are recorded once a minute and at the end of the drain', async () => {
    const world = createDeliveryWorld();
    const running = world.start(() => done());
    await world.clock.advance(150_000);
    expect(world.records('consumer.metrics')).to.have.length(2);
    await running.drain();
    expect(world.records('consumer.metrics')).to.have.length(3);
    expect(world.clock.sleepers()).to.equal(0);
  });

  it('count what became of every message', async () => {
    const malformed: HandlerError = { type: 'MalformedMessage', reasons: [] };
    const conflict: HandlerError = { type: 'ConflictsExhausted', orderId: 'o' };
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'good' }, { body: 'poison' }, { body: 'again' }]);
    const running = world.start(({ body, receiveCount }) => {
      if (body === 'poison') return errAsync(malformed);
      return body === 'again' && receiveCount === 1 ? errAsync(conflict) : done();
    });
    await world.clock.advance(60_000);
    const [record] = world.records('consumer.metrics');
    expect(record).to.include({ level: 'info' });
    expect(record?.facts).to.deep.equal({ service: 'payments' });
    const expected = {
      Receives: 4,
      Deletes: 3,
      FailedDeletes: 0,
      DeadLetters: 1,
      Retries: 1,
      Releases: 0,
      LostLeases: 0,
      InFlight: 0,
      Waiting: 0,
      HeldBytes: 0,
      AllowedConcurrency: 50,
      CircuitsNotClosed: 0,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(valueOf(record, name), name).to.equal(value);
    }
    expect(record?.metrics?.['HandlerTime']?.values).to.deep.equal([0, 0, 0, 0]);
    const polls = valueOf(record, 'Polls') ?? 0;
    expect(polls - (valueOf(record, 'EmptyReceives') ?? 0)).to.be.within(2, 4);
    await running.drain();
  });

  it('Q15: report how old the oldest message is, before a queue drops it for its age', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'abc', groupId: 'g' }]);
    await world.clock.advance(7_000);
    const running = world.start(taking(world.clock, 90_000));
    await world.clock.advance(60_000);
    const [record] = world.records('consumer.metrics');
    expect(valueOf(record, 'InFlight')).to.equal(1);
    expect(valueOf(record, 'HeldBytes')).to.equal(3);
    expect(valueOf(record, 'OldestMessageAge')).to.equal(67_000);
    await running.drain();
  });

  it('count lost leases and failed deletes', async () => {
    const world = createDeliveryWorld({
      between: (queue) => ({
        ...queue,
        delete: (receipts) =>
          queue
            .delete([])
            .map(() =>
              receipts.map(() => ({ type: 'Failed', code: 'Denied', retryable: false }) as const),
            ),
      }),
    });
    await world.queue.send([{ body: 'short' }, { body: 'long' }]);
    const long = taking(world.clock, 200_000);
    const running = world.start(
      (delivery) => (delivery.body === 'long' ? long(delivery) : done()),
      { leaseMs: 30_000, visibilityMs: 60_000 },
    );
    await world.clock.advance(59_000);
    await running.drain();
    const sumOf = (name: string) =>
      world.records('consumer.metrics').reduce((sum, each) => sum + (valueOf(each, name) ?? 0), 0);
    expect(['LostLeases', 'FailedDeletes', 'Deletes'].map(sumOf)).to.deep.equal([1, 1, 0]);
  });

  it('Q12, downstream 429: show the circuit and the allowed concurrency', async () => {
    const world = createDeliveryWorld();
    await world.queue.send(Array.from({ length: 100 }, () => ({ body: 'x' })));
    let throttled = true;
    const running = world.start(() =>
      errAsync({ type: 'Unavailable', dependency: 'Notifier', cause: 'x', throttled }),
    );
    await world.clock.advance(60_000);
    expect(valueOf(world.records('consumer.metrics')[0], 'AllowedConcurrency')).to.be.below(13);

    throttled = false;
    await world.clock.advance(300_000);
    const record = world.records('consumer.metrics').at(-1);
    expect(valueOf(record, 'CircuitsNotClosed')).to.equal(1);
    expect(record?.facts).to.have.property('circuitNotifier');
    await running.drain();
  });
});
