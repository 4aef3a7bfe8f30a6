import { expect } from 'chai';
import fc from 'fast-check';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createBatchHandler } from '../../../src/application/delivery/batch.ts';
import type { Delivery, Handler } from '../../../src/application/delivery/handler.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import type { MessageQueue, ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';
import { done, SERVICE, taking } from '../../support/delivery.ts';

const VISIBILITY_MS = 360_000;
const LEFT_MS = 60_000;
const START_MS = 20_000;
const FAILING = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: '503',
  throttled: false,
} as const;

describe('a batch of messages that another received', () => {
  it('ends each message on its own, whatever becomes of the others (Q11, F8)', async () => {
    const world = createWorld();
    const handle: Handler = ({ body }) => {
      if (body === 'retry') return errAsync(FAILING);
      if (body === 'poison') return errAsync({ type: 'MalformedMessage', reasons: ['no lines'] });
      if (body === 'crash') throw new TypeError('card 4242 4242 4242 4242');
      return done();
    };
    const batch = await world.receive(['ok', 'retry', 'poison', 'crash', 'damaged', 'ok too']);
    const failed = await world.run(
      handle,
      batch.map((message) => ({ ...message, damaged: message.body === 'damaged' })),
    );

    expect(failed).to.deep.equal(world.idsOf(batch, ['retry', 'crash', 'damaged']));
    expect(world.deadLetter.dump().map(({ body }) => body)).to.deep.equal(['poison']);
    expect(world.deadLetter.dump()[0]?.attributes).to.include({
      Reason: 'MalformedMessage; no lines',
    });
    expect(world.records('message.handled').map(({ outcome }) => outcome)).to.have.members([
      'done',
      'Unavailable',
      'MalformedMessage',
      'HandlerThrew',
      'Damaged',
      'done',
    ]);
    const [record] = world.records('batch.handled');
    expect(record).to.include({ level: 'warn', outcome: 'PartlyFailed' });
    expect(record?.facts).to.include({ messages: 6, failed: 3, notStarted: 0 });
    expect(JSON.stringify(world.records())).not.to.include('4242');
  });

  it('deletes nothing itself, and shows what failed again after the backoff', async () => {
    const world = createWorld();
    const batch = await world.receive(['ok', 'retry']);
    await world.run(({ body }) => (body === 'ok' ? done() : errAsync(FAILING)), batch);

    expect(world.calls).to.deep.equal(['changeVisibility']);
    expect(world.queue.dump()).to.have.length(2);
    await world.clock.advance(DEFAULT_DELIVERY_SETTINGS.retryBaseMs);
    expect(world.queue.counts()).to.deep.equal({ visible: 1, inFlight: 1 });
  });

  it('keeps poison that the dead-letter queue does not take', async () => {
    const world = createWorld({
      deadLetter: (queue) => ({ ...queue, send: () => errAsync(FAILING) }),
    });
    const batch = await world.receive(['poison', 'ok']);
    const failed = await world.run(
      ({ body }) =>
        body === 'ok' ? done() : errAsync({ type: 'MalformedMessage', reasons: ['no lines'] }),
      batch,
    );

    expect(failed).to.deep.equal(world.idsOf(batch, ['poison']));
    expect(world.records('message.dead_letter_failed')).to.have.length(1);
  });

  it('counts once a message whose dead letter went before its handler ended', async () => {
    const review = { type: 'ReviewRequired', orderId: 'o-1', reason: 'in review' } as const;
    const world = createWorld();
    const batch = await world.receive(['review', 'done', 'retry']);
    const failed = await world.run(
      ({ body, deadLetter }) =>
        deadLetter(review, () => okAsync(undefined)).andThen(() => {
          if (body === 'done') return done();
          return errAsync(body === 'review' ? review : FAILING);
        }),
      batch,
    );

    expect(failed).to.deep.equal(world.idsOf(batch, ['retry']));
    const deadLetters = world.deadLetter.dump();
    expect(deadLetters.map(({ body }) => body)).to.have.members(['review', 'done', 'retry']);
    expect(deadLetters[0]?.attributes).to.include({ Reason: 'ReviewRequired; in review' });
    const superfluous = world.records('message.dead_letter_superfluous');
    expect(superfluous.map(({ outcome }) => outcome)).to.have.members(['done', 'Unavailable']);
  });

  it('records a dead letter ahead that the dead-letter queue does not take', async () => {
    const world = createWorld({
      deadLetter: (queue) => ({ ...queue, send: () => errAsync(FAILING) }),
    });
    const batch = await world.receive(['review']);
    const review = { type: 'ReviewRequired', orderId: 'o-1', reason: 'in review' } as const;
    const failed = await world.run(
      ({ deadLetter }) => deadLetter(review, () => okAsync(undefined)).andThen(() => done()),
      batch,
    );

    expect(failed).to.deep.equal(world.idsOf(batch, ['review']));
    expect(world.records('message.dead_letter_failed')).to.have.length(1);
    expect(world.records('message.handled')[0]).to.include({ outcome: 'SendFailed' });
  });

  it('is nothing to do when it is empty', async () => {
    const world = createWorld();

    expect(await world.run(() => done(), [])).to.deep.equal([]);
    expect(world.records('batch.handled')[0]).to.include({ level: 'info', outcome: 'Done' });
    // Otherwise the last records would lie in a process that is frozen until the next batch.
    expect(world.flushes()).to.equal(1);
  });

  it('handles a message once that is in it twice, and keeps both when it fails (Q1)', async () => {
    const world = createWorld();
    const [message] = await world.receive(['x']);
    const twice = message === undefined ? [] : [message, { ...message, receipt: 'newer/1' }];
    let handled = 0;
    const failed = await world.run(() => {
      handled += 1;
      return errAsync(FAILING);
    }, twice);

    expect(handled).to.equal(1);
    expect(failed).to.deep.equal([message?.messageId]);
  });

  it('starts nothing it could not finish, and releases it to be tried a little later', async () => {
    const world = createWorld();
    const batch = await world.receive(['a', 'b']);
    let handled = 0;
    const failed = await world.run(
      () => {
        handled += 1;
        return done();
      },
      batch,
      { leftMs: START_MS },
    );

    expect(handled).to.equal(0);
    expect(failed).to.deep.equal(world.idsOf(batch, ['a', 'b']));
    expect(world.records('batch.handled')[0]).to.include({
      level: 'error',
      outcome: 'TooLittleTime',
    });
    await world.clock.advance(1_000);
    expect(world.queue.counts()).to.deep.equal({ visible: 2, inFlight: 0 });
  });

  it('has no more in hand than its slots, and starts no more once the time is short', async () => {
    const world = createWorld();
    const batch = await world.receive(['a', 'b', 'c', 'd', 'e']);
    let running = 0;
    let most = 0;
    const handle: Handler = (delivery) => {
      running += 1;
      most = Math.max(most, running);
      return taking(world.clock, 19_000)(delivery).andTee(() => (running -= 1));
    };
    const failed = await world.run(handle, batch, { concurrency: 2 });

    // Starts at 0 s and 19 s; at 38 s only 22 s are left, of which 5 s are for the end.
    expect(most).to.equal(2);
    expect(failed).to.deep.equal(world.idsOf(batch, ['e']));
    expect(world.records('batch.handled')[0]?.facts).to.include({ notStarted: 1, failed: 1 });
  });

  it('stops each handler by its own signal, and returns its message at once (F9)', async () => {
    const world = createWorld();
    const batch = await world.receive(['slow', 'slow', 'quick']);
    const deliveries: Delivery[] = [];
    const failed = await world.run((delivery) => {
      deliveries.push(delivery);
      return delivery.body === 'slow' ? taking(world.clock, 600_000)(delivery) : done();
    }, batch);

    expect(failed).to.deep.equal(world.idsOf(batch, ['slow', 'slow']));
    expect(new Set(deliveries.map(({ signal }) => signal)).size).to.equal(3);
    expect(deliveries.map(({ signal }) => signal.aborted)).to.deep.equal([true, true, false]);
    expect(world.answeredMs()).to.be.within(LEFT_MS - 5_000, LEFT_MS - 1_000);
    expect(world.countsThen()).to.deep.equal({ visible: 2, inFlight: 1 });
  });

  it('releases what does not stop, and does not listen to it later', async () => {
    const world = createWorld();
    const batch = await world.receive(['deaf']);
    const failed = await world.run(
      () =>
        ResultAsync.fromSafePromise(world.clock.sleep(600_000)).andThen(() =>
          errAsync({ type: 'MalformedMessage' as const, reasons: ['late'] }),
        ),
      batch,
    );
    expect(failed).to.deep.equal(world.idsOf(batch, ['deaf']));
    expect(world.countsThen()).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(world.answeredMs()).to.be.within(LEFT_MS - 3_000, LEFT_MS - 2_000);

    await world.clock.advance(600_000);
    expect(world.queue.counts()).to.deep.equal({ visible: 1, inFlight: 0 });
    expect(world.deadLetter.dump()).to.deep.equal([]);
  });

  it('makes one last change to a message that it gave up', async () => {
    const world = createWorld();
    const batch = await world.receive(['deaf']);
    await world.run(
      () =>
        ResultAsync.fromSafePromise(world.clock.sleep(600_000)).andThen(() => errAsync(FAILING)),
      batch,
    );
    await world.clock.advance(600_000);

    expect(world.calls).to.deep.equal(['changeVisibility']);
    expect(world.records('message.given_up')[0]).to.include({ outcome: 'handedBack' });
    expect(world.records('message.handled')[0]?.facts).to.include({ settled: 'LeaseLost' });
  });

  it('always answers in time, and never leaves out what is not done', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ ms: fc.nat(90_000), isDeaf: fc.boolean(), fails: fc.boolean() }), {
          maxLength: 10,
        }),
        fc.record({
          leftMs: fc.nat(90_000),
          concurrency: fc.integer({ min: 1, max: 10 }),
          hangs: fc.boolean(),
        }),
        async (behaviours, { hangs, ...options }) => {
          const world = createWorld(hangs ? { queue: hanging, deadLetter: hanging } : {});
          const batch = await world.receive(behaviours.map((_, at) => String(at)));
          const ended = new Set<string>();
          const failed = await world.run(
            ({ body, messageId, signal }) => {
              const { ms = 0, isDeaf = false, fails = false } = behaviours[Number(body)] ?? {};
              const slept = world.clock.sleep(ms, isDeaf ? undefined : signal);
              return ResultAsync.fromSafePromise(slept).andThen(() => {
                if (fails || (signal.aborted && !isDeaf)) return errAsync(FAILING);
                ended.add(messageId);
                return done();
              });
            },
            batch,
            options,
          );

          expect(world.answeredMs()).to.be.at.most(Math.max(0, options.leftMs - 1_000));
          const reported = batch.filter(({ messageId }) => !failed.includes(messageId));
          expect(reported.filter(({ messageId }) => !ended.has(messageId))).to.deep.equal([]);
        },
      ),
    ));
});

