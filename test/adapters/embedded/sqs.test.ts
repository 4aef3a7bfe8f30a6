import { networkInterfaces } from 'node:os';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { ok } from 'neverthrow';
import { startEmbeddedSqs } from '../../../src/adapters/embedded/sqs.ts';
import { nameOf } from '../../../src/adapters/aws/errors.ts';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import type { MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import { exitOf, startEmbedded, stopProcess } from '../../support/process.ts';
import { createQueue, embeddedSqs, localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

const KILLS = 2;
const ROUNDS_MAX = 500;

describe('embedded SQS', () => {
  it('listens on loopback only', async () => {
    const server = await embeddedSqs();
    const { port } = new URL(server.url);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    const answered = await Promise.all(
      others.map(({ address }) =>
        fetch(`http://${address}:${port}/health`).then(
          () => address,
          () => undefined,
        ),
      ),
    );
    await server.remove();
    expect(server.url).to.equal(`http://127.0.0.1:${port}`);
    expect(answered.filter((address) => address !== undefined)).to.deep.equal([]);
  });

  it('keeps queue URLs, messages and what is hidden over a restart on the same port', async () => {
    const folder = await makeTemporaryFolder();
    const first = await startEmbeddedSqs({ dataDir: folder.path, port: 0 });
    const { port } = new URL(first.url);
    const clients = localSqsClients(first.url);
    const { url: queueUrl } = await createQueue(clients);
    expect(queueUrl).to.match(new RegExp(`^http://127\\.0\\.0\\.1:${port}/000000000000/`, 'u'));
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const attributes = { correlationId: 'c-1' };
    await queue.send([{ body: 'hidden 🧾', attributes }]);
    await queue.receive({ max: 1, waitMs: 0, visibilityMs: 30_000 });
    await queue.send([{ body: 'visible 🧾', attributes }]);
    await first.close();

    const second = await startEmbeddedSqs({ dataDir: folder.path, port: Number(port) });
    const received = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 30_000 });
    await second.close();
    await folder.remove();
    expect(received.map((all) => all.map(({ body }) => body))).to.deep.equal(ok(['visible 🧾']));
    expect(received.map((all) => all.map((message) => message.attributes))).to.deep.equal(
      ok([attributes]),
    );
  });

  it('answers who asks for dead letters where there are none, and has others wait', async () => {
    const server = await embeddedSqs();
    const clients = localSqsClients(server.url);
    const deadLetter = await createQueue(clients);
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: 2,
    });
    const { url } = await createQueue(clients, { RedrivePolicy });
    const queue = createSqsMessageQueue(clients, { queueUrl: url });
    const deadLetters = createSqsMessageQueue(clients, { queueUrl: deadLetter.url });
    const asked = { max: 1, waitMs: 20_000, visibilityMs: 1_000 };
    const waiting = queue.receive(asked);

    const empty = await deadLetters.receive(asked);
    await queue.send([{ body: 'sent', attributes: {} }]);
    const sent = await waiting;
    await server.remove();
    expect(empty).to.deep.equal(ok([]));
    // It still waited when the other had its answer.
    expect(sent.map((all) => all.map(({ body }) => body))).to.deep.equal(ok(['sent']));
  });

  it('X1: loses no acknowledged message when it is killed, again and again', async () => {
    const folder = await makeTemporaryFolder();
    let server = await startEmbedded('sqs', folder.path);
    const clients = localSqsClients(server.url);
    const { port } = new URL(server.url);
    const deadLetter = await createQueue(clients);
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: deadLetter.arn,
      maxReceiveCount: 2,
    });
    const { url: queueUrl } = await createQueue(clients, { RedrivePolicy });
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const acknowledged = new Set<string>();

    for (let kill = 1; kill <= KILLS; kill += 1) {
      const working = [send(queue, acknowledged, `${kill}`), receiveAndHandBack(queue)];
      const target = acknowledged.size + 100;
      for (let round = 0; acknowledged.size < target && round < ROUNDS_MAX; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      server.child.kill('SIGKILL');
      await Promise.all([...working, exitOf(server.child)]);
      server = await startEmbedded('sqs', folder.path, Number(port));
    }

    const dead = createSqsMessageQueue(clients, { queueUrl: deadLetter.url });
    // In this order: receiving from the one is what moves messages to the other.
    const left = new Set([...(await drain(queue, 2_000)), ...(await drain(dead, 2_000))]);
    await stopProcess(server.child, 'SIGKILL');
    await folder.remove();
    expect(acknowledged.size).to.be.at.least(KILLS * 100);
    expect([...acknowledged].filter((body) => !left.has(body))).to.deep.equal([]);
  });

  it('refuses what SQS refuses', async () => {
    const server = await embeddedSqs();
    const clients = localSqsClients(server.url);
    const { url } = await createQueue(clients);
    const bad = new SendMessageCommand({ QueueUrl: url, MessageBody: 'bad \u0001' });
    const refused = await clients.client.send(bad).then(() => 'taken', nameOf);
    await server.remove();
    expect(refused).to.equal('InvalidMessageContents');
  });
});

/** Until the server is gone: a call that fails after a kill fails for good. */
const send = async (queue: MessageQueue, acknowledged: Set<string>, name: string) => {
  for (let batch = 0; batch < ROUNDS_MAX; batch += 1) {
    const bodies = Array.from({ length: 10 }, (_, at) => `${name}-${batch}-${at}`);
    const sent = await queue.send(bodies.map((body) => ({ body })));
    if (sent.isErr()) return;
    bodies
      .filter((_, at) => sent.value[at]?.type === 'Done')
      .forEach((body) => acknowledged.add(body));
  }
};

const receiveAndHandBack = async (queue: MessageQueue) => {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const received = await queue.receive({ max: 10, waitMs: 0, visibilityMs: 1_000 });
    if (received.isErr()) return;
    const entries = received.value.map(({ receipt }) => ({ receipt, visibilityMs: 0 }));
    const changed = await queue.changeVisibility(entries);
    if (changed.isErr()) return;
  }
};

/**
 * Everything that is in the queue, with what shows while it waits. A receive whose answer is lost
 * on a busy machine hides what it took, for less than a wait. And one that only moves messages to
 * the dead-letter queue answers at once that there are none, while others may still be hidden; so
 * it is asked twice.
 */
const drain = async (queue: MessageQueue, waitMs: number): Promise<readonly string[]> => {
  const bodies: string[] = [];
  let empty = 0;
  for (let round = 0; empty < 2 && round < ROUNDS_MAX; round += 1) {
    const received = await queue.receive({ max: 10, waitMs, visibilityMs: 1_000 });
    if (received.isErr()) continue;
    const messages = received.value;
    empty = messages.length === 0 ? empty + 1 : 0;
    bodies.push(...messages.map(({ body }) => body));
    if (messages.length > 0) await queue.delete(messages.map(({ receipt }) => receipt));
  }
  return bodies;
};
