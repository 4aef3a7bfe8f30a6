import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { CreateQueueCommand, DeleteQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { okAsync } from 'neverthrow';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createSqsMessageQueue } from '../../src/adapters/sqs/messageQueue.ts';
import { createSystemClock } from '../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../src/adapters/system/ids.ts';
import { createConsumer, type ConsumerHealth } from '../../src/application/delivery/consumer.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../src/application/delivery/settings.ts';
import { serveHealth, type HealthServer } from '../../src/bootstrap/health.ts';
import { embeddedSqs, localSqsClients } from '../support/sqs.ts';
import { until } from '../support/until.ts';

const WELL: ConsumerHealth = { ready: true, live: true, reason: 'consuming' };
const DRAINING: ConsumerHealth = { ready: false, live: true, reason: 'draining' };
const STUCK: ConsumerHealth = { ready: false, live: false, reason: 'a poll is stuck' };
const HOST = '127.0.0.1';

describe('The health endpoint', () => {
  let states: Record<'payments' | 'notifications', ConsumerHealth>;
  let server: HealthServer;

  beforeEach(async () => {
    states = { payments: WELL, notifications: WELL };
    const watched = (['payments', 'notifications'] as const).map((name) => ({
      name,
      consumer: { health: () => states[name] },
    }));
    server = (await serveHealth(watched, { port: 0, host: HOST }))._unsafeUnwrap();
  });
  afterEach(() => server.close());

  const ask = (path: string, method = 'GET') =>
    fetch(`http://${HOST}:${server.port}${path}`, { method });
  const statuses = async () => [(await ask('/livez')).status, (await ask('/readyz')).status];

  it('answers 200 while every service is well, and reports each', async () => {
    expect(await statuses()).to.deep.equal([200, 200]);
    const answer = await ask('/readyz?verbose');
    expect(answer.headers.get('content-type')).to.equal('application/json');
    expect(await answer.json()).to.deep.equal({
      status: 'ok',
      services: [
        { service: 'payments', ...WELL },
        { service: 'notifications', ...WELL },
      ],
    });
  });

  it('fails readiness and holds liveness while a service drains', async () => {
    states.notifications = DRAINING;

    expect(await statuses()).to.deep.equal([200, 503]);
    expect(await (await ask('/readyz')).json()).to.deep.include({ status: 'failing' });
  });

  it('fails liveness where one service of several is stuck', async () => {
    states.payments = STUCK;

    expect(await statuses()).to.deep.equal([503, 503]);
  });

  it('answers HEAD like GET, without a body', async () => {
    states.payments = DRAINING;
    const answer = await ask('/readyz', 'HEAD');

    expect(answer.status).to.equal(503);
    expect(await answer.text()).to.equal('');
  });

  it('knows nothing else', async () => {
    const asked = [ask('/'), ask('/livez/'), ask('/toString'), ask('/livez', 'POST')];

    for (const answer of await Promise.all(asked)) expect(answer.status).to.equal(404);
  });

  it('says why it cannot listen', async () => {
    const again = await serveHealth([], { port: server.port, host: HOST });

    expect(again._unsafeUnwrapErr()).to.match(/EADDRINUSE/);
  });

  it('is closed although a client keeps its connection', async () => {
    const socket = connect(server.port, HOST);
    await once(socket, 'connect');
    const ended = once(socket, 'close');
    await server.close();
    await ended;

    const taken = createServer().listen(server.port, HOST);
    await once(taken, 'listening');
    expect((taken.address() as AddressInfo).port).to.equal(server.port);
    taken.close();
    // To be closed again by the hook.
    server = (await serveHealth([], { port: 0, host: HOST }))._unsafeUnwrap();
  });
});

describe('The readiness of a consumer on SQS', () => {
  it('fails while its queue is missing, comes with the queue, and goes with it', async () => {
    const sqs = await embeddedSqs();
    const clients = localSqsClients(sqs.url);
    const name = `late-${randomUUID()}`;
    const queueUrl = new URL(`/000000000000/${name}`, sqs.url).href;
    const queue = createSqsMessageQueue(clients, { queueUrl });
    const telemetry = createMemoryTelemetry();
    const consumer = createConsumer({
      probes: {},
      queue,
      deadLetterQueue: queue,
      handle: () => okAsync({ outcome: 'done' }),
      clock: impatient(),
      ids: createSystemIds(),
      telemetry,
      service: { name: 'payments', version: '1' },
      settings: { ...DEFAULT_DELIVERY_SETTINGS, pollMs: 1_000 },
    });
    const server = (
      await serveHealth([{ name: 'payments', consumer }], { port: 0, host: HOST })
    )._unsafeUnwrap();
    const readyz = async () => {
      const answer = await fetch(`http://${HOST}:${server.port}/readyz`);
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await readyz()).to.match(/^503 .*"not started"/);

    const stop = new AbortController();
    const running = consumer.run(stop.signal);
    await answers(readyz, /^503 .*"the queue is missing or refuses access"/);
    await createQueue(clients.client, name);
    await answers(readyz, /^200 .*"consuming"/);
    await clients.client.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    await answers(readyz, /^503 .*"the queue is missing or refuses access"/);
    stop.abort();
    await running;

    expect(await readyz()).to.match(/^503 .*"live":true/);
    const failures = telemetry.records().filter(({ event }) => event === 'receive.failed');
    expect(failures.map(({ outcome }) => outcome)).to.deep.equal(['Misconfigured']);
    await server.close();
    clients.client.destroy();
    clients.receiveClient.destroy();
    await sqs.remove();
  });
});

/** Waits a tenth of a second where a consumer would wait longer, so that it looks again soon. */
const impatient = () => {
  const clock = createSystemClock();
  return {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => clock.sleep(Math.min(ms, 100), signal),
  };
};

const createQueue = (client: SQSClient, QueueName: string) =>
  client.send(new CreateQueueCommand({ QueueName }));

const answers = (look: () => Promise<string>, wanted: RegExp): Promise<string> =>
  until(`it answers ${String(wanted)}`, async (see) => {
    const answer = await look();
    see(answer);
    return wanted.test(answer) ? answer : undefined;
  });
