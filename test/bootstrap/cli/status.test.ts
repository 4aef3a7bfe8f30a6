import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { jsonLines, lineOf, run, start, type Ended, type Env } from '../../support/cli.ts';
import type { InProcessCommand } from '../../support/cli.ts';
import { until } from '../../support/until.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { deploymentEnv, untilHandled } from './awsEnv.ts';

const orderOf = (orderId: string, paymentMethod: string) => ({
  orderId,
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    { sku: 'BOOK-1', description: 'Book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 },
  ],
  paymentMethod,
});
const ORDERS = [orderOf('paid', 'pm_card_visa'), orderOf('wrong', 'pm_sandbox_wrong_amount')];

describe('paidonce status', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let local: Env;
  let env: Env;
  let worker: InProcessCommand;

  const status = (...args: readonly string[]): Promise<Ended> => run(['status', ...args], { env });
  const valueOf = async (...args: readonly string[]) =>
    jsonLines((await status('--json', ...args)).stdout)[0] ?? {};

  before(async () => {
    folder = await makeTemporaryFolder();
    local = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--embedded', '--json'], local);
    const allHandled = untilHandled(worker, ORDERS);
    await lineOf(worker, (line) => line.includes('worker.started'));
    ({ env } = await deploymentEnv(local));
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, ORDERS.map((order) => JSON.stringify(order)).join('\n'));
    const submitted = await run(['submit', file, '--embedded'], { env: local });
    expect(submitted.code).to.equal(0);
    await allHandled;
  });

  after(async () => {
    const code = await worker.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  it('shows queues, dead letters, totals and workers, and what it does not know', async () => {
    // While the reconciler looks at the dead letters they are hidden from others, and records come
    // in batches.
    const { code, stdout } = await until('a status with the dead letter', async (see) => {
      const shown = await status();
      see(shown.stdout);
      return /ReviewRequired[^]*1 of payments/.test(shown.stdout) ? shown : undefined;
    });

    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^payments-dlq +~\d +~\d +~0 +< 1 min$/m)
      .and.match(/^ReviewRequired: amount +payments +1 +0 min$/m)
      .and.match(/^EUR +1 +EUR 47\.58 +0 +EUR 0\.00$/m)
      .and.match(/^workers heard of in 10 min: .*1 of payments/m)
      .and.match(/^This look cost [\d.]+ read units and \d+ requests of SQS: 0\.\d+ USD\.$/m)
      .and.include('no audit was recorded yet')
      .and.not.include('ada@example.com');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).to.be.at.most(80);
  });

  it('knows what the last audit counted, unless that was not recorded', async () => {
    const audit = (...args: readonly string[]) =>
      run(['audit', '--grace', '0s', '--json', ...args], { env });
    expect(jsonLines((await audit('--no-record')).stdout).at(-1)).to.include({ recorded: false });
    expect(await valueOf()).to.not.have.any.keys('lastAudit', 'orders');
    expect(jsonLines((await audit()).stdout).at(-1)).to.include({ recorded: true });

    const { orders, lastAudit } = await valueOf();
    expect(orders).to.deep.include({ source: 'audit' });
    expect(orders).to.have.nested.property('inReview.count', 1);
    expect(lastAudit).to.have.property('findings', 0);
    expect((await status()).stdout)
      .to.match(/^ {2}in review 1, the oldest for 0 min$/m)
      .and.match(/^last audit: 0 min ago, \d+ commits, nothing found$/m);
  });

  it('counts what is open now with --scan, by the reason of each review', async () => {
    const { orders } = await valueOf('--scan');

    expect(orders).to.deep.include({ source: 'log', isWhole: true });
    expect(orders).to.have.nested.property('reviews[0].reason', 'amount');
    expect((await status('--scan')).stdout).to.match(/^ {4}amount 1, the oldest for/m);
    expect((await valueOf('--scan', '1'))['orders']).to.have.property('isWhole', false);
  });

  it('is shown again and again with --watch, until it is stopped', async () => {
    const watch = start(['status', '--watch', '1', '--json'], env);
    let looks = 0;
    await lineOf(watch, (line) => {
      looks += 1;
      return line.includes('"queues"') && looks === 2;
    });
    expect(await watch.stop()).to.equal(0);
  });

  it('shows the rest where a part cannot be known, and fails', async () => {
    const { code, stdout } = await run(['status', '--no-logs', '--no-dead-letters'], {
      env: { ...env, NOTIFICATIONS_QUEUE_URL: `${env['NOTIFICATIONS_QUEUE_URL']}-gone` },
    });

    expect(code).to.equal(1);
    expect(stdout)
      .to.match(/^not known: queue notifications, since /m)
      .and.match(/^payments +~0/m)
      .and.match(/^payments-dlq .* not looked at$/m)
      .and.not.include('workers heard');
  });

  it('asks for no settings of a part that is left out, nor for a gateway or mail', async () => {
    const { code, stderr } = await run(['status', '--no-logs'], { env: {} });

    expect(code).to.equal(2);
    expect(stderr).to.include('PAYMENTS_DLQ_URL').and.include('EVENTS_TABLE');
    expect(stderr).to.not.match(/STRIPE|MAIL|LOG_GROUP/);
  });
});
