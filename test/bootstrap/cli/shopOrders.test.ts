import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { formatAmount } from '../../../src/domain/money/index.ts';
import { jsonLines, run, start, lineOf } from '../../support/cli.ts';
import type { Ended, Env, InProcessCommand } from '../../support/cli.ts';
import { shopOrders } from '../../support/shopOrders.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until as seen } from '../../support/until.ts';
import { describeInTurn, someOf } from '../../support/runs.ts';

describeInTurn(2, 'orders as shop systems have them, on the embedded servers', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand;
  const systems = Map.groupBy(shopOrders(), ({ name }) => name.split('/')[0]);
  const orders = [...systems.values()].flatMap((ofSystem) => someOf(1, ofSystem));

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded', '--json'], { env });

  const shown = async (orderId: string): Promise<ShownOrder | undefined> => {
    const { code, stdout } = await paidonce('order', orderId);
    return code === 0 ? (jsonLines(stdout)[0] as ShownOrder | undefined) : undefined;
  };

  const until = (orderId: string, isIt: (order: ShownOrder) => boolean): Promise<ShownOrder> =>
    seen(
      `order ${orderId} is as it is waited for`,
      async (see) => {
        const order = await shown(orderId);
        see(order?.sums);
        return order !== undefined && isIt(order) ? order : undefined;
      },
      { everyMs: 200, withinMs: 120_000 },
    );

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000', ...SELLER };
    worker = start(['worker', '--embedded', '--json'], env);
    worker.stderr.resume();
    await lineOf(worker, (line) => line.includes('worker.started'));
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.map(({ message }) => JSON.stringify(message)).join('\n'));
    const { code, stderr } = await paidonce('submit', file);
    expect(code, stderr).to.equal(0);
  });

  after(async () => {
    const code = await worker.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  for (const { name, shopTotal, message } of orders) {
    const { orderId, currency, prepaid = [] } = message;
    const before = prepaid.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
    const payable = message.expectedTotalMinor - before;

    it(`goes from its file to nothing left: ${name}, ${currency} ${shopTotal}`, async () => {
      const paid = await until(orderId, ({ invoice }) => invoice.status === 'issued');
      expect(paid.status).to.equal('paid');
      expect(paid.sums.captured.minor).to.equal(payable);
      const { total, roundingAmount, payable: toPay } = paid.placed;
      expect(formatAmount(total.minor + roundingAmount.minor, currency)).to.equal(
        `${currency} ${shopTotal}`,
      );
      expect(toPay.minor).to.equal(payable);

      const file = join(folder.path, `${orderId}.pdf`);
      const written = await paidonce('invoice', orderId, '--pdf', file);
      expect(written.code, written.stderr).to.equal(0);
      expect((await readFile(file)).subarray(0, 8).toString('latin1')).to.equal('%PDF-1.7');
      if (message.expectedTotalMinor === 0) return;

      const by = ['--by', 'ada', '--reason', 'came back', '--yes'];
      const pieces = Math.min(1, Number(message.lines[0]?.quantity));
      const part = ['refund', orderId, '--line', `1:${pieces}`, '--id', 'part', ...by];
      const first = await paidonce(...part);
      expect(first.code, first.stderr).to.equal(0);
      const { sums } = await until(orderId, ({ refunds }) =>
        refunds.some(({ status }) => status === 'succeeded'),
      );
      if (sums.rest.minor > 0) {
        const rest = await paidonce('refund', orderId, '--id', 'rest', ...by);
        expect(rest.code, rest.stderr).to.equal(0);
      }
      const back = await until(orderId, (order) => order.sums.refunded.minor === payable);
      expect(back.sums.rest.minor).to.equal(0);
    });
  }

  it('agree with the ledger of the gateway, as an audit says', async () => {
    const { code, stdout } = await paidonce('audit', '--gateway');
    expect(code, stdout).to.equal(0);
  });

  it('leave no dead letter', async () => {
    const { stdout } = await paidonce('dlq', 'list');
    expect(jsonLines(stdout).at(-1)).to.have.nested.property('summary.found', 0);
  });
});

const SELLER = {
  SELLER_NAME: 'A shop',
  SELLER_STREET: 'Main Street 1',
  SELLER_POSTAL_CODE: '12345',
  SELLER_CITY: 'A town',
  SELLER_COUNTRY: 'DE',
  SELLER_VAT_ID: 'DE123456789',
};

type Amount = { readonly minor: number };

type ShownOrder = {
  readonly status: string;
  readonly sums: Readonly<Record<'captured' | 'refunded' | 'rest', Amount>>;
  readonly placed: Readonly<Record<'total' | 'roundingAmount' | 'payable', Amount>>;
  readonly invoice: { readonly status: string };
  readonly refunds: readonly { readonly refundId: string; readonly status: string }[];
};
