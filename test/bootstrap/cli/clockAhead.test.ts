import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openEmbedded, type Embedded } from '../../../src/bootstrap/embedded.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { runProcess, startProcess, stopProcess } from './process.ts';
import { awsEnv } from './awsEnv.ts';
import { jsonLines, lineOf, run, start, type Env } from '../../support/cli.ts';

const PRELOAD = fileURLToPath(new URL('../../support/preload/clockAhead.cjs', import.meta.url));
const DAYS_400_MS = 400 * 86_400_000;

describe('a machine whose clock is 400 days ahead (case 15)', function () {
  // The machine may be busy.
  this.timeout(120_000);

  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: Embedded;
  let env: Env;
  const bent = (): Env => ({
    ...env,
    NODE_OPTIONS: `--require ${PRELOAD}`,
    TEST_CLOCK_AHEAD_MS: String(DAYS_400_MS),
  });

  before(async () => {
    folder = await makeTemporaryFolder();
    // The servers are in this process, whose clock is right.
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      // What the one worker puts back is with the other soon.
      RETRY_DELAY_MAX_MS: '8000',
      GATEWAY_RESEND_HORIZON_MS: '60000',
      GATEWAY_RUN_ON_MS: '5000',
      GATEWAY_SETTLE_DELAY_MS: '2000',
    };
    const orders = Array.from({ length: 8 }, (_, n) =>
      JSON.stringify({ ...ORDER, orderId: `ahead-${n}` }),
    );
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.join('\n'));
    expect((await run(['submit', file, '--embedded'], { env })).code).to.equal(0);
  });
  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  it('charges nobody and dates nothing: its worker stops taking messages, and says why', async () => {
    const worker = startProcess(
      ['worker', '--service', 'payments', '--embedded', '--json'],
      bent(),
    );
    const told: string[] = [];
    const opened = await lineOf(worker, (line) => {
      told.push(line);
      return jsonLines(line)[0]?.['event'] === 'circuit.opened';
    });
    expect(opened).to.include('"Clock"');
    expect(told.join('\n')).to.include('this machine’s clock is at least');
    await stopProcess(worker);
    const ledger = await run(['sandbox', 'ledger', '--embedded', '--json'], { env });
    expect(jsonLines(ledger.stdout)).to.deep.equal([{ charges: [], refunds: [] }]);
    const order = await run(['order', 'ahead-0', '--embedded'], { env });
    expect(order.code).not.to.equal(0);
  });

  it('records nothing that a person says there either', async () => {
    const said = ['restored', '--by', 'ada', '--reason', 'r', '--embedded'];
    const refused = await runProcess(said, { env: bent() });
    expect(refused.code).not.to.equal(0);
    expect(refused.stderr).to.include('this machine’s clock is at least');
  });

  it('gives no deployment its id, by whose date seals are asked for', async () => {
    const servers = awsEnv(embedded.addresses);
    const ahead = await runProcess(['setup', '--prefix', 'ahead'], {
      env: { ...bent(), ...servers },
    });
    expect(ahead.code).to.equal(1);
    expect(ahead.stderr).to.include('this machine’s clock is at least');
    const right = await run(['setup', '--prefix', 'ahead'], { env: { ...env, ...servers } });
    expect(right.code, right.stderr).to.equal(0);
  });

  it('is told of by the doctor, as by its worker', async () => {
    const told = await runProcess(['doctor', '--embedded', '--json'], { env: bent() });
    expect(told.code).to.equal(1);
    const problems = jsonLines(told.stdout).filter(({ status }) => status === 'problem');
    expect(problems.find(({ subject }) => subject === 'clock')?.['what']).to.match(
      /^this machine’s clock is at least \d+ s ahead of that of 127\.0\.0\.1$/,
    );
  });

  it('leaves all of it to the worker whose clock is right', async () => {
    const worker = start(['worker', '--service', 'payments', '--embedded', '--json'], env);
    const paid = new Set<unknown>();
    await lineOf(worker, (line) => {
      const [record] = jsonLines(line);
      if (record?.['event'] === 'message.handled') paid.add(record['orderId']);
      return paid.size === 8;
    });
    expect(await worker.stop()).to.equal(0);
  });
});

const ORDER = {
  customer: { id: 'c-1', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [
    { sku: 'A', description: 'A thing', quantity: 1, unitPriceMinor: 1_000, taxRateBps: 1_900 },
  ],
  paymentMethod: 'pm_card_visa',
};
