import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { BOOK_LINES } from '../../support/bookOrder.ts';
import { jsonLines, lineOf, run, start, type InProcessCommand } from '../../support/cli.ts';
import { openPassingWaits } from '../../support/passingWaits.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { untilHandled } from './awsEnv.ts';
import { describeInTurn } from '../../support/runs.ts';

const NAME = 'Ada Lovelace';
const BY = ['--by', 'ada', '--reason', 'ticket 815'] as const;

describeInTurn(1, 'erase of a customer with open orders', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Readonly<Record<string, string>>;
  let worker: InProcessCommand;
  let waits: ReturnType<typeof openPassingWaits>;

  const paidonce = async (...args: readonly string[]) => {
    const ended = await run([...args, '--embedded', '--json'], { env });
    return { ...ended, value: jsonLines(ended.stdout).at(-1) ?? {} };
  };
  const place = async (...orders: readonly ReturnType<typeof orderOf>[]) => {
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.map((order) => JSON.stringify(order)).join('\n'));
    const handled = untilHandled(worker, orders);
    const sent = await paidonce('submit', file);
    expect(sent.code, sent.stderr).to.equal(0);
    await handled;
  };
  const erase = (...args: readonly string[]) =>
    waits.during(() => paidonce('erase', 'c-1', ...BY, ...args));
  const become = (orderId: string, status: string) =>
    until(`the order ${orderId} is ${status}`, async (see) => {
      const { value } = await paidonce('order', orderId);
      see(value['status']);
      return value['status'] === status ? true : undefined;
    });
  const buyerOf = async (what: 'order' | 'invoice', orderId: string) => {
    const { value } = await paidonce(what, orderId);
    const shown = what === 'order' ? Object(value['placed']) : value;
    return Object(shown['buyer'])['name'] as unknown;
  };

  before(async () => {
    folder = await makeTemporaryFolder();
    waits = openPassingWaits();
    env = { PAIDONCE_DATA_DIR: join(folder.path, 'data'), RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--embedded', '--json'], env);
    await lineOf(worker, (line) => line.includes('worker.started'));
    // Captured with another amount than was asked for, so that a person has to decide.
    await place(orderOf('o-open', 'pm_sandbox_wrong_amount'), orderOf('o-paid', 'pm_card_visa'));
    await become('o-open', 'in review');
    await become('o-paid', 'paid');
  });

  after(async () => {
    const code = await worker.stop();
    waits.end();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('lists them in a dry run, and says by the exit code that it would refuse', async () => {
    const { code, value, stderr } = await erase('--dry-run');
    expect(code, stderr).to.equal(1);
    expect(value).to.deep.include({
      openOrders: [{ orderId: 'o-open', status: 'in review' }],
      refused: true,
      dryRun: true,
      erasures: 0,
    });
    expect((await erase('--dry-run', '--with-open-orders')).code).to.equal(0);
    const unasked = await erase('--with-open-orders');
    expect(unasked.code).to.equal(2);
    expect(unasked.stderr).to.include('Nobody can be asked here');
  });

  it('refuses with the list, says what can be done, and erases nothing', async () => {
    const { code, value, stderr } = await erase('--yes');
    expect(code).to.equal(1);
    expect(value).to.deep.include({
      openOrders: [{ orderId: 'o-open', status: 'in review' }],
      refused: true,
      erasures: 0,
    });
    expect(jsonLines(stderr).at(-1)).to.have.nested.property('error.type', 'OpenOrders');
    expect(stderr).to.include('--with-open-orders').and.include('will name “erased” for its buyer');
    expect(await buyerOf('order', 'o-open')).to.equal(NAME);
    expect(await buyerOf('order', 'o-paid')).to.equal(NAME);
  });

  it('erases with --with-open-orders, and their invoices say what was announced', async () => {
    await place(orderOf('o-later', 'pm_card_visa'));
    const { code, value, stderr } = await erase('--yes', '--with-open-orders');
    expect(code, stderr).to.equal(0);
    expect(value).to.deep.include({
      openOrders: [{ orderId: 'o-open', status: 'in review' }],
      erasures: 1,
    });
    expect(value).not.to.have.property('refused');
    expect(await buyerOf('order', 'o-open')).to.equal('erased');

    const seen = ['--as', 'captured', '--evidence', 'dashboard', '--by', 'ada'];
    const forced = ['--force', '--reason', 'the difference was given back by hand'];
    const resolved = await paidonce('review', 'resolve', 'o-open', ...seen, ...forced);
    expect(resolved.code, resolved.stderr).to.equal(0);
    await become('o-open', 'paid');
    expect(await buyerOf('invoice', 'o-open')).to.equal('erased');
  });

  it('leaves the invoices of before whole, also when they are credited afterwards', async () => {
    const refund = ['refund', 'o-paid', '--amount', '1.00', '--id', 'r-1', ...BY];
    const refunded = await paidonce(...refund, '--yes', '--wait');
    expect(refunded.code, refunded.stderr).to.equal(0);
    expect(await buyerOf('order', 'o-paid')).to.equal('erased');
    expect(await buyerOf('invoice', 'o-paid')).to.equal(NAME);
    expect(await buyerOf('invoice', 'o-later')).to.equal(NAME);
    const file = join(folder.path, 'note.html');
    const written = await paidonce('invoice', 'o-paid', '--refund', 'r-1', '--html', file);
    expect(written.code, written.stderr).to.equal(0);
    const { value } = await paidonce('invoice', 'o-paid');
    expect(await readFile(file, 'utf8'))
      .to.include(NAME)
      .and.include(String(value['label']));
  });

  it('gives an order of the same customer another key, and is then refused for it again', async () => {
    await place(orderOf('o-new', 'pm_sandbox_wrong_amount'));
    await become('o-new', 'in review');
    expect(await buyerOf('order', 'o-new')).to.equal(NAME);
    const { code, value } = await erase('--yes');
    expect(code).to.equal(1);
    expect(value).to.deep.include({ openOrders: [{ orderId: 'o-new', status: 'in review' }] });
    expect(await buyerOf('order', 'o-new')).to.equal(NAME);
  });
});

const orderOf = (orderId: string, paymentMethod: string) => ({
  type: 'PlaceOrder',
  v: 2,
  orderId,
  customer: { id: 'c-1', email: 'c-1@example.com' },
  currency: 'EUR',
  priceMode: 'net',
  lines: BOOK_LINES,
  buyer: {
    name: NAME,
    address: { street: 'Street 1', postalCode: '10115', city: 'Berlin', country: 'DE' },
  },
  payment: { type: 'method', paymentMethod },
});
