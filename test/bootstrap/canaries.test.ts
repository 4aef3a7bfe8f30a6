import {
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { EMBEDDED_STRIPE_KEY, readMailbox } from '../../src/adapters/embedded/index.ts';
import { unpackText } from '../../src/adapters/eventStore/packing.ts';
import { fingerprint } from '../../src/adapters/system/ids.ts';
import { BOOK_LINES } from '../support/bookOrder.ts';
import { jsonLines, lineOf, run, start, type Env, type InProcessCommand } from '../support/cli.ts';
import { testClient } from '../support/dynamoDb.ts';
import { openOtlpReceiver } from '../support/otlpReceiver.ts';
import { openPassingWaits } from '../support/passingWaits.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { deploymentEnv } from './cli/awsEnv.ts';
import { describeInTurn } from '../support/runs.ts';

/** Each stands in one place alone, so that a failure says where it came from. */
/** No digits alone: the times and ids of spans have any of them. */
const POSTAL_CODE = 'SW1A 1AA';

const CANARIES = {
  placed: 'canary-of-a-placed-order',
  other: 'canary-of-another-customer',
  refused: 'canary-of-a-refused-order',
  corrected: 'canary-of-a-correction',
  buyer: 'canary-of-a-buyer',
};
const address = (canary: keyof typeof CANARIES): string => `${CANARIES[canary]}@example.com`;

describeInTurn(1, 'The tables of a deployment', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let worker: InProcessCommand;
  let waits: ReturnType<typeof openPassingWaits>;
  let env: Env;
  let ses: string;
  let client: DynamoDBClient;
  let traces: Awaited<ReturnType<typeof openOtlpReceiver>>;

  const paidonce = async (...args: readonly string[]) => {
    const ended = await run([...args, '--json'], { env });
    return { ...ended, value: jsonLines(ended.stdout).at(-1) ?? {} };
  };
  const erase = (...args: readonly string[]) =>
    waits.during(() => paidonce('erase', ...args, ...BY));
  const submit = async (...orders: readonly object[]) => {
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.map((order) => JSON.stringify(order)).join('\n'));
    return run(['submit', file], { env });
  };
  const mailsTo = async (to: string) =>
    (await readMailbox(ses)).filter((mail) => mail.to === to).map(({ subject }) => subject);
  const mailsOf = async (orderId: string) =>
    (await paidonce('order', orderId)).value['mails'] as Readonly<Record<string, string>>;
  const become = (orderId: string, notice: string, status: string) =>
    until(`the notice ${notice} of ${orderId} is ${status}`, async (see) => {
      const mails = await mailsOf(orderId);
      see(mails);
      return mails?.[notice] === status ? true : undefined;
    });

  before(async () => {
    folder = await makeTemporaryFolder();
    waits = openPassingWaits();
    traces = await openOtlpReceiver();
    const tracing = {
      OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    };
    const local = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000', ...tracing };
    worker = start(['worker', '--embedded', '--json'], local);
    await lineOf(worker, (line) => line.includes('worker.started'));
    const { addresses, env: deployed } = await deploymentEnv(local);
    ({ ses } = addresses);
    const gateway = { STRIPE_SECRET_KEY: EMBEDDED_STRIPE_KEY, STRIPE_API_URL: addresses.stripe };
    env = { ...deployed, ...gateway, ...tracing };
    client = testClient(addresses.dynamodb);
    const orders = [orderOf('o-1', 'c-1', 'placed'), orderOf('o-2', 'c-2', 'other')];
    const sent = await submit(...orders);
    expect(sent.code, sent.stderr).to.equal(0);
    await sendRaw(env['PAYMENTS_QUEUE_URL'] ?? '', BOUGHT);
    await become('o-1', 'receipt', 'sent');
    await become('o-5', 'receipt', 'sent');
    await become('o-2', 'receipt', 'sent');
  });

  after(async () => {
    client.destroy();
    const code = await worker.stop();
    waits.end();
    await traces.close();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('hold nothing personal that could be read, whatever became of an order', async () => {
    const correct = ['correct-email', 'o-1', '--email', address('corrected'), '--by', 'ada'];
    expect((await paidonce(...correct, '--reason', 'mistyped', '--wait')).code).to.equal(0);
    const { PAYMENTS_QUEUE_URL: url = '' } = env;
    // No currency of ISO 4217, so that the order is refused.
    await sendRaw(url, { ...orderOf('o-3', 'c-3', 'refused'), currency: 'EUX' });
    await until('the refusal is mailed', async () =>
      (await mailsTo(address('refused'))).length === 1 ? true : undefined,
    );
    await become('o-1', 'receipt@2', 'sent');

    expect((await paidonce('invoice', 'o-5')).value).to.have.nested.property(
      'buyer.name',
      CANARIES.buyer,
    );
    const dump = await readTables(client);
    // What is to be found is found: the tables were read.
    expect(dump.tables).to.have.members(['paidonce-events', 'paidonce-invoices', 'paidonce-keys']);
    for (const known of ['c-1', 'c-3', 'OrderPlaced', 'OrderRefused', 'CustomerEmailCorrected']) {
      expect(dump.text).to.include(known);
    }
    for (const canary of Object.values(CANARIES)) expect(dump.text).not.to.include(canary);
    // Of an address that is guessed it cannot be shown that it is the right one.
    const { type: _, v: __, ...content } = orderOf('o-1', 'c-1', 'placed');
    expect(dump.text).not.to.include(fingerprint(content));
  });

  it('and the records hold nothing personal either', async () => {
    const { stdout } = await run(['trace', 'o-1', '--json'], { env });
    for (const canary of Object.values(CANARIES)) expect(stdout).not.to.include(canary);
  });

  describe('when a customer is erased', () => {
    /** As a backup of the table of keys has them. */
    let backup: readonly Item[];

    before(async () => {
      backup = await itemsOf(client, 'paidonce-keys');
      const { code, value } = await erase('c-1', '--yes');
      expect(code).to.equal(0);
      expect(value).to.deep.include({ owner: 'customer#c-1', erasures: 1, ending: [] });
      const year = new Date().getUTCFullYear();
      expect(value['keys']).to.have.nested.property('[0].name', 'contact#1');
      expect(value['keys']).to.deep.include({
        name: `invoice-${year}#1`,
        endsAt: `${year + 11}-01-01T00:00:00.000Z`,
      });
    });

    it('have no key of the customer any more, and who erased and why', async () => {
      const { text } = await readTables(client);
      expect(text).to.include('PersonErased').and.include('ticket 815');
      const keys = (await itemsOf(client, 'paidonce-keys'))
        .filter(({ owner }) => owner?.S === 'customer#c-1')
        .map(({ name }) => name?.S);
      const kept = `invoice-${new Date().getUTCFullYear()}#1`;
      const marks = ['close contact#1', 'end contact#1', `end ${kept}`];
      expect(keys).to.have.members([...marks, kept]);
    });

    it('show the customer as erased, and others as before', async () => {
      const { value, stdout } = await paidonce('order', 'o-1');
      expect(value).to.have.nested.property('placed.customer.email', 'erased');
      expect(value).to.deep.include({ status: 'paid' });
      expect(stdout).not.to.include('canary');
      expect((await paidonce('order', 'o-2')).value).to.have.nested.property(
        'placed.customer.email',
        address('other'),
      );
      const found = await run(['order', address('placed')], { env });
      expect(found.code).to.equal(1);
    });

    it('show the buyer as erased, but on the invoice, which the law wants to be kept', async () => {
      expect((await paidonce('order', 'o-5')).value).to.have.nested.property(
        'placed.buyer.name',
        'erased',
      );
      expect((await paidonce('invoice', 'o-5')).value).to.have.nested.property(
        'buyer.name',
        CANARIES.buyer,
      );
    });

    it('let orders go on, whose mails are withheld, and that is recorded', async () => {
      const before = await mailsTo(address('corrected'));
      const refund = ['refund', 'o-1', '--amount', '1.00', '--id', 'r-1', ...BY, '--yes', '--wait'];
      expect((await paidonce(...refund)).code).to.equal(0);
      await become('o-1', 'credit#r-1@2', 'withheld');
      expect(await mailsTo(address('corrected'))).to.deep.equal(before);
      expect(await mailsTo('erased')).to.deep.equal([]);
    });

    it('take the order that comes again for the same, and another for another', async () => {
      await submit(orderOf('o-1', 'c-1', 'placed'));
      await sendRaw(env['PAYMENTS_QUEUE_URL'] ?? '', {
        ...orderOf('o-1', 'c-1', 'placed'),
        paymentMethod: 'pm_card_mastercard',
      });
      await until('the other order is refused', async () =>
        (await paidonce('dlq', 'list')).stdout.includes('PayloadConflict') ? true : undefined,
      );
      const deadLetters = jsonLines((await paidonce('dlq', 'list')).stdout);
      expect(
        deadLetters.filter((line) => JSON.stringify(line).includes('PayloadConflict')),
      ).to.have.length(1);
    });

    it('give the customer another key for another order', async () => {
      await submit(orderOf('o-4', 'c-1', 'placed'));
      await become('o-4', 'receipt', 'sent');
      expect((await paidonce('order', 'o-4')).value).to.have.nested.property(
        'placed.customer.email',
        address('placed'),
      );
      expect((await paidonce('order', 'o-1')).value).to.have.nested.property(
        'placed.customer.email',
        'erased',
      );
    });

    it('have the key again after a restore of it, until the erasure is made again', async () => {
      const isContact = ({ owner, name }: Item) =>
        owner?.S === 'customer#c-1' && name?.S === 'contact#1';
      const Item = backup.find(isContact);
      await client.send(new PutItemCommand({ TableName: 'paidonce-keys', Item }));
      const again = (...args: readonly string[]) => erase('--reapply', ...args);
      const dry = await again('--dry-run');
      expect(dry.value).to.deep.include({ owner: 'customer#c-1', younger: [], dryRun: true });
      expect(dry.value['keys']).to.have.length(1);
      expect(dry.code, dry.stderr).to.equal(1);
      expect((await itemsOf(client, 'paidonce-keys')).some(isContact)).to.equal(true);
      expect((await again()).code).to.equal(2);
      expect((await erase('c-1', '--reapply', '--yes')).code).to.equal(2);

      const done = await again('--yes');

      expect(done.code, done.stderr).to.equal(0);
      expect(done.value).to.have.nested.property('keys[0].name', 'contact#1');
      expect((await itemsOf(client, 'paidonce-keys')).some(isContact)).to.equal(false);
      const once = await again('--yes');
      expect(once).to.deep.include({ code: 0, stdout: '' });
      expect((await again('--dry-run')).code).to.equal(0);
    });

    it('are audited without a finding, and replayed to the same rows', async () => {
      const audit = await run(['audit'], { env });
      expect(audit.stdout + audit.stderr).not.to.include('canary');
      expect(audit.code, audit.stdout + audit.stderr).to.equal(0);
      const rows = await itemsOf(client, 'paidonce-invoices');
      expect((await run(['replay', 'invoices'], { env })).code).to.equal(0);
      expect(await itemsOf(client, 'paidonce-invoices')).to.deep.equal(rows);
    });

    it('are exported as evidence that holds nothing of the customer', async () => {
      const bundle = join(folder.path, 'evidence');
      const exported = await run(['audit', '--export', bundle], { env });
      expect(exported.code, exported.stderr).to.equal(0);
      const offline = await run(['audit', '--offline', bundle], { env: {} });
      expect(offline.code, offline.stdout + offline.stderr).to.equal(0);
    });

    it('are left alone by the same erasure once more', async () => {
      const { code, value } = await erase('c-2', '--yes');
      expect(code).to.equal(0);
      const again = await erase('c-2', '--yes');
      expect(again.code).to.equal(0);
      expect(again.value).to.deep.include({ keys: [], erasures: value['erasures'] });
    });

    it('know nobody whom no key is of', async () => {
      const { code, stderr } = await erase('c-nobody', '--yes');
      expect(code).to.equal(1);
      expect(stderr).to.include('UnknownPerson');
    });
  });

  describe('and the spans of all this', () => {
    it('hold nothing personal, no means of payment and no key', () => {
      const [spans, text] = [traces.spans(), traces.text()];
      const names = new Set(spans.map(({ name }) => name));
      expect([...names]).to.include.members([
        'submit orders',
        'gateway charge',
        'gateway refund',
        'append person',
        'send mail',
        'send paidonce-payments-dlq',
      ]);
      for (const secret of [...Object.values(CANARIES), '@example', 'pm_card', POSTAL_CODE]) {
        expect(text).not.to.include(secret);
      }
      expect(text).not.to.include(EMBEDDED_STRIPE_KEY);
      // Of people not even the ids.
      for (const { attributes } of spans) {
        expect(Object.values(attributes)).not.to.include.oneOf(['c-1', 'c-2', 'c-3']);
      }
    });
  });
});

const BY = ['--by', 'ada', '--reason', 'ticket 815'] as const;

const orderOf = (orderId: string, customerId: string, canary: keyof typeof CANARIES) => ({
  type: 'PlaceOrder',
  v: 1,
  orderId,
  customer: { id: customerId, email: address(canary) },
  currency: 'EUR',
  lines: [
    { sku: 'BOOK-1', description: 'A book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 },
  ],
  paymentMethod: 'pm_card_visa',
});

const BOUGHT = {
  ...orderOf('o-5', 'c-1', 'placed'),
  v: 2,
  priceMode: 'net',
  lines: BOOK_LINES,
  buyer: {
    name: CANARIES.buyer,
    address: {
      street: CANARIES.buyer,
      postalCode: POSTAL_CODE,
      city: CANARIES.buyer,
      country: 'DE',
    },
  },
  payment: { type: 'method', paymentMethod: 'pm_card_visa' },
  paymentMethod: undefined,
};

/** Past the checks of `submit`, as another sender would. */
const sendRaw = async (queueUrl: string, message: object): Promise<void> => {
  const response = await fetch(new URL(queueUrl).origin, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AmazonSQS.SendMessage',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, ' +
        'SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }),
  });
  expect(response.status).to.equal(200);
};

type Item = Record<string, AttributeValue>;

const itemsOf = async (client: DynamoDBClient, table: string): Promise<readonly Item[]> => {
  const items: Item[] = [];
  let after: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: table, ...(after && { ExclusiveStartKey: after }) }),
    );
    items.push(...(page.Items ?? []));
    after = page.LastEvaluatedKey;
  } while (after !== undefined);
  return items;
};

/** All that the tables hold, as whoever has a dump of them reads it: unpacked, and base64 too. */
const readTables = async (client: DynamoDBClient) => {
  const { TableNames: tables = [] } = await client.send(new ListTablesCommand({}));
  const texts: string[] = [];
  for (const table of tables) {
    for (const item of await itemsOf(client, table)) {
      for (const value of Object.values(item)) texts.push(...readings(value));
    }
  }
  return { tables, text: texts.join('\n') };
};

const readings = (value: AttributeValue): readonly string[] => {
  const plain = value.S ?? value.N ?? '';
  const bytes = value.B === undefined ? '' : Buffer.from(value.B).toString('latin1');
  const unpacked = value.B === undefined ? '' : unpackText(value.B).unwrapOr('');
  const texts = [plain, bytes, unpacked];
  const encoded = texts.flatMap((text) => text.match(/[\w+/-]{16,}={0,2}/g) ?? []);
  return [...texts, ...encoded.map((part) => Buffer.from(part, 'base64').toString('latin1'))];
};
