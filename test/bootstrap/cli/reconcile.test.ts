import { expect } from 'chai';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createSqsMessageQueue } from '../../../src/adapters/sqs/messageQueue.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { must } from '../../support/commits.ts';
import { testClient } from '../../support/dynamoDb.ts';
import { anHourAgo } from '../../support/reconciling.ts';
import { localSqsClients } from '../../support/sqs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Ended,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';

describe('paidonce reconcile', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let worker: InProcessCommand | undefined;
  const closing: (() => void)[] = [];

  before(async () => {
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      // What was asked for an hour ago is past its close.
      GATEWAY_SETTLE_DELAY_MS: '0',
    };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
  });
  afterEach(async () => {
    if (worker !== undefined) await worker.stop();
    worker = undefined;
  });
  after(async () => {
    for (const close of closing) close();
    await embedded.close();
    await folder.remove();
  });

  const reconcile = (...args: readonly string[]): Promise<Ended> =>
    run(['reconcile', '--embedded', ...args], { env });

  /** What workers left behind an hour ago. */
  const leaveBehind = async (): Promise<void> => {
    const { EVENTS_TABLE: table = '', PAYMENTS_DLQ_URL: queueUrl = '' } = embedded.settings;
    const client = testClient(embedded.addresses.dynamodb);
    const clients = localSqsClients(embedded.addresses.sqs);
    closing.push(() => {
      client.destroy();
      clients.client.destroy();
      clients.receiveClient.destroy();
    });
    const past = anHourAgo(createDynamoDbCommitTable(client, { table }));
    await past.paid('paid');
    await past.open('lost');
    await past.number('lost');
    await past.inReview('doubtful');
    const reason = 'ReviewRequired; payment#1 is in review: amount';
    const body = JSON.stringify({ type: 'ResumeOrder', v: 1, orderId: 'doubtful' });
    const deadLetter = { body, attributes: { Reason: reason } };
    await must(createSqsMessageQueue(clients, { queueUrl }).send([deadLetter]));
  };

  it('finds nothing in an empty log', async () => {
    const { code, stdout } = await reconcile();

    expect(stdout)
      .to.match(/^INV +0 +0 +0 +0$/m)
      .and.match(/^Events of the gateway from .* to .*: 0 read, 0 not known yet and sent/m)
      .and.include('Nothing needs anybody.');
    expect(code).to.equal(0);
  });

  it('asks for the settings of its own parts, a gateway’s key too, and for no mail', async () => {
    const { code, stderr } = await run(['reconcile'], { env });

    expect(stderr)
      .to.include('PAYMENTS_DLQ_URL is missing')
      .and.include('STRIPE_SECRET_KEY is missing')
      .and.not.match(/STRIPE_WEBHOOK|MAIL|INVOICES/);
    expect(code).to.equal(2);
  });

  it('shows in a dry run what it would do, does it, and ends once a worker is done', async () => {
    await leaveBehind();
    const dry = await reconcile('--dry-run', '--json');
    const ended = await reconcile();

    const [{ pushed, series = [], letters: deadLetters, reviews } = {}] = jsonLines(dry.stdout);
    expect(dry.code).to.equal(1);
    expect(pushed).to.deep.equal(['lost']);
    expect(series).to.have.nested.property('[0].findings[0].type', 'Undocumented');
    expect(deadLetters).to.have.nested.property('[0].state', 'review');
    expect(reviews).to.have.nested.property('[0].orderId', 'doubtful');
    expect(dry.stdout).not.to.include('@');
    expect(ended.code).to.equal(1);
    expect(ended.stdout)
      .to.match(/^INV +\d{4} +2 +lost +\d h.* the order is still open +pushed$/m)
      .and.match(/^doubtful +ResumeOrder +review +\d+ min +ReviewRequired; payment#1/m)
      .and.include('1 number without its document, 1 dead letter, 1 review; 1 pushed.');

    worker = start(['worker', '--service', 'payments', '--embedded', '--json'], env);
    await lineOf(worker, (line) => /"lost".*PaymentCaptured\+InvoiceIssued/.test(line));
    expect(await worker.stop()).to.equal(0);
    const mended = await reconcile('--from-start', '--json');
    const [report] = jsonLines(mended.stdout);
    expect(report).to.have.nested.property('series[0].numbers', 2);
    expect(report).to.have.nested.property('series[0].findings').that.deep.equals([]);
    expect(report).to.have.deep.property('pushed', []);
    // The review is still there: nobody but a person can decide it.
    expect(mended.code).to.equal(1);
  });

  it('runs as a service that is ready after its first round, and stops at once', async () => {
    const args = ['worker', '--service', 'reconciler', '--embedded', '--json'];
    worker = start(args, { ...env, HEALTH_PORT: '0' });
    let port: number | undefined;
    let last = '';
    const ended = lineOf(worker, (line) => {
      const { event, port: healthPort } = JSON.parse(line) as Record<string, unknown>;
      if (event === 'worker.health') port = Number(healthPort);
      last = line;
      return event === 'worker.drained';
    });
    await until('the worker says at which port its health is', (see) => {
      see(last);
      return port;
    });
    await until('/readyz answers 200', async (see) => {
      const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
      see(status);
      return status === 200 ? status : undefined;
    });

    expect(await worker.stop()).to.equal(0);
    const report = JSON.parse(await ended) as Record<string, unknown>;
    expect(report).to.deep.include({ service: 'reconciler', abandoned: 0, pollsCut: 0 });
    expect(report).to.have.nested.property('records.dropped', 0);
    expect(report).to.have.nested.property('usage.requests.PutLogEvents').that.is.above(0);
    expect(report).to.have.nested.property('usage.microUsd').that.is.above(0);
  });
});
