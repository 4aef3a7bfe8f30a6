import {
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { once } from 'node:events';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import {
  createCloudWatchLogsClient,
  createDynamoDbClient,
  openSesClient,
  createSqsClient,
} from '../../../src/adapters/aws/clients.ts';
import { ensureLogGroup, readLogEvents } from '../../../src/adapters/cloudwatch/logGroup.ts';
import { createCloudWatchTelemetry } from '../../../src/adapters/cloudwatch/telemetry.ts';
import { startEmbeddedDynamoDb } from '../../../src/adapters/embedded/dynamodb.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  EMBEDDED_STRIPE_KEY,
  openEmbeddedServers,
  readMailbox,
} from '../../../src/adapters/embedded/index.ts';
import { openServers } from '../../../src/adapters/embedded/lifecycle.ts';
import { startEmbeddedLogs } from '../../../src/adapters/embedded/logs.ts';
import { chooseFreePorts } from '../../../src/adapters/embedded/server.ts';
import { startEmbeddedSes } from '../../../src/adapters/embedded/ses.ts';
import { startEmbeddedSqs } from '../../../src/adapters/embedded/sqs.ts';
import { startEmbeddedStripe } from '../../../src/adapters/embedded/stripe.ts';
import { createSesNotifier } from '../../../src/adapters/ses/sender.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import type { EmbeddedServers } from '../../../src/adapters/embedded/index.ts';
import { exitOf, startEmbedded, stopProcess } from '../../support/process.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

const MAIL = { to: 'ada@example.com', subject: 's', text: 't', html: 'h', dedupeKey: 'o:receipt' };
const LOG_GROUP = '/paidonce';

