import { expect } from 'chai';
import { fromSqsEvent, type SqsEvent } from '../../../src/adapters/lambda/sqsEvent.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import {
  runEventSource,
  type EventSourceOptions,
  type Invocation,
} from '../../../src/bootstrap/lambda/eventSource.ts';

const TIMEOUT_MS = 30_000;

describe('the event source on this machine', () => {
  it('deletes what succeeded and leaves what failed', async () => {
    const world = createWorld();
    await world.send(['ok', 'bad', 'ok']);
    await world.run((event) => Promise.resolve(failuresOf(event, 'bad')));

    expect(world.queue.dump().map(({ body }) => body)).to.deep.equal(['bad']);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 1 });
    expect(
      world.invocations.map(({ messages, failed }) => [messages, failed.length]),
    ).to.deep.equal([[3, 1]]);
  });

  it('takes no answer, and an empty one, for success of all, as Lambda does', async () => {
    for (const answer of [
      undefined,
      null,
      {},
      { batchItemFailures: null },
      { batchItemFailures: [] },
    ]) {
      const world = createWorld();
      await world.send(['a', 'b']);
      await world.run(() => Promise.resolve(answer));

      expect(world.queue.dump(), JSON.stringify(answer)).to.deep.equal([]);
    }
  });

  it('takes an error, and what it cannot read, for failure of all, as Lambda does', async () => {
    for (const [answer, error] of [
      [() => Promise.resolve({ batchItemFailures: 'all' }), 'BadAnswer'],
      [() => Promise.resolve({ batchItemFailures: [null] }), 'BadAnswer'],
      [() => Promise.resolve({ batchItemFailures: [{ itemIdentifier: '' }] }), 'BadAnswer'],
      [() => Promise.resolve({ batchItemFailures: [{ itemIdentifier: 'else' }] }), 'BadAnswer'],
      [() => Promise.reject(new TypeError('broken')), 'TypeError'],
    ] as const) {
      const world = createWorld();
      await world.send(['a', 'b']);
      await world.run(answer);

      expect(world.queue.dump()).to.have.length(2);
      expect(world.invocations[0]).to.include({ error });
    }
  });

  it('waits for a function no longer than its timeout, and gives it what is left', async () => {
    const world = createWorld();
    await world.send(['a']);
    const left: number[] = [];
    await world.run(async (_event, context) => {
      left.push(context.getRemainingTimeInMillis());
      await world.clock.sleep(TIMEOUT_MS - 1);
      left.push(context.getRemainingTimeInMillis());
      await world.clock.sleep(60_000);
    });

    expect(left).to.deep.equal([TIMEOUT_MS, 1]);
    expect(world.queue.dump()).to.have.length(1);
    expect(world.invocations[0]).to.include({ error: 'Timeout', durationMs: TIMEOUT_MS });
  });

  it('waits for more messages for as long as its window, and for no more than ten', async () => {
    const world = createWorld();
    const sizes: number[] = [];
    const invoke: EventSourceOptions['invoke'] = (event) => {
      sizes.push(event.Records.length);
      return Promise.resolve(undefined);
    };
    const running = world.start(invoke, { windowMs: 5_000 });
    await world.send(['a']);
    await world.clock.advance(3_000);
    await world.send(['b', 'c']);
    await world.clock.advance(3_000);
    expect(sizes).to.deep.equal([3]);

    await world.send(Array.from({ length: 11 }, String));
    await world.clock.advance(1);
    expect(sizes).to.deep.equal([3, 10]);
    await running.end();
  });

  it('ends when it is asked to and the invocation under way has ended', async () => {
    const world = createWorld();
    await world.send(['a']);
    const running = world.start(() => world.clock.sleep(20_000));
    await world.clock.advance(1_000);
    const ended = running.end();
    expect(world.invocations).to.deep.equal([]);

    await ended;
    expect(world.queue.dump()).to.deep.equal([]);
    expect(world.clock.sleepers()).to.equal(0);
  });
});

const failuresOf = (event: SqsEvent, body: string) => ({
  batchItemFailures: fromSqsEvent(event, 'queue')
    ._unsafeUnwrap()
    .filter((message) => message.body === body)
    .map(({ messageId }) => ({ itemIdentifier: messageId })),
});

const createWorld = () => {
  const clock = createVirtualClock();
  const queue = createMemoryMessageQueue({ clock, ids: createMemoryIds() });
  const invocations: Invocation[] = [];
  const start = (invoke: EventSourceOptions['invoke'], { windowMs = 0 } = {}) => {
    const stop = new AbortController();
    const ended = runEventSource(
      {
        queue,
        queueName: 'queue',
        region: 'eu-central-1',
        invoke,
        clock,
        timeoutMs: TIMEOUT_MS,
        windowMs,
        concurrency: 1,
        onInvoked: (invocation) => invocations.push(invocation),
      },
      stop.signal,
    );
    return {
      end: async (): Promise<void> => {
        stop.abort();
        await clock.advance(60_000);
        await ended;
      },
    };
  };
  return {
    clock,
    queue,
    invocations,
    start,
    send: (bodies: readonly string[]) => queue.send(bodies.map((body) => ({ body }))),
    /** Lets it run for longer than a function may take, then ends it. */
    run: async (invoke: EventSourceOptions['invoke']): Promise<void> => {
      const running = start(invoke);
      await clock.advance(40_000);
      await running.end();
    },
  };
};
