import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { toAttribute } from '../../../src/adapters/dynamodb/attributes.ts';
import { jsonLines, run, type Ended, type Env } from '../../support/cli.ts';
import { openNotifiedOrders, type NotifiedOrders } from '../../support/notifiedOrders.ts';

const ORDERS = 5;

describe('paidonce audit', () => {
  let world: NotifiedOrders;
  let env: Env;
  let client: DynamoDBClient;
  let orderIds: readonly string[];

  before(async () => {
    world = await openNotifiedOrders(ORDERS);
    ({ env, client, orderIds } = world);
  });
  after(() => world.close());

  const audit = (...args: readonly string[]): Promise<Ended> =>
    run(['audit', '--embedded', ...args], { env });

  const keyOf = (orderId: string, version: number) => ({
    streamId: toAttribute(`order#${orderId}`),
    version: toAttribute(version),
  });

  it('finds nothing in a day’s records, and says so only of what it looked at', async () => {
    const [text, queues] = await Promise.all([audit('--grace', '0s'), audit('--queues', '--json')]);

    expect(text.stdout)
      .to.match(/^captured +5$/m)
      .and.match(/^INV +5$/m)
      .and.match(/^told +holds +/m)
      .and.match(/^sealed +holds +/m)
      .and.match(/^obligations +not checked +/m)
      .and.match(/^gateway +not checked +/m)
      .and.match(/nothing was found\.$/m);
    expect(text.stdout).not.to.include('@');
    expect(text.code).to.equal(0);
    const [report, ...more] = jsonLines(queues.stdout);
    expect(more).to.deep.equal([]);
    expect(report).to.have.nested.property('invariants.obligations', 0);
    expect(report).to.have.nested.property('invariants.gateway', 'not checked');
    expect(queues.code).to.equal(0);
  });

  it('asks for its own parts’ settings: no gateway, no mail, a queue only if read', async () => {
    const [alone, queues] = await Promise.all([
      run(['audit'], { env }),
      run(['audit', '--queues'], { env }),
    ]);

    expect(alone.stderr)
      .to.include('EVENTS_TABLE is missing')
      .and.not.match(/STRIPE|MAIL|QUEUE|DLQ/);
    expect(alone.code).to.equal(2);
    expect(queues.stderr)
      .to.include('EVENTS_TABLE is missing')
      .and.include('NOTIFICATIONS_DLQ_URL is missing');
    expect(queues.code).to.equal(2);
  });

  it('reports wrong options with exit code 2', async () => {
    const ended = await Promise.all([audit('--grace', 'soon'), audit('--segments', '0')]);
    expect(ended.map(({ code }) => code)).to.deep.equal([2, 2]);
  });

  it('names what too many rights did, and exits with 1 (S6, S7, S9, F16, F18, F22)', async () => {
    const { EVENTS_TABLE: events = '', INVOICES_TABLE: invoices = '' } = world.embedded.settings;
    const [edited = '', cut = '', unbooked = ''] = orderIds;
    const got = await client.send(new GetItemCommand({ TableName: events, Key: keyOf(edited, 3) }));
    const damaged = { ...got.Item, idempotencyKey: toAttribute('another') };
    await client.send(new PutItemCommand({ TableName: events, Item: damaged }));
    await client.send(new DeleteItemCommand({ TableName: events, Key: keyOf(cut, 1) }));
    const row = { orderId: toAttribute(unbooked) };
    await client.send(new DeleteItemCommand({ TableName: invoices, Key: row }));

    const [json, text] = await Promise.all([
      audit('--grace', '0s', '--json'),
      audit('--grace', '0s'),
    ]);

    const lines = jsonLines(json.stdout);
    const named = lines
      .slice(0, -1)
      .map(({ type, invariant, streamId, version }) => [type, invariant, streamId, version]);
    expect(named).to.have.deep.members([
      ['finding', 'readable', `order#${edited}`, 3],
      ['finding', 'contiguous', `order#${cut}`, 3],
      ['finding', 'rows', `order#${unbooked}`, 4],
    ]);
    expect(lines.at(-1)).to.have.property('type', 'report');
    expect(json.code).to.equal(1);
    expect(text.stdout)
      .to.include(`order#${unbooked}, version 4: the row is missing`)
      .and.match(/^rows +1 finding +/m)
      .and.match(/^money +holds, but for 2 unreadable +/m)
      .and.match(/: 3 findings\.$/m);
    expect(text.code).to.equal(1);
  });
});