describe('the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let children: ChildProcessWithoutNullStreams[];
  let opened: Pick<EmbeddedServers, 'close'>[];
  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    children = [];
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(children.map((child) => stopProcess(child, 'SIGKILL')));
    await Promise.all(opened.map((servers) => servers.close()));
    await folder.remove();
  });

  const open = async (dataDir: string) => {
    const servers = await openEmbeddedServers({ dataDir });
    opened.push(servers);
    return servers;
  };

  /** Another process that opens the servers, as far as it says that it has them. */
  const openInChild = async (dataDir: string) => {
    const started = await startEmbedded<Pick<EmbeddedServers, 'addresses' | 'startedHere'>>(
      'all',
      dataDir,
    );
    children.push(started.child);
    return started;
  };

  it('are started once; another process finds them, and does not end them', async () => {
    const dataDir = join(folder.path, 'data');
    const mine = await open(dataDir);
    const theirs = await openInChild(dataDir);

    expect(mine.startedHere).to.equal(true);
    expect(theirs.startedHere).to.equal(false);
    expect(theirs.addresses).to.deep.equal(mine.addresses);
    expect(statSync(dataDir).mode & 0o777).to.equal(0o700);
    theirs.child.stdin.end();
    await exitOf(theirs.child);
    expect((await fetch(mine.addresses.logs)).status).to.equal(200);
  });

  it('are one set when several processes start them at the same time', async () => {
    const all = await Promise.all([
      openInChild(folder.path),
      openInChild(folder.path),
      open(folder.path),
    ]);
    expect(all.filter(({ startedHere }) => startedHere)).to.have.lengthOf(1);
    expect(new Set(all.map(({ addresses }) => JSON.stringify(addresses))).size).to.equal(1);
  });

  it('have lost nothing and keep their ports when their process was killed', async () => {
    const { addresses, child } = await openInChild(folder.path);
    await writeEverywhere(addresses);
    await stopProcess(child, 'SIGKILL');

    const again = await open(folder.path);
    expect(again.startedHere).to.equal(true);
    expect(again.addresses).to.deep.equal(addresses);
    expect(await readEverywhere(again.addresses)).to.deep.equal({
      message: 'an order',
      item: 'an event',
      logged: ['order-1'],
      mails: [MAIL],
      charged: [1_999],
    });
  });

  it('say so when a port of theirs is taken by another program, and start nothing', async () => {
    const first = await openEmbeddedServers({ dataDir: folder.path });
    await first.close();
    const stranger = createServer();
    stranger.listen(Number(new URL(first.addresses.ses).port), '127.0.0.1');
    await once(stranger, 'listening');
    // Not left open when the expectation fails: mocha would never end.
    opened.push({ close: async () => void stranger.close() });

    const refusal = await open(folder.path).catch((error: unknown) => String(error));
    expect(refusal).to.contain('Another program listens').and.to.contain('(ses ');
    stranger.close();
    await once(stranger, 'close');
    expect((await open(folder.path)).addresses).to.deep.equal(first.addresses);
  });

  it('take the ports that are asked for, in a row', async () => {
    const lives =
      (name: string) =>
      async ({ port }: { readonly port: number }) => ({
        url: `http://127.0.0.1:${port}/${name}`,
        close: noop,
      });
    const starters = { one: lives('one'), two: lives('two') };
    await (await openServers(folder.path, starters)).close();

    // Another program may have the second: then others are tried.
    const { firstPort, asked } = await until('two ports in a row are free', async (see) => {
      const [port = 0] = await chooseFreePorts(1);
      return openServers(folder.path, starters, { firstPort: port }).then(
        (group) => ({ firstPort: port, asked: group }),
        (error: unknown) => {
          see(String(error));
          return undefined;
        },
      );
    });
    opened.push(asked);
    expect(asked.addresses).to.deep.equal({
      one: `http://127.0.0.1:${firstPort}/one`,
      two: `http://127.0.0.1:${firstPort + 1}/two`,
    });
  });

  it('take another free port where theirs was taken a moment ago, and no others', async () => {
    const refuses = (code: string, times: number) => {
      const ports = new Set<number>();
      const start = ({ port }: { readonly port: number }) => {
        ports.add(port);
        return ports.size > times
          ? Promise.resolve({ url: `http://127.0.0.1:${port}`, close: noop })
          : Promise.reject(Object.assign(new Error(code), { code }));
      };
      return { ports, start };
    };
    const taken = refuses('EADDRINUSE', 2);
    opened.push(await openServers(folder.path, { taken: taken.start }));
    expect(taken.ports.size).to.equal(3);

    for (const { start, ports, tries } of [
      { ...refuses('EADDRINUSE', 100), tries: 5 },
      { ...refuses('EACCES', 1), tries: 1 },
    ]) {
      const other = join(folder.path, String(tries));
      const refusal = await openServers(other, { start }).catch((error: unknown) => error);
      expect(refusal).to.be.an('error');
      expect(ports.size).to.equal(tries);
    }
  });

  for (const [name, start] of Object.entries({
    sqs: startEmbeddedSqs,
    dynamodb: startEmbeddedDynamoDb,
    logs: startEmbeddedLogs,
    ses: startEmbeddedSes,
    stripe: startEmbeddedStripe,
  })) {
    it(`refuse a port that is taken, and start in the same folder then: ${name}`, async () => {
      const dataDir = join(folder.path, name);
      mkdirSync(dataDir);
      const other = createServer().listen(0, '127.0.0.1');
      opened.push({ close: async () => void other.close() });
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const refusal = await start({ dataDir, port }).catch((error: unknown) => error);
      expect(refusal).to.include({ code: 'EADDRINUSE' });
      opened.push(await start({ dataDir, port: 0 }));
    });
  }

  it('give up with an error while another process holds the folder in silence', async () => {
    const lives = { one: () => Promise.resolve({ url: 'http://127.0.0.1:1', close: noop }) };
    opened.push(await openServers(folder.path, lives));
    const refusal = await openServers(folder.path, lives, { timeoutMs: 100 }).catch(
      (error: unknown) => String(error),
    );
    expect(refusal).to.contain(`holds ${folder.path}`).and.to.contain(String(process.pid));
  });

  it('leave nothing running when one of them fails to start', async () => {
    let closed = 0;
    const starters = {
      sound: () =>
        Promise.resolve({
          url: 'http://127.0.0.1:1',
          close: () => Promise.resolve(void (closed += 1)),
        }),
      broken: () => Promise.reject(new Error('no')),
    };
    const failure = await openServers(folder.path, starters).catch((error: unknown) =>
      String(error),
    );
    expect([failure, closed]).to.deep.equal(['Error: no', 1]);
    expect(existsSync(join(folder.path, 'servers.json'))).to.equal(false);
    opened.push(await openServers(folder.path, { sound: starters.sound }, { timeoutMs: 0 }));
  });

  it('do not start over a record of theirs that cannot be read', async () => {
    writeFileSync(join(folder.path, 'servers.json'), '{');
    const failure = await open(folder.path).catch((error: unknown) => String(error));
    expect(failure).to.contain('servers.json does not say');
  });
});

