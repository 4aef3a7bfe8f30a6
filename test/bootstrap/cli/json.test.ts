import { join } from 'node:path';
import { expect } from 'chai';
import { JSON_OUTPUTS } from '../../../src/bootstrap/jsonOutput/index.ts';
import {
  jsonLines,
  lineOf,
  run,
  start,
  type Env,
  type InProcessCommand,
} from '../../support/cli.ts';
import { openPassingWaits } from '../../support/passingWaits.ts';
import { describeInTurn } from '../../support/runs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

/** What runs until it is stopped, or runs all the others, is checked where it is tested. */
const ELSEWHERE = ['demo', 'lambda', 'servers', 'worker'];

/** `run` compares each line with its schema: what is tested here is that none is left out. */
describeInTurn(2, '--json', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand;
  let waits: ReturnType<typeof openPassingWaits>;
  const printed = new Set<string>();

  before(async () => {
    folder = await makeTemporaryFolder();
    waits = openPassingWaits();
    env = { PAIDONCE_DATA_DIR: join(folder.path, 'data'), RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--embedded', '--json'], env);
    await lineOf(worker, (line) => line.includes('worker.started'));
  });

  after(async () => {
    await worker.stop();
    waits.end();
    await folder.remove();
  });

  const paidonce = async (line: string, input?: string) => {
    const args = line
      .split(' ')
      .map((arg) => (/^(pi|re|du)_/.test(arg) ? arg : arg.replaceAll('_', ' ')));
    const ended = await run([...args, '--embedded', '--json'], {
      env,
      ...(input === undefined ? {} : { input }),
    });
    const command = Object.keys(JSON_OUTPUTS).find((name) => `${line} `.startsWith(`${name} `));
    const lines = jsonLines(ended.stdout);
    expect(lines, `${line}: ${ended.stderr}`).to.have.length.greaterThan(0);
    if (command !== undefined) printed.add(command);
    return lines;
  };

  const place = (orderId: string, paymentMethod = 'pm_card_visa') =>
    paidonce('submit -', JSON.stringify({ ...ORDER, orderId, paymentMethod }));

  /** A first look is what another command does, so that the order is waited for. */
  const settled = async (orderId: string): Promise<void> => {
    await paidonce(`resume ${orderId} --wait 20`);
  };

  it('of every command is as its schema says', async () => {
    await Promise.all([
      place('paid'),
      place('wrong', 'pm_sandbox_wrong_amount'),
      place('declined', 'pm_card_visa_chargeDeclined'),
    ]);
    await settled('paid');
    await settled('declined');
    await paidonce('order paid');
    await paidonce('order paid --at 2');
    await paidonce('order declined');
    await paidonce('invoice paid --at 4');
    await paidonce('invoice paid');
    await paidonce('trace paid');
    await paidonce('refund paid --line 1:1 --by ada --reason asked --dry-run');
    await paidonce('refund paid --line 1:1 --id r-1 --by ada --reason asked --yes --wait 20');
    await paidonce('refund paid --line 1:1 --id r-1 --by ada --reason asked --yes');
    await paidonce('invoice paid');
    await paidonce('correct-email paid --email new@example.com --by ada --reason asked --wait 20');
    await paidonce('sandbox ledger');
    await paidonce('sandbox refund paid');
    await paidonce('status');
    await paidonce('audit --gateway --queues --grace 0s');
    await paidonce('status');
    await paidonce('status --scan');
    await paidonce('review adopt paid --by ada --reason dashboard --wait 30');
    await paidonce('cancel paid --by ada --reason late --yes --wait 30');
    await paidonce('order paid');

    await paidonce('review list');
    await paidonce(
      'review resolve --all --cause amount --as captured --by a --evidence e --dry-run',
    );
    await paidonce('review show wrong');
    await paidonce('order wrong');
    const [deadLetter] = await paidonce('dlq list');
    const id = String(deadLetter?.['messageId']);
    await paidonce(`dlq show ${id}`);
    await paidonce(`dlq redrive --id ${id} --by ada --reason again --dry-run`);
    await paidonce(
      'review resolve wrong --as not-captured --by ada --evidence refunded --force --reason test',
    );
    await paidonce(`dlq discard --id ${id} --by ada --reason decided --force`);
    await place('strange', 'pm_sandbox_wrong_amount');
    await paidonce('dlq redrive --all --by ada --reason again --yes');

    await paidonce('series list');
    await paidonce('series floor INV --above 1000 --by ada --reason test --dry-run');
    await paidonce('series floor INV --above 1000 --by ada --reason test');
    await paidonce('reconcile --from-start');
    await paidonce('events replay --since 2026-01-01 --dry-run');
    await paidonce('replay invoices --dry-run');
    await paidonce('replay invoices --into paidonce-invoices-2');
    await paidonce('restored --by ada --reason test');
    await paidonce('gateway-account bind --by ada --reason test');
    await paidonce('setup');
    await paidonce('policies Webhooks --account 111122223333');
    await paidonce('doctor');
    await paidonce('sandbox faults');
    await paidonce('sandbox webhooks');
    const [authorised] = await paidonce('sandbox authorise --amount 47.58 --currency EUR');
    await paidonce(`sandbox expire ${String(authorised?.['payment'])}`);
    const [held] = await paidonce('sandbox authorise --amount 47.58 --currency EUR');
    await paidonce(`sandbox cancel ${String(held?.['payment'])}`);
    const [other] = await paidonce('sandbox authorise --amount 47.58 --currency EUR');
    await paidonce(`sandbox capture ${String(other?.['payment'])}`);
    const [paid] = await paidonce('sandbox pay --amount 5000 --currency JPY --order o-1');
    const [refund] = await paidonce(`sandbox refund ${String(paid?.['payment'])} --amount 5`);
    await paidonce(`sandbox settle ${String(refund?.['id'])} --fails`);
    const [dispute] = await paidonce(`sandbox dispute ${String(paid?.['payment'])}`);
    await paidonce(`sandbox dispute-close ${String(dispute?.['id'])} --won`);
    await paidonce('sandbox save');
    await waits.during(() => paidonce(`erase ${ORDER.customer.id} --by ada --reason asked --yes`));
    await paidonce('load --orders 2 --no-cost');
    await paidonce('completion bash');

    expect([...printed, ...ELSEWHERE]).to.have.members(Object.keys(JSON_OUTPUTS));
  });

  it('of an error is one line on standard error, and nothing on standard output', async () => {
    for (const line of ['order nobody', 'order', 'order x --at yesterday', 'submit nowhere.json']) {
      const ended = await run([...line.split(' '), '--embedded', '--json'], { env });

      expect(ended.stdout, line).to.equal('');
      const [failure, ...more] = jsonLines(ended.stderr);
      expect(failure, line).to.have.keys('error');
      expect(more, line).to.deep.equal([]);
      expect(ended.code, line).to.be.oneOf([1, 2]);
    }
  });
});

const ORDER = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'B', description: 'Book', quantity: 2, unitPriceMinor: 1999, taxRateBps: 1900 }],
};