/** What never answers. */
const hanging = (queue: MessageQueue): MessageQueue => {
  const never = () => ResultAsync.fromSafePromise(new Promise<never>(() => undefined));
  return { ...queue, changeVisibility: never, send: never };
};

type Faults = {
  readonly queue?: (queue: MessageQueue) => MessageQueue;
  readonly deadLetter?: (queue: MessageQueue) => MessageQueue;
};

const createWorld = (faults: Faults = {}) => {
  const { queue: between = (it) => it, deadLetter: betweenDeadLetter = (it) => it } = faults;
  const clock: VirtualClock = createVirtualClock(Date.UTC(2026, 0, 1));
  const ids = createMemoryIds();
  const telemetry = createMemoryTelemetry();
  const deadLetter = createMemoryMessageQueue({ clock, ids });
  const queue = createMemoryMessageQueue({ clock, ids });
  const calls: string[] = [];
  let answeredMs = Number.NaN;
  let countsThen = queue.counts();
  let flushes = 0;
  const watched: MessageQueue = {
    ...queue,
    delete: (receipts) => {
      calls.push('delete');
      return queue.delete(receipts);
    },
    changeVisibility: (entries) => {
      calls.push('changeVisibility');
      return queue.changeVisibility(entries);
    },
  };

  return {
    clock,
    queue,
    deadLetter,
    calls,
    /** From the start of the last run to its answer. */
    answeredMs: () => answeredMs,
    /** What was in the queue at the last answer. */
    countsThen: () => countsThen,
    flushes: () => flushes,
    records: (event?: string) =>
      telemetry.records().filter((record) => event === undefined || record.event === event),
    idsOf: (batch: readonly ReceivedMessage[], bodies: readonly string[]) =>
      batch.filter(({ body }) => bodies.includes(body)).map(({ messageId }) => messageId),
    receive: async (bodies: readonly string[]): Promise<readonly ReceivedMessage[]> => {
      await queue.send(bodies.map((body) => ({ body })));
      const asked = { max: 10, waitMs: 0, visibilityMs: VISIBILITY_MS };
      return (await queue.receive(asked))._unsafeUnwrap();
    },
    /** Handles the batch and lets the whole of the time pass. */
    run: async (
      handle: Handler,
      batch: readonly ReceivedMessage[],
      { leftMs = LEFT_MS, concurrency = 10 } = {},
    ): Promise<readonly string[]> => {
      const startedAt = clock.now();
      const settings = { ...DEFAULT_DELIVERY_SETTINGS, concurrency };
      const answer = createBatchHandler({
        queue: between(watched),
        deadLetterQueue: betweenDeadLetter(deadLetter),
        handle,
        clock,
        ids,
        telemetry: {
          ...telemetry,
          flush: (deadlineMs) => {
            flushes += 1;
            return telemetry.flush(deadlineMs);
          },
        },
        service: SERVICE,
        settings,
        startMs: START_MS,
      })(batch, leftMs).then((failed) => {
        answeredMs = clock.now() - startedAt;
        countsThen = queue.counts();
        return failed;
      });
      await clock.advance(leftMs);
      expect(Number.isNaN(answeredMs), 'no answer in time').to.equal(false);
      return answer;
    },
  };
};
