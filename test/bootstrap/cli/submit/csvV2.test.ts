import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { jsonLines, lineOf, run, start } from '../../../support/cli.ts';
import type { Ended, Env, InProcessCommand } from '../../../support/cli.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { until } from '../../../support/until.ts';
import { readText } from '../../../docs/markdown.ts';
import { describeInTurn } from '../../../support/runs.ts';

const CSV = readText('docs/orders.v2.csv');

describeInTurn(0, 'a CSV file of version 2, by the command line', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand;

  const paidonce = (...args: readonly string[]): Promise<Ended> =>
    run([...args, '--embedded', '--json'], { env });
  const submit = async (content: string): Promise<Ended> => {
    const path = join(folder.path, 'orders.csv');
    await writeFile(path, content);
    return run(['submit', path, '--embedded'], { env });
  };
  const shown = (orderId: string): Promise<ShownOrder> =>
    until(`${orderId} has its invoice`, async (see) => {
      const { code, stdout } = await paidonce('order', orderId);
      if (code !== 0) return undefined;
      const [order] = jsonLines(stdout) as readonly ShownOrder[];
      see(order?.status);
      return order?.invoice.status === 'issued' ? order : undefined;
    });

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--embedded', '--json'], env);
    worker.stderr.resume();
    await lineOf(worker, (line) => line.includes('worker.started'));
  });

  after(async () => {
    const code = await worker.stop();
    await folder.remove();
    expect(code).to.equal(0);
  });

  for (const [what, from, to, ...why] of [
    ['a decimal comma', '0.5,KGM', '"0,5",KGM', /lines 2 to 3, shop-2001: lines\[1\]\.quantity/u],
    ['an exponent', ',23.90,', ',2e1,', /lines 2 to 3, shop-2001: lines\[1\]\.unitPrice: is not/u],
    ['a rate of words', 'GST,5', 'GST,five', /line 4, shop-2002: lines\[0\]\.taxes\[0\]\.rate/u],
    [
      'a tax category, which no column has',
      'tax.rate',
      'tax.category',
      /column 15: tax\.category/u,
    ],
    ['a missing column', ',unitPrice,', ',', /line 1: .*/u, /unitPrice/u],
    ['another total', ',3193,', ',3194,', /shop-2001: expectedTotalMinor: .*31\.94.*31\.93/u],
    [
      'a line break in a quoted cell',
      'Coffee, roasted',
      'Coffee,\nroasted',
      /lines 2 to 3, shop-2001: lines\[1\]\.description: .* no control characters/u,
    ],
    ['a cell too few', ',GST,5', ',GST', /line 4: has 14 cells.*15 columns/u],
    ['a price mode that is none', ',CAD,net', ',CAD,netto', /line 4, shop-2002: priceMode: is/u],
  ] as const) {
    it(`of which nothing goes in for one mistake, at its place: ${what}`, async () => {
      expect(CSV).to.include(from);
      const { code, stdout, stderr } = await submit(CSV.replace(from, to));
      expect([code, stdout]).to.deep.equal([1, '']);
      expect(stderr).to.include('nothing was sent');
      for (const reason of why) expect(stderr).to.match(reason);
      for (const orderId of ['shop-2001', 'shop-2002']) {
        expect((await paidonce('order', orderId)).code, orderId).not.to.equal(0);
      }
    });
  }

  it('goes to charge and invoice, as a spreadsheet writes it', async () => {
    const { code, stderr } = await submit(`\uFEFF${CSV.replaceAll('\n', '\r\n')}`);
    expect(code, stderr).to.equal(0);
    const [gross, net] = [await shown('shop-2001'), await shown('shop-2002')];
    expect([gross.status, gross.sums.captured.minor]).to.deep.equal(['paid', 3_193]);
    // 250 × 0.042 is 10.50, and GST 0.53 of it.
    expect([net.status, net.sums.captured.minor]).to.deep.equal(['paid', 1_103]);
  });

  it('goes in with semicolons, too, and as other orders', async () => {
    const semicolons = CSV.replaceAll('shop-200', 'shop-300')
      .replace('"Tea, a ""short"" history"', '"Tea; a ""short"" history"')
      .replace('"Coffee, roasted"', 'Coffee')
      .replace('"Paper, a sheet"', 'Paper')
      .replaceAll(',', ';');
    const { code, stderr } = await submit(semicolons);
    expect(code, stderr).to.equal(0);
    expect((await shown('shop-3001')).sums.captured.minor).to.equal(3_193);
  });

  it('leaves what an audit finds nothing against', async () => {
    const { code, stdout } = await paidonce('audit', '--gateway');
    expect(code, stdout).to.equal(0);
  });
});

type ShownOrder = {
  readonly status: string;
  readonly sums: { readonly captured: { readonly minor: number } };
  readonly invoice: { readonly status: string };
};
