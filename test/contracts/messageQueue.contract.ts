import { expect } from 'chai';
import { err, ok, type ResultAsync } from 'neverthrow';
import {
  messageBytes,
  QUEUE_BYTES_MAX,
  type MessageQueue,
  type OutgoingMessage,
  type ReceivedMessage,
} from '../../src/application/ports/messageQueue.ts';

export type QueuePair = {
  /** Its messages go to `deadLetter` after `maxReceiveCount` receives. */
  readonly queue: MessageQueue;
  readonly deadLetter: MessageQueue;
};

export type MessageQueueHarness = {
  /** Two new, empty queues. */
  open(maxReceiveCount: number): Promise<QueuePair>;
  /** What this server is known to do differently, in the words of the tests below. */
  readonly deviations?: readonly Deviation[];
  close(): Promise<void>;
};

export type Deviation = 'drops the group id' | 'prolongs what is not hidden';

const DONE = { type: 'Done' } as const;
const RECEIVES_MAX = 20;

export const describeMessageQueue = (
  name: string,
  makeAdapter: () => Promise<MessageQueueHarness>,
): void => {
  describe(`MessageQueue: ${name}`, () => {
    let harness: MessageQueueHarness;
    before(async () => {
      harness = await makeAdapter();
    });
    after(() => harness.close());

    it('gives all that was sent: body, attributes, group, first receive, time', async () => {
      const { queue } = await harness.open(5);
      const before = Date.now();
      const body = '{"name":"Żółć 日本 🧾\\n"}\t\r\n';
      const attributes = { correlationId: 'c-1', note: 'größer 🧾' };

      expect(await queue.send([{ body, attributes, groupId: 'customer-7' }])).to.deep.equal(
        ok([DONE]),
      );
      const received = await one(queue);

      expect(received).to.include({ body, damaged: false, receiveCount: 1 });
      expect(received.attributes).to.deep.equal(attributes);
      expect(received.messageId).to.be.a('string').with.length.greaterThan(0);
      expect(received.sentAt).to.be.within(before - 5_000, Date.now() + 5_000);
      const keepsGroup = harness.deviations?.includes('drops the group id') !== true;
      expect(received.groupId).to.equal(keepsGroup ? 'customer-7' : undefined);
    });

    it('says who sent a message, by the server’s knowledge and not the message’s', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x', attributes: { SenderId: 'AROAFORGED' } }, { body: 'y' }]);
      const senders = (await takeAll(queue, 2)).map(({ senderId }) => senderId);

      expect(senders[0]).to.be.a('string').with.length.greaterThan(0);
      expect(senders[0]).not.to.equal('AROAFORGED');
      // Both were sent by one client.
      expect(senders[1]).to.equal(senders[0]);
    });

    it('takes a group id that SQS would refuse, under another name', async () => {
      const { queue } = await harness.open(5);
      expect(await queue.send([{ body: 'x', groupId: 'Łódź & sons 🧾' }])).to.deep.equal(
        ok([DONE]),
      );
      expect((await one(queue)).body).to.equal('x');
    });

    it('Q7: sends any number, ten at a time, and answers for each', async () => {
      const { queue } = await harness.open(5);
      const bodies = Array.from({ length: 23 }, (_, at) => `message ${at}`);

      const sent = await queue.send(bodies.map((body) => ({ body })));

      expect(sent).to.deep.equal(ok(bodies.map(() => DONE)));
      expect((await takeAll(queue, 23)).map(({ body }) => body).toSorted()).to.deep.equal(
        bodies.toSorted(),
      );
    });

    it('Q13: splits by bytes where ten messages together are too large for one call', async () => {
      const { queue } = await harness.open(5);
      const bodies = ['a', 'b', 'c'].map((deadLetter) => deadLetter.repeat(400_000));

      expect(await queue.send(bodies.map((body) => ({ body })))).to.deep.equal(
        ok(bodies.map(() => DONE)),
      );
      const received = await takeAll(queue, 3);
      expect(received.map(({ body }) => body).toSorted()).to.deep.equal(bodies);
    });

    it('Q13: takes exactly 1 MiB with its attributes, and refuses a byte more', async () => {
      const { queue } = await harness.open(5);
      const attributes = { a: 'ü' };
      const room = QUEUE_BYTES_MAX - messageBytes({ body: '', attributes });

      const largest = { body: 'x'.repeat(room), attributes };
      expect(await queue.send([largest])).to.deep.equal(ok([DONE]));
      expect((await one(queue)).body).to.have.length(room);

      const larger = { body: `${largest.body}x`, attributes };
      expect(await queue.send([{ body: 'small' }, larger])).to.deep.equal(
        err({ type: 'TooLarge', bytes: QUEUE_BYTES_MAX + 1 }),
      );
      expect(await receive(queue)).to.deep.equal([]);
    });

    it('Q13: refuses characters, attributes and emptiness as SQS, and sends the rest', async () => {
      const { queue } = await harness.open(5);
      const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}`, 'x']));
      const refused = (code: string) => ({ type: 'Failed', code, retryable: false });
      const messages: OutgoingMessage[] = [
        { body: 'good' },
        { body: 'bad \u0000' },
        { body: 'bad \uD83D' },
        { body: '' },
        { body: 'x', attributes: { note: '' } },
        { body: 'x', attributes: { 'not allowed': 'x' } },
        { body: 'x', attributes: eleven },
      ];

      expect(await queue.send(messages)).to.deep.equal(
        ok([
          DONE,
          refused('InvalidMessageContents'),
          refused('InvalidMessageContents'),
          refused('InvalidMessageContents'),
          refused('InvalidMessageContents'),
          refused('InvalidParameterValue'),
          refused('InvalidParameterValue'),
        ]),
      );
      expect((await takeAll(queue, 1)).map(({ body }) => body)).to.deep.equal(['good']);
    });

    it('answers no messages when the wait is over, and none that is hidden', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }]);
      await one(queue);
      expect(await receive(queue)).to.deep.equal([]);
    });

    it('never gives more than was asked for', async () => {
      const { queue } = await harness.open(5);
      await queue.send(['a', 'b', 'c'].map((body) => ({ body })));
      const received = await queue.receive({ max: 2, waitMs: 1_000, visibilityMs: 30_000 });
      expect(valueOf(received)).to.have.length.within(1, 2);
    });

    it('hides a new message for as long as it was sent for', async () => {
      const { queue } = await harness.open(5);
      await queue.send([
        { body: 'later', delayMs: 60_000 },
        { body: 'soon', delayMs: 900 },
      ]);
      expect((await takeAll(queue, 1)).map(({ body }) => body)).to.deep.equal(['soon']);
      expect(await receive(queue)).to.deep.equal([]);
    });

    it('wakes a waiting receive when a message comes', async () => {
      const { queue } = await harness.open(5);
      const waiting = queue.receive({ max: 10, waitMs: 10_000, visibilityMs: 30_000 });
      await queue.send([{ body: 'at last' }]);
      expect(valueOf(await waiting).map(({ body }) => body)).to.deep.equal(['at last']);
    });

    it('Q3: shows a message again when its visibility ends, counted', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }]);
      const first = await one(queue, 1_000);
      const second = await one(queue);
      expect(second.messageId).to.equal(first.messageId);
      expect(second.receiveCount).to.equal(2);
    });

    it('shows a message at once when it is released', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }]);
      const { receipt } = await one(queue);
      expect(await queue.changeVisibility([{ receipt, visibilityMs: 0 }])).to.deep.equal(
        ok([DONE]),
      );
      expect(await one(queue)).to.include({ body: 'x', receiveCount: 2 });
    });

    it('F2: shows neither what was deleted nor what was last hidden for longer', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }, { body: 'y' }, { body: 'z' }]);
      const [x, y, z] = (await takeAll(queue, 3, 1_000)).map(({ receipt }) => receipt);
      if (x === undefined || y === undefined || z === undefined) throw new Error('three were sent');

      const longer = await queue.changeVisibility([{ receipt: x, visibilityMs: 30_000 }]);
      expect(longer).to.deep.equal(ok([DONE]));
      expect(await queue.delete([y, z])).to.deep.equal(ok([DONE, DONE]));

      const received = await queue.receive({ max: 10, waitMs: 2_000, visibilityMs: 30_000 });
      expect(received).to.deep.equal(ok([]));
    });

    it('Q4: refuses to prolong a message that is no longer hidden', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }]);
      const { receipt } = await one(queue);
      await queue.changeVisibility([{ receipt, visibilityMs: 0 }]);
      const [answer] = valueOf(await queue.changeVisibility([{ receipt, visibilityMs: 30_000 }]));
      const refuses = harness.deviations?.includes('prolongs what is not hidden') !== true;
      expect(answer).to.include(refuses ? { type: 'Failed', retryable: false } : DONE);
    });

    it('Q7: answers each entry by itself where one receipt of a batch is none', async () => {
      const { queue } = await harness.open(5);
      await queue.send([{ body: 'x' }, { body: 'y' }]);
      const [x, y] = await takeAll(queue, 2);
      const entries = [x?.receipt ?? '', 'no receipt at all', y?.receipt ?? ''].map((receipt) => ({
        receipt,
        visibilityMs: 0,
      }));

      const [first, second, third] = valueOf(await queue.changeVisibility(entries));

      expect(first).to.deep.equal(DONE);
      expect(second).to.include({ type: 'Failed', retryable: false });
      expect(third).to.deep.equal(DONE);
      expect(await takeAll(queue, 2)).to.have.length(2);
    });

    it('answers nothing to nothing', async () => {
      const { queue } = await harness.open(5);
      expect(await queue.send([])).to.deep.equal(ok([]));
      expect(await queue.delete([])).to.deep.equal(ok([]));
      expect(await queue.changeVisibility([])).to.deep.equal(ok([]));
    });

    it('moves a message to the dead-letter queue after its last receive, whole', async () => {
      const { queue, deadLetter } = await harness.open(2);
      const attributes = { correlationId: 'c-1' };
      await queue.send([{ body: 'poison', attributes }]);
      for (let receives = 1; receives <= 2; receives += 1) {
        const { receipt, receiveCount } = await one(queue);
        expect(receiveCount).to.equal(receives);
        await queue.changeVisibility([{ receipt, visibilityMs: 0 }]);
      }

      expect(await receive(queue)).to.deep.equal([]);
      const dead = await one(deadLetter);
      expect(dead).to.include({ body: 'poison', damaged: false });
      expect(dead.attributes).to.deep.equal(attributes);
    });

    it('ends a receive with Aborted when its signal fires', async () => {
      const { queue } = await harness.open(5);
      const abort = new AbortController();
      const { signal } = abort;
      const waiting = queue.receive({ max: 1, waitMs: 10_000, visibilityMs: 30_000, signal });
      abort.abort();
      expect(await waiting).to.deep.equal(err({ type: 'Aborted', dependency: 'MessageQueue' }));
    });
  });
};

/** A queue in memory is always there, so this part is for servers. */
export const describeMissingQueue = (
  name: string,
  makeAdapter: () => Promise<{ readonly missing: MessageQueue; close(): Promise<void> }>,
): void => {
  describe(`MessageQueue that was never made: ${name}`, () => {
    it('Q18: says Misconfigured whatever is asked of it', async () => {
      const adapter = await makeAdapter();
      const { missing } = adapter;
      const failures = [
        await missing.send([{ body: 'x' }]),
        await missing.receive({ max: 1, waitMs: 0, visibilityMs: 1_000 }),
        await missing.delete(['x']),
        await missing.changeVisibility([{ receipt: 'x', visibilityMs: 0 }]),
      ].map((result) => (result.isErr() ? result.error.type : 'no error'));
      await adapter.close();
      expect(failures).to.deep.equal(Array.from({ length: 4 }, () => 'Misconfigured'));
    });
  });
};

type Answer<T> = Awaited<ResultAsync<T, unknown>>;

const valueOf = <T>(result: Answer<T>): T => {
  if (result.isErr()) throw new Error(`expected a value, got ${JSON.stringify(result.error)}`);
  return result.value;
};

const receive = async (queue: MessageQueue): Promise<readonly ReceivedMessage[]> =>
  valueOf(await queue.receive({ max: 10, waitMs: 0, visibilityMs: 30_000 }));

/** SQS may give fewer than there are, so it is asked again, within a bound. */
const takeAll = async (
  queue: MessageQueue,
  count: number,
  visibilityMs = 30_000,
): Promise<readonly ReceivedMessage[]> => {
  const taken: ReceivedMessage[] = [];
  for (let receives = 0; taken.length < count && receives < RECEIVES_MAX; receives += 1) {
    taken.push(...valueOf(await queue.receive({ max: 10, waitMs: 2_000, visibilityMs })));
  }
  expect(taken).to.have.length(count);
  return taken;
};

const one = async (queue: MessageQueue, visibilityMs = 30_000): Promise<ReceivedMessage> => {
  const [message] = await takeAll(queue, 1, visibilityMs);
  if (message === undefined) throw new Error('takeAll has seen to it that there is one');
  return message;
};
