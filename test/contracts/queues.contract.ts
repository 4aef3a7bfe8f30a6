import { randomUUID } from 'node:crypto';
import { DeleteQueueCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { ok, ResultAsync } from 'neverthrow';
import { createSqsMessageQueue, type SqsClients } from '../../src/adapters/sqs/messageQueue.ts';
import {
  countMessages,
  findQueue,
  inspectQueues,
  protectionOf,
  setUpQueues,
  type QueuePairSetup,
} from '../../src/adapters/sqs/queues.ts';

export type Deviations = {
  /** Settings that this server refuses. */
  readonly unknown: readonly string[];
  /** Settings that it takes, and never shows. */
  readonly unreported: readonly string[];
  /** It knows of no policies. */
  readonly unprotected?: true;
};

/** What `setup` and `doctor` do to queues, against one server. */
export const describeQueues = (
  name: string,
  makeServer: () => Promise<{ readonly clients: SqsClients; close(): Promise<void> }>,
  deviations: Deviations = { unknown: [], unreported: [] },
): void => {
  describe(`setting up queues: ${name}`, () => {
    let server: Awaited<ReturnType<typeof makeServer>>;
    let plan: Parameters<typeof setUpQueues>[1];
    before(async () => {
      server = await makeServer();
    });
    after(() => server.close());
    beforeEach(() => {
      const id = `paidonce-test-${randomUUID()}`;
      plan = { name: id, deadLetterName: `${id}-dlq`, visibilityMs: 60_000, maxReceiveCount: 7 };
    });

    const setUp = async (): Promise<QueuePairSetup> =>
      (await setUpQueues(server.clients.client, plan)).match(
        (pair) => pair,
        (error) => {
          throw new Error(JSON.stringify(error));
        },
      );
    const urlsOf = ({ queue, deadLetter }: QueuePairSetup) => ({
      queueUrl: queue.url,
      deadLetterUrl: deadLetter.url,
    });
    const wrongNow = async (pair: QueuePairSetup) =>
      (await inspectQueues(server.clients.client, urlsOf(pair), plan)).map((wrong) =>
        wrong.map(({ setting }) => setting),
      );

    it('makes both, with every setting, and finds them the second time', async () => {
      const first = await setUp();
      expect(first.queue).to.include({ name: plan.name, done: 'made' });
      expect(first.deadLetter).to.include({ name: plan.deadLetterName, done: 'made' });
      expect(first.deadLetter.unknown).to.deep.equal(deviations.unknown);
      expect(await wrongNow(first)).to.deep.equal(ok([]));

      const second = await setUp();
      expect(second.queue).to.deep.equal({ ...first.queue, done: 'found' });
      expect(second.deadLetter).to.deep.equal({ ...first.deadLetter, done: 'found', unknown: [] });
    });

    it('Q15: reports each wrong setting, and sets it right', async () => {
      const pair = await setUp();
      const { client } = server.clients;
      const wrong = { VisibilityTimeout: '5', MessageRetentionPeriod: '3600' };
      await client.send(
        new SetQueueAttributesCommand({ QueueUrl: pair.queue.url, Attributes: wrong }),
      );
      await client.send(
        new SetQueueAttributesCommand({
          QueueUrl: pair.deadLetter.url,
          Attributes: { MessageRetentionPeriod: '3600' },
        }),
      );

      const problems = await inspectQueues(client, urlsOf(pair), plan);
      const { queueUrl, deadLetterUrl } = urlsOf(pair);
      const expected = '1209600';
      const shown = ({ setting }: { readonly setting: string }) =>
        !deviations.unreported.includes(setting);
      expect(problems).to.deep.equal(
        ok(
          [
            { setting: 'MessageRetentionPeriod', expected, actual: '3600', queueUrl },
            { setting: 'VisibilityTimeout', expected: '60', actual: '5', queueUrl },
            {
              setting: 'MessageRetentionPeriod',
              expected,
              actual: '3600',
              queueUrl: deadLetterUrl,
            },
          ].filter(shown),
        ),
      );

      const again = await setUp();
      expect(again.queue.done).to.equal('changed');
      expect(again.queue.changes.map(({ setting }) => setting)).to.include('VisibilityTimeout');
      expect(await wrongNow(pair)).to.deep.equal(ok([]));
    });

    it('lets nobody in without TLS, and leaves a policy that is there as it is', async () => {
      const pair = await setUp();
      const { client } = server.clients;
      const policies = async () => {
        const asked = [pair.queue, pair.deadLetter].map(({ url }) => protectionOf(client, url));
        return (await ResultAsync.combine(asked))._unsafeUnwrap().map((found) => found?.policy);
      };
      const none = deviations.unprotected && [undefined, undefined];
      expect(await policies()).to.deep.equal(none ?? ['tlsOnly', 'tlsOnly']);
      if (deviations.unprotected) return;

      const sender = { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' };
      const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [sender] });
      const another = { QueueUrl: pair.queue.url, Attributes: { Policy } };
      await client.send(new SetQueueAttributesCommand(another));
      expect((await setUp()).queue.changes).to.deep.equal([]);
      expect(await policies()).to.deep.equal(['other', 'tlsOnly']);
      await client.send(new SetQueueAttributesCommand({ ...another, Attributes: { Policy: '' } }));
      const again = await setUp();
      expect(again.queue.changes.map(({ setting }) => setting)).to.deep.equal(['Policy']);
      expect(await policies()).to.deep.equal(['tlsOnly', 'tlsOnly']);
    });

    it('moves a message after as many receives as planned, and counts what is where', async () => {
      plan = { ...plan, maxReceiveCount: 2 };
      const pair = await setUp();
      const { clients } = server;
      const queue = createSqsMessageQueue(clients, { queueUrl: pair.queue.url });
      await queue.send([{ body: 'x' }, { body: 'y' }]);
      const count = (setup: { readonly url: string }) => countMessages(clients.client, setup.url);
      expect(await count(pair.queue)).to.deep.equal(ok({ visible: 2, inFlight: 0, delayed: 0 }));

      const asked = { max: 1, waitMs: 1_000, visibilityMs: 0 };
      await queue.receive({ ...asked, visibilityMs: 30_000 });
      expect(await count(pair.queue)).to.deep.equal(ok({ visible: 1, inFlight: 1, delayed: 0 }));
      for (let receives = 0; receives < 3; receives += 1)
        await queue.receive({ ...asked, waitMs: 0 });
      expect(await count(pair.deadLetter)).to.deep.equal(
        ok({ visible: 1, inFlight: 0, delayed: 0 }),
      );
    });

    it('Q18: says Misconfigured where a queue is missing', async () => {
      const pair = await setUp();
      await server.clients.client.send(new DeleteQueueCommand({ QueueUrl: pair.queue.url }));
      expect(await findQueue(server.clients.client, plan.name)).to.deep.equal(ok(undefined));
      const inspected = await inspectQueues(server.clients.client, urlsOf(pair), plan);
      expect(inspected.isErr() && inspected.error.type).to.equal('Misconfigured');
    });
  });
};