const noop = () => Promise.resolve();

const clientsFor = async ({ sqs, dynamodb, logs, ses }: EmbeddedServers['addresses']) => {
  const at = (endpoint: string) => ({
    region: EMBEDDED_REGION,
    credentials: EMBEDDED_CREDENTIALS,
    endpoint,
  });
  return {
    sqs: createSqsClient(at(sqs)),
    dynamodb: createDynamoDbClient(at(dynamodb)),
    logs: createCloudWatchLogsClient(at(logs)),
    ses: await openSesClient(at(ses)),
  };
};

const QueueUrlOf = (sqs: string) => new URL('/000000000000/orders', sqs).href;
const TableName = 'events';
const Key = { id: { S: '1' } };

const writeEverywhere = async (addresses: EmbeddedServers['addresses']) => {
  const { sqs, dynamodb, logs, ses } = await clientsFor(addresses);
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }));
  const QueueUrl = QueueUrlOf(addresses.sqs);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an order' }));
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }),
  );
  await waitUntilTableExists({ client: dynamodb, maxWaitTime: 10, minDelay: 1 }, { TableName });
  await dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...Key, event: { S: 'an event' } } }),
  );
  await ensureLogGroup(logs, LOG_GROUP);
  const place = { logGroup: LOG_GROUP, logStream: 'w', service: 'payments' };
  const telemetry = createCloudWatchTelemetry(logs, place, createSystemClock());
  telemetry.record({ level: 'info', event: 'message.handled', orderId: 'order-1' });
  await telemetry.flush(5_000);
  await createSesNotifier(() => Promise.resolve(ses), { from: 'orders@shop.example' }).send(MAIL);
  await fetch(new URL('/v1/payment_intents', addresses.stripe), {
    method: 'POST',
    headers: { authorization: `Bearer ${EMBEDDED_STRIPE_KEY}`, 'idempotency-key': 'order-1-1' },
    body: new URLSearchParams({
      amount: '1999',
      currency: 'eur',
      payment_method: 'pm_card_visa',
      confirm: 'true',
      off_session: 'true',
    }),
  });
  for (const client of [sqs, dynamodb, logs, ses]) client.destroy();
};

const readEverywhere = async (addresses: EmbeddedServers['addresses']) => {
  const { sqs, dynamodb, logs, ses } = await clientsFor(addresses);
  const received = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: QueueUrlOf(addresses.sqs) }),
  );
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key }));
  const events = await readLogEvents(logs, { logGroup: LOG_GROUP, eventsMax: 10 });
  const ledger = await fetch(new URL('/sandbox/ledger', addresses.stripe));
  const { charges } = (await ledger.json()) as {
    readonly charges: readonly { readonly amount: number }[];
  };
  const mails = await readMailbox(addresses.ses);
  for (const client of [sqs, dynamodb, logs, ses]) client.destroy();
  return {
    message: received.Messages?.[0]?.Body,
    item: Item?.['event']?.S,
    logged: events.unwrapOr([]).map(({ message }) => /"orderId":"([^"]+)"/.exec(message)?.[1]),
    mails,
    charged: charges.map(({ amount }) => amount),
  };
};
