import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDynamoDbClient } from '../../../src/adapters/aws/clients.ts';
import { createDynamoDbInvoiceView } from '../../../src/adapters/dynamodb/invoiceView.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from '../../../src/adapters/embedded/index.ts';
import { awsEnv, type Addresses } from './awsEnv.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Ended,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';
import { runUnread } from '../../support/process.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

describe('paidonce', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let servers: InProcessCommand;
  let started: { readonly startedHere: boolean; readonly addresses: Addresses };

  before(async () => {
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: join(folder.path, 'data'),
      VISIBILITY_TIMEOUT_MS: '10000',
      RECEIVE_WAIT_MS: '1000',
    };
    servers = start(['servers', '--json'], env);
    started = JSON.parse(await lineOf(servers, () => true)) as typeof started;
  });

  after(async () => {
    const code = await servers.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  const embedded = (args: readonly string[], input?: string): Promise<Ended> =>
    run([...args, '--embedded'], { env, ...(input === undefined ? {} : { input }) });

  /** The servers' addresses as an environment, the way one would point at servers of one's own. */
  const configured = (more: Env = {}): Env => ({
    ...awsEnv(started.addresses),
    ...more,
  });

  it('finds the servers that another process runs, and leaves them to it', async () => {
    const { code, stdout } = await run(['servers', '--json'], { env });

    expect(started.startedHere).to.equal(true);
    expect(JSON.parse(stdout)).to.deep.equal({ ...started, startedHere: false });
    expect(code).to.equal(0);
  });

  it('never falls back to embedded: it lists every setting that is missing', async () => {
    const [text, json] = await Promise.all([
      run(['worker'], { env }),
      run(['replay', 'invoices', '--json'], { env }),
    ]);

    expect(text.code).to.equal(2);
    expect(text.stderr).to.include('AWS_REGION is missing').and.include('MAIL_FROM is missing');
    expect(text.stderr).not.to.include('    at ');
    expect(json.code).to.equal(2);
    expect(json.stdout).to.equal('');
    const [{ error } = {}] = jsonLines(json.stderr);
    expect(error).to.have.property('details').with.length(3);
  });

  it('reports wrong usage with exit code 2, also as JSON', async () => {
    const { code, stderr } = await run(['order', '--json'], { env });

    expect(code).to.equal(2);
    expect(jsonLines(stderr)[0]).to.have.nested.property('error.type', 'Usage');
  });

  it('makes the queues, tables and log group once, whoever names them', async () => {
    const setUp = () => run(['setup', '--prefix', 'shop', '--json'], { env: configured() });
    const done = (ended: Ended) => jsonLines(ended.stdout).map((resource) => resource['done']);
    const first = await setUp();

    expect(done(first)).to.deep.equal(Array(8).fill('made'));
    expect(done(await setUp())).to.deep.equal(Array(8).fill('found'));
  });

  it('prints what it made as lines for a shell', async () => {
    const named = { EVENTS_TABLE: 'log-of-mine' };
    const { stdout, stderr } = await run(['setup', '--prefix', 'two'], { env: configured(named) });

    expect(stdout.trim().split('\n')).to.have.length(8);
    expect(stdout).to.include("export EVENTS_TABLE='log-of-mine'\n");
    expect(stdout).to.match(/export PAYMENTS_QUEUE_URL='http:.*\/two-payments'/);
    expect(stderr).to.include('verify the address');
  });

  it('sends nothing of a file with one wrong order, and reports reasons by line', async () => {
    const file = join(folder.path, 'wrong.jsonl');
    const lines = [order('fine'), { ...order('bad'), currency: 'EURO' }, 'no order', '{'];
    const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    await writeFile(file, texts.join('\n'));
    const { code, stdout, stderr } = await embedded(['submit', file]);

    expect(code).to.equal(1);
    expect(stdout).to.equal('');
    expect(stderr).to.include('3 of 4 orders cannot be placed; nothing was sent');
    expect(stderr)
      .to.match(/^ +line 2(, [\w-]+)?: currency/m)
      .and.match(/^ +line 3[,:]/m)
      .and.match(/^ +line 4[,:]/m);
  });

  it('takes orders to their receipts, and shows them', async () => {
    const message = { type: 'PlaceOrder', v: 1, ...order('by-stdin') };
    const file = join(folder.path, 'orders.json');
    await writeFile(file, JSON.stringify([order('paid'), declined], undefined, 2));
    const worker = start(['worker', '--embedded', '--json'], env);
    const settled = new Set<string>();
    const allSettled = lineOf(worker, (line) => {
      const { event, service, orderId, disposition } = JSON.parse(line) as Record<string, string>;
      const isDone = event === 'message.handled' && disposition === 'Acknowledge';
      if (isDone && service === 'payments') settled.add(orderId ?? '');
      return ['paid', 'declined', 'by-stdin'].every((id) => settled.has(id));
    });
    const [byFile, byStdin] = await Promise.all([
      embedded(['submit', file]),
      embedded(['submit', '-', '--json'], JSON.stringify(message)),
    ]);
    expect(byFile).to.deep.include({ code: 0, stdout: 'paid\ndeclined\n2 orders accepted\n' });
    expect(jsonLines(byStdin.stdout)).to.have.length(1);
    await allSettled;

    expect(await worker.stop()).to.equal(0);
    const [text, json, invoice, unpaid, unknown] = await Promise.all([
      embedded(['order', 'paid']),
      embedded(['order', 'declined', '--json']),
      embedded(['invoice', 'by-stdin', '--json']),
      embedded(['invoice', 'declined']),
      embedded(['order', 'nobody', '--json']),
    ]);
    expect(text.stdout).to.match(/^status +paid$/m);
    expect(text.stdout).to.match(
      /^ *4 .* InvoiceIssued +INV-\d{4}-\d{6}: EUR 39.98 \+ tax EUR 7.60 = EUR 47.58$/m,
    );
    expect(JSON.parse(json.stdout)).to.deep.include({ orderId: 'declined', status: 'declined' });
    expect(JSON.parse(invoice.stdout)).to.deep.include({
      orderId: 'by-stdin',
      total: { minor: 4758, currency: 'EUR', exponent: 2 },
    });
    expect(unpaid.code).to.equal(1);
    expect(unpaid.stderr).to.include('there is no invoice for the order "declined"');
    expect(unknown.code).to.equal(1);
    expect(jsonLines(unknown.stderr)[0]).to.have.nested.property('error.type', 'UnknownOrder');
  });

  it('finds row by row how the invoices differ from the events', async () => {
    const view = createDynamoDbInvoiceView(
      createDynamoDbClient({
        region: EMBEDDED_REGION,
        endpoint: started.addresses.dynamodb,
        credentials: EMBEDDED_CREDENTIALS,
      }),
      { table: 'paidonce-invoices' },
    );
    const before = await embedded(['replay', 'invoices', '--dry-run']);
    await view.putIfNewer({ orderId: 'made-up', version: 1, document: '{}' });
    const after = await embedded(['replay', 'invoices', '--dry-run', '--json']);

    expect(before.code).to.equal(0);
    expect(after.code).to.equal(1);
    const [difference, summary] = jsonLines(after.stdout);
    expect(difference).to.deep.include({ type: 'Unfounded', orderId: 'made-up' });
    expect(summary).to.include({ dryRun: true, differences: 1, written: 0 });
  });

  it('stops without a stack trace when nobody reads on', async () => {
    const { code, stderr } = await runUnread(
      ['submit', '--generate', '500', '--json', '--embedded'],
      env,
    );
    expect(jsonLines(stderr)[0]).to.have.nested.property('error.type', 'Aborted');
    expect(jsonLines(stderr)).to.have.length(1);
    expect(code).to.equal(1);
  });
});

const order = (orderId: string) => ({
  orderId,
  customer: { id: 'c-42', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    {
      sku: 'BOOK-1',
      description: 'A book',
      quantity: 2,
      unitPriceMinor: 1999,
      taxRateBps: 1900,
    },
  ],
  paymentMethod: 'pm_card_visa',
});

const declined = { ...order('declined'), paymentMethod: 'pm_card_visa_chargeDeclined' };
