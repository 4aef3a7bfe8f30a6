import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createMemoryInvoiceView } from '../../../src/adapters/memory/invoiceView.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { jsonLines, run, start, type Ended, type Env } from '../../support/cli.ts';
import { testClient } from '../../support/dynamoDb.ts';
import { writeHistory } from '../../support/history.ts';
import { localSns, readCloudEvent, receiveAll, subscribe } from '../../support/orderEvents.ts';
import { createQueue, localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';

const ORDERS = 20;
/** Every fifth order is declined, the others are paid; every seventh of these is refunded. */
const EXPECTED = {
  'paidonce.order.placed.v1': 20,
  'paidonce.order.paid.v1': 16,
  'paidonce.order.declined.v1': 4,
  'paidonce.order.refunded.v1': 2,
};
const ALL = 42;
const SINCE = ['--since', '2020-01-01'] as const;

describe('paidonce events replay', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let sqs: ReturnType<typeof localSqsClients>;
  let sns: Awaited<ReturnType<typeof localSns>>;
  let topicArn: string;

  const replay = (...args: readonly string[]): Promise<Ended> =>
    run(['events', 'replay', '--embedded', ...args], { env });
  const summaryOf = ({ stdout }: Ended) => jsonLines(stdout).at(-1) ?? {};

  before(async () => {
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      ORDER_EVENTS_TOPIC_ARN: 'arn:aws:sns:eu-central-1:111122223333:order-events',
    };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    topicArn = embedded.settings.ORDER_EVENTS_TOPIC_ARN ?? '';
    const client = testClient(embedded.addresses.dynamodb);
    const clock = createSystemClock();
    const table = createDynamoDbCommitTable(client, { table: 'paidonce-events' });
    await writeHistory(
      {
        store: createEventStore(table, clock),
        ids: createSystemIds(),
        invoices: createMemoryInvoiceView(),
      },
      { orders: ORDERS },
    );
    client.destroy();
    sqs = localSqsClients(embedded.addresses.sqs);
    sns = await localSns(embedded.addresses.sqs);
  });
  after(async () => {
    sns.destroy();
    sqs.client.destroy();
    sqs.receiveClient.destroy();
    await embedded.close();
    await folder.remove();
  });

  it('has a topic of the embedded server, whatever account the setting is of', () => {
    expect(topicArn).to.equal('arn:aws:sns:us-east-1:000000000000:order-events');
    expect((embedded.resources ?? []).find(({ kind }) => kind === 'topic')).to.include({
      name: 'order-events',
      done: 'made',
      setting: 'ORDER_EVENTS_TOPIC_ARN',
    });
  });

  it('publishes again to the topic, with a filter policy for what is replayed', async () => {
    const [all, live] = [await createQueue(sqs), await createQueue(sqs)];
    await subscribe(sns, topicArn, all.arn, { RawMessageDelivery: 'true' });
    await subscribe(sns, topicArn, live.arn, {
      FilterPolicy: JSON.stringify({ replayed: [{ exists: false }] }),
    });
    const ended = await replay(...SINCE, '--rate', '10000', '--json');
    expect(ended.code, ended.stderr).to.equal(0);
    expect(summaryOf(ended)).to.deep.include({
      dryRun: false,
      resumed: false,
      orders: ORDERS,
      refused: 0,
      unreadable: 0,
      published: EXPECTED,
    });

    const received = await receiveAll(sqs, all.url, ALL);
    const events = received.map(({ body }) => readCloudEvent(body));
    expect(new Set(events.map(({ id }) => id)).size).to.equal(ALL);
    expect(events.every(({ replayed }) => replayed === true)).to.equal(true);
    expect(received.every(({ attributes }) => attributes?.['replayed'] === 'true')).to.equal(true);
    expect(await receiveAll(sqs, live.url, 0)).to.deep.equal([]);
    expect(existsSync(join(folder.path, 'events-replay.checkpoint.json'))).to.equal(false);
  });

  it('sends to one queue alone, only what is asked for', async () => {
    const queue = await createQueue(sqs);
    const types = ['--type', 'order.declined.v1', '--type', 'paidonce.order.refunded.v1'];
    const ended = await replay(...SINCE, ...types, '--to-queue', queue.url);

    expect(ended.code, ended.stderr).to.equal(0);
    expect(ended.stdout).to.include('6 events of 6 orders published again.');
    const events = (await receiveAll(sqs, queue.url, 6)).map(({ body }) => readCloudEvent(body));
    expect(new Set(events.map(({ type }) => type))).to.deep.equal(
      new Set(['paidonce.order.declined.v1', 'paidonce.order.refunded.v1']),
    );
  });

  it('needs no topic for a queue or a dry run, and says so otherwise', async () => {
    const without: Env = { PAIDONCE_DATA_DIR: folder.path };
    const dry = await run(['events', 'replay', '--embedded', ...SINCE, '-n', '--json'], {
      env: without,
    });
    expect(dry.code, dry.stderr).to.equal(0);
    expect(summaryOf(dry)).to.deep.include({ dryRun: true, published: EXPECTED });

    const nowhere = await run(['events', 'replay', '--embedded', ...SINCE], { env: without });
    expect(nowhere.code).to.equal(2);
    expect(nowhere.stderr).to.include('ORDER_EVENTS_TOPIC_ARN is not set');
  });

  it('goes on where it was stopped, and loses nothing', async () => {
    const queue = await createQueue(sqs);
    const file = join(folder.path, 'stopped.json');
    const to = ['--to-queue', queue.url, '--checkpoint', file, '--segments', '8'];
    const args = ['events', 'replay', '--embedded', ...SINCE, ...to];
    const stopped = start([...args, '--rate', '5'], env);
    await until('an event was sent', async () =>
      (await receiveAll(sqs, queue.url, 1)).length > 0 ? true : undefined,
    );
    expect(await stopped.stop()).to.equal(1);
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.have.nested.property('run.to', queue.url);

    const other = await replay(...SINCE, ...to, '--type', 'order.paid.v1', '--resume');
    expect(other.code).to.equal(1);
    expect(other.stderr).to.include('is of another run').and.include('types');

    const resumed = await run([...args, '--rate', '10000', '--resume', '--json'], { env });
    expect(resumed.code, resumed.stderr).to.equal(0);
    expect(summaryOf(resumed)).to.deep.include({ resumed: true, orders: ORDERS });
    expect(existsSync(file)).to.equal(false);
  });

  it('refuses what is no time, no type and no queue', async () => {
    const wrong = await Promise.all([
      replay(),
      replay('--since', 'yesterday'),
      replay('--since', '2999-01-01'),
      replay(...SINCE, '--until', '2019-01-01'),
      replay(...SINCE, '--type', 'order.sold.v1'),
      replay(...SINCE, '--to-queue', 'https://sqs.eu-central-1.amazonaws.com/1/revenue.fifo'),
      replay(...SINCE, '--rate', '0'),
    ]);
    const said = [
      "required option '--since",
      'a time with its zone',
      '--since is in the future',
      '--until is not after --since',
      'order.paid.v1',
      'not the URL of a standard queue',
      'a whole number from 1',
    ];

    expect(wrong.map(({ code }) => code)).to.deep.equal(said.map(() => 2));
    for (const [at, text] of said.entries()) expect(wrong[at]?.stderr).to.include(text);
  });
});
