import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import type { TelemetryRecord } from '../../../src/application/ports/telemetry.ts';
import { parseConfig, SETTING_NAMES } from '../../../src/bootstrap/config.ts';
import { createReadConfig } from '../../../src/bootstrap/readConfig.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { createReader } from '../../../src/bootstrap/demo/readBack.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { runEventSource, type Invocation } from '../../../src/bootstrap/lambda/eventSource.ts';
import {
  type LambdaFunction,
  createNotificationsFunction,
  createPaymentsFunction,
} from '../../../src/bootstrap/lambda/functions.ts';
import { application } from '../../../src/bootstrap/modules/application.ts';
import { aws } from '../../../src/bootstrap/modules/aws.ts';
import { order, orderBody, snsEnvelope, sqsRecord } from '../../support/lambda.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { TOP } from '../../docs/markdown.ts';
import { lineOf, start } from '../../support/cli.ts';

describe('The Lambda functions on the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;

  const config = () => parseConfig({}, { needs: SETTING_NAMES, embedded })._unsafeUnwrap();
  const queues = () => createContainer(application, aws({ service: 'test' }), config()).get;

  /** What the stores hold of these orders. */
  const readBack = async (...orderIds: readonly string[]) => {
    const reader = (await createReader(embedded))._unsafeUnwrap();
    return {
      orders: (await reader.orders(orderIds.map(order)))._unsafeUnwrap(),
      queues: (await reader.queues())._unsafeUnwrap(),
      deadLetters: (await reader.deadLetters())._unsafeUnwrap(),
    };
  };

  before(async () => {
    folder = await makeTemporaryFolder();
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
  });

  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  it('pay each order once, raw, wrapped by SNS, or sent twice, and empty the queues', async () => {
    const telemetry = createMemoryTelemetry();
    const surroundings = {
      config: createReadConfig({}, { embedded }),
      telemetry: () => telemetry,
    };
    const correlationId = { Type: 'String', Value: 'chain-of-sns' };
    await queues()('payments').send([
      { body: orderBody('raw') },
      { body: snsEnvelope(orderBody('wrapped'), { MessageAttributes: { correlationId } }) },
      { body: orderBody('raw') },
      { body: snsEnvelope('{"type":"Refund"}') },
    ]);
    const { customer } = order('wrapped');
    const received = { type: 'OrderReceived', v: 1, orderId: 'wrapped', customer };
    await queues()('notifications').send([{ body: snsEnvelope(JSON.stringify(received)) }]);
    const ended = new AbortController();
    const invocations: Invocation[] = [];
    const source = (name: 'payments' | 'notifications', invoke: LambdaFunction) =>
      runEventSource(
        {
          queue: queues()(name),
          queueName: `paidonce-${name}`,
          region: 'us-east-1',
          invoke,
          clock: queues()('clock'),
          timeoutMs: 60_000,
          windowMs: 0,
          concurrency: 2,
          onInvoked: (invocation) => {
            invocations.push(invocation);
            if (doneWith(telemetry.records()) === MESSAGES) ended.abort();
          },
        },
        ended.signal,
      );
    await Promise.all([
      source('payments', createPaymentsFunction(surroundings)),
      source('notifications', createNotificationsFunction(surroundings)),
    ]);

    const facts = await readBack('raw', 'wrapped');
    expect(facts.orders.map(({ charges }) => charges)).to.deep.equal([[PAID], [PAID]]);
    expect(facts.orders.map(({ state }) => state.invoice.status)).to.deep.equal([
      'issued',
      'issued',
    ]);
    expect(facts.queues).to.deep.equal([EMPTY, EMPTY]);
    expect(facts.deadLetters.map(({ body }) => body)).to.deep.equal([
      snsEnvelope('{"type":"Refund"}'),
    ]);
    const chains = telemetry
      .records()
      .flatMap((record) => (record.orderId === 'wrapped' ? [record.correlationId] : []));
    expect(chains).to.include('chain-of-sns');
    expect(facts.orders.map(({ mails }) => mails.length)).to.deep.equal([1, 2]);
    expect(invocations.flatMap(({ error = [] }) => error)).to.deep.equal([]);
  });

  it('are run by the command line, until it is asked to stop', async () => {
    const env = { PAIDONCE_DATA_DIR: folder.path };
    const command = start(['lambda', '--embedded', '--service', 'payments', '--json'], env);
    await queues()('payments').send([{ body: orderBody('by-cli') }]);
    const line = await lineOf(command, (text) => text.includes('lambda.invoked'));

    expect(JSON.parse(line)).to.deep.include({ service: 'payments', messages: 1, failed: [] });
    expect(await command.stop()).to.equal(0);
    expect((await readBack('by-cli')).orders[0]?.charges).to.deep.equal([PAID]);
  });

  it('come as a package that Lambda can load, with its size reported', async () => {
    const output = await run(
      [join(TOP, 'src/bootstrap/packaging/lambda.ts'), join(folder.path, 'package')],
      {},
    );
    expect(output).to.match(/package: [\d,]+ KiB, compressed [\d,]+ KiB\n$/);

    const failing = sqsRecord('{"type":"Refund"}', { messageId: 'm-2', md5OfBody: 'damaged' });
    const Records = [sqsRecord(orderBody('packaged'), { messageId: 'm-1' }), failing].map(
      (record) => ({ ...record, eventSourceARN: 'arn:aws:sqs:us-east-1:1:paidonce-payments' }),
    );
    const answered = await run(['--input-type=module', '--eval', RUNTIME], {
      ...embedded.settings,
      AWS_ACCESS_KEY_ID: embedded.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: embedded.credentials.secretAccessKey,
      EVENT: JSON.stringify({ Records }),
      BUNDLE: join(folder.path, 'package/index.mjs'),
    });

    const lines = answered.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).to.deep.equal({
      batchItemFailures: [{ itemIdentifier: 'm-2' }],
    });
    const records = lines.slice(0, -1).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(records.map(({ event }) => event)).to.include('message.handled');
    expect(records.find(({ event }) => event === 'batch.handled')).to.deep.include({
      BatchMessages: 2,
      BatchFailures: 1,
    });
    expect(records.at(-1)).to.have.nested.property(
      '_aws.CloudWatchMetrics[0].Namespace',
      'Paidonce',
    );
    expect((await readBack('packaged')).orders[0]?.charges).to.deep.equal([PAID]);
  });
});

/**
 * Five that were sent, and a notice for each that was about an order, also if it was about it
 * again.
 */
const MESSAGES = 8;

const doneWith = (records: readonly TelemetryRecord[]): number =>
  records.filter(
    ({ event, facts }) =>
      event === 'message.handled' &&
      ['Acknowledge', 'DeadLetter'].includes(String(facts?.['disposition'])),
  ).length;

const PAID = { amountMinor: 2139, currency: 'EUR' };
const EMPTY = { visible: 0, inFlight: 0, delayed: 0 };

/** What Lambda's runtime does with a handler, as far as it matters here. */
const RUNTIME = `
  const { payments } = await import(process.env.BUNDLE);
  const context = { getRemainingTimeInMillis: () => 60_000 };
  console.log(JSON.stringify(await payments(JSON.parse(process.env.EVENT), context)));
`;

/** Node, with nothing else in its environment. */
const run = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env: { ...env } }, (error, stdout, stderr) => {
      if (error === null && stderr === '') resolve(stdout);
      else reject(new Error(`${stdout}${stderr}`));
    });
  });
