import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { errAsync, ok, okAsync, ResultAsync } from 'neverthrow';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import { countMessages, setUpQueues } from '../../src/adapters/sqs/queues.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { createConsumer } from '../../src/application/delivery/consumer.ts';
import { createGroupedQueue } from '../../src/application/delivery/groupedQueue.ts';
import type { Handler } from '../../src/application/delivery/handler.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../src/application/delivery/settings.ts';
import { until } from '../support/until.ts';

const SETTINGS = {
  ...DEFAULT_DELIVERY_SETTINGS,
  concurrency: 20,
  visibilityMs: 30_000,
  retryBaseMs: 20,
  pollMs: 1_000,
  drainMs: 2_000,
};
const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };

/**
 * The delivery engine against a real SQS interface; its finer points are tested under a virtual
 * clock.
 */
export const describeDelivery = (
  name: string,
  makeServer: () => Promise<{ readonly clients: SqsClients; close(): Promise<void> }>,
): void => {
  describe(`delivery over SQS: ${name}`, () => {
    let server: Awaited<ReturnType<typeof makeServer>>;
    before(async () => {
      server = await makeServer();
    });
    after(() => server.close());

    const start = async (handle: Handler) => {
      const { clients } = server;
      const id = `paidonce-test-${randomUUID()}`;
      const plan = {
        name: id,
        deadLetterName: `${id}-dlq`,
        visibilityMs: 30_000,
        maxReceiveCount: 50,
      };
      const pair = (await setUpQueues(clients.client, plan))._unsafeUnwrap();
      const queue = createSqsMessageQueue(clients, { queueUrl: pair.queue.url });
      const deadLetterQueue = createSqsMessageQueue(clients, { queueUrl: pair.deadLetter.url });
      const stop = new AbortController();
      const clock = createSystemClock();
      const report = createConsumer({
        probes: {},
        queue: createGroupedQueue(queue, clock),
        deadLetterQueue: createGroupedQueue(deadLetterQueue, clock),
        handle,
        clock,
        ids: createSystemIds(),
        telemetry: createMemoryTelemetry(),
        service: { name: 'test', version: '0' },
        settings: SETTINGS,
      }).run(stop.signal);
      const counts = () => countMessages(clients.client, pair.queue.url);
      const deadCounts = () => countMessages(clients.client, pair.deadLetter.url);
      const drain = () => {
        stop.abort();
        return report;
      };
      return { queue, deadLetterQueue, counts, deadCounts, drain };
    };

    it('ends each message as it should: done, done after retries, or dead', async () => {
      const done = new Set<string>();
      const running = await start(({ body, receiveCount }) => {
        const [kind, number = ''] = body.split(' ');
        if (kind === 'poison') return errAsync({ type: 'MalformedMessage', reasons: ['poison'] });
        if (kind === 'flaky' && receiveCount < 2) {
          return errAsync({ type: 'ConflictsExhausted', orderId: number });
        }
        if (kind === 'broken' && receiveCount < 2) throw new Error('an invariant broke');
        done.add(body);
        return okAsync({ outcome: 'done' });
      });
      const kinds = ['good', 'good', 'flaky', 'poison', 'broken'];
      const bodies = Array.from({ length: 100 }, (_, at) => `${kinds[at % kinds.length]} ${at}`);
      await running.queue.send(bodies.map((body) => ({ body })));
      await until('80 are handled, and the queue is empty', async (see) => {
        const counts = await running.counts();
        see({ done: done.size, counts });
        return done.size === 80 && sameCounts(counts, EMPTY) ? counts : undefined;
      });

      expect(done).to.deep.equal(new Set(bodies.filter((body) => !body.startsWith('poison'))));
      expect(await running.deadCounts()).to.deep.equal(ok({ ...EMPTY, visible: 20 }));
      const asked = { max: 10, waitMs: 1_000, visibilityMs: 30_000 };
      const [dead] = (await running.deadLetterQueue.receive(asked)).unwrapOr([]);
      expect(dead?.attributes).to.include({
        Reason: 'MalformedMessage; poison',
        ReceiveCount: '1',
      });
      expect(await running.drain()).to.include({ abandoned: 0, pollsCut: 0 });
      expect(await running.counts()).to.deep.equal(ok(EMPTY));
    });

    it('F4, X2: hides nothing after the drain: finished or visible, all counted', async () => {
      let started = 0;
      // Every second one ends soon; the others never do, and do not listen.
      const running = await start(({ body }) => {
        started += 1;
        const ends = Number(body) % 2 === 0;
        const wait = ends ? Promise.resolve() : new Promise<void>(() => {});
        return ResultAsync.fromSafePromise(wait).map(() => ({ outcome: 'done' }));
      });
      await running.queue.send(Array.from({ length: 60 }, (_, at) => ({ body: `${at}` })));
      await until('30 are started', (see) => {
        see(started);
        return started >= 30 ? started : undefined;
      });

      const report = await running.drain();

      expect(report).to.include({ abandoned: 0, pollsCut: 0 });
      const counts = (await running.counts())._unsafeUnwrap();
      expect(counts).to.include({ inFlight: 0, delayed: 0 });
      expect(counts.visible).to.be.within(30, 60);
    });

    it('F5: shows at once what a poll brings during the drain', async () => {
      const handled: string[] = [];
      const running = await start(({ body }) => {
        handled.push(body);
        return okAsync({ outcome: 'done' });
      });
      await running.queue.send([{ body: 'first' }]);
      // Then the next poll has just begun, and waits for a second.
      await until('one is handled, and the queue is empty', async (see) => {
        const counts = await running.counts();
        see({ handled, counts });
        return handled.length === 1 && sameCounts(counts, EMPTY) ? counts : undefined;
      });

      const draining = running.drain();
      const late = Array.from({ length: 5 }, (_, at) => ({ body: `late ${at}` }));
      await running.queue.send(late);
      const report = await draining;

      expect(handled).to.deep.equal(['first']);
      // What one poll shows again, another that is still under way may bring once more.
      expect(report.handedBack).to.be.at.least(1);
      expect(report).to.include({ abandoned: 0, pollsCut: 0 });
      expect(await running.counts()).to.deep.equal(ok({ ...EMPTY, visible: 5 }));
    });
  });
};

const sameCounts = (counts: Awaited<ReturnType<typeof countMessages>>, expected: object): boolean =>
  JSON.stringify(counts.unwrapOr(undefined)) === JSON.stringify(expected);
