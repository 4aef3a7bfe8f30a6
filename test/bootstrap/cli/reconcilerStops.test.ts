import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { countMessages } from '../../../src/adapters/sqs/queues.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { must } from '../../support/commits.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { startProcess, stopProcess } from '../../support/process.ts';
import { until } from '../../support/until.ts';

const DEAD_LETTERS = 5;
/** Shorter than the wait of a receive, so that nothing about it is unusual. */
const ANSWER_AFTER_MS = 800;

describe('a reconciler that is stopped by SIGTERM', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let front: Server;

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });
  after(async () => {
    front?.closeAllConnections();
    front?.close();
    await embedded.close();
    await folder.remove();
  });

  /**
   * SQS, whose answers to a receive are long under way; says when it has taken the dead letters.
   */
  const slowFront = async (onTaken: () => void): Promise<string> => {
    const forward = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const headers = Object.fromEntries(
        ['content-type', 'x-amz-target', 'authorization', 'x-amz-date'].map((name) => [
          name,
          String(request.headers[name] ?? ''),
        ]),
      );
      const answer = await fetch(new URL(request.url ?? '/', embedded.addresses.sqs), {
        method: 'POST',
        headers,
        body: Buffer.concat(chunks),
      });
      const text = await answer.text();
      if (headers['x-amz-target']?.endsWith('ReceiveMessage') && text.includes('ReceiptHandle')) {
        onTaken();
        await sleep(ANSWER_AFTER_MS);
      }
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'application/x-amz-json-1.0',
      });
      response.end(text);
    };
    front = createServer((request, response) => {
      forward(request, response).catch(() => response.destroy());
    }).listen(0, '127.0.0.1');
    await once(front, 'listening');
    return `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  };

  it('releases the dead letters of a receive under way before the process ends', async () => {
    const { client, receiveClient } = localSqsClients(embedded.addresses.sqs);
    const queueUrl = String(embedded.settings.PAYMENTS_DLQ_URL);
    const deadLetters = createSqsMessageQueue({ client, receiveClient }, { queueUrl });
    await must(deadLetters.send(Array.from({ length: DEAD_LETTERS }, () => ({ body: 'x' }))));

    let isTaken = false;
    const address = await slowFront(() => (isTaken = true));
    const reconciler = startProcess(['worker', '--service', 'reconciler', '--json'], {
      ...embedded.settings,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_SQS: address,
    });
    let errors = '';
    reconciler.stderr.on('data', (text: unknown) => (errors += String(text)));
    await until(
      'the dead letters are received',
      (see) => {
        see(errors);
        return isTaken || undefined;
      },
      { everyMs: 10 },
    );
    expect((await must(countMessages(client, queueUrl))).inFlight).to.equal(DEAD_LETTERS);

    expect(await stopProcess(reconciler)).to.equal(0);
    expect(await must(countMessages(client, queueUrl))).to.include({
      visible: DEAD_LETTERS,
      inFlight: 0,
    });
    client.destroy();
    receiveClient.destroy();
  });
});
