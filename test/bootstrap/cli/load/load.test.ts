import { join } from 'node:path';
import { expect } from 'chai';
import { reportText, type LoadReport } from '../../../../src/bootstrap/cli/load/report.ts';
import { lineOf, run, start, type Env, type InProcessCommand } from '../../../support/cli.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('paidonce load', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand;

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: join(folder.path, 'data'), RECEIVE_WAIT_MS: '1000' };
    worker = start(['worker', '--embedded', '--json'], env);
    await lineOf(worker, (line) => line.includes('worker.started'));
  });

  after(async () => {
    await worker.stop();
    await folder.remove();
  });

  const load = (...args: readonly string[]) => run(['load', '--embedded', ...args], { env });

  it('reports when its orders have ended', async () => {
    const { code, stdout } = await load('--orders', '12', '--rate', '50', '--no-cost', '--json');
    const report = JSON.parse(stdout) as Record<string, unknown>;

    expect(code).to.equal(0);
    expect(report).to.deep.include({ sent: 12, paid: 12, failures: [], shape: 'mixed' });
    expect(report).to.have.nested.property('latencyMs.p99').that.is.greaterThan(0);
    expect(report).not.to.have.property('cost');
  });

  it('is refused where it would last too long', async () => {
    for (const args of [
      ['--orders', '100000', '--rate', '1'],
      ['--wait', '2h'],
      ['--rate', '0'],
      ['--orders', '100001'],
      ['--shape', 'v3'],
    ]) {
      expect((await load(...args)).code, args.join(' ')).to.equal(2);
    }
  });
});

describe('The report of a load', () => {
  const report: LoadReport = {
    startedAt: 0,
    endedAt: 12_000,
    against: 'embedded servers',
    account: 'acct_1:test',
    machine: {
      paidonce: '0.2.0',
      node: 'v24.0.0',
      processors: 2,
      processor: 'one | two',
      memoryBytes: 2 ** 34,
    },
    plan: { orders: 10, ratePerSecond: 5, waitMs: 1_000 },
    shape: 'mixed',
    sent: 10,
    sentPerSecond: 5,
    paid: 8,
    failures: [{ cause: 'declined: a|b', orders: 2 }],
    endedPerSecond: 4.5,
    latencyMs: { p50: 10, p90: 20, p99: 30, max: 40 },
    looks: 11,
  };

  it('is Markdown, whatever a cause contains', () => {
    const text = reportText(report);

    expect(text).to.include('# Load of 10 orders at 5 a second');
    expect(text).to.include('Orders of version 1 and version 2 of PlaceOrder, in turn.');
    expect(text).to.match(/^\| submitted to ended, p99 +\| +30 ms \|$/m);
    expect(text).to.match(/^\| declined: a\\\|b +\| +2 \|$/m);
    expect(text).not.to.include('Cost');
  });

  it('says what an order cost, or why that is not known', () => {
    const counts = { queueRequests: 40, topicRequests: 0, writeUnits: 60, readUnits: 10 };
    const usage = { ...counts, logBytes: 20_000, mails: 20 };

    expect(reportText({ ...report, cost: { usage, microUsd: 2_068.75, services: 3 } })).to.match(
      /^\| \*\*in all\*\* +\| +\| +\| +0\.000207 \|$/m,
    );
    expect(reportText({ ...report, cost: { missing: 'it was not waited for' } })).to.include(
      'Cost: not known, since it was not waited for.',
    );
  });
});
