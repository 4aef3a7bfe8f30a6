import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { shiftClock } from '../../support/shiftedClock.ts';
import { anOrder } from '../../support/orderLife.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { awsEnv, type Addresses } from './awsEnv.ts';
import { startProcess, stopProcess } from '../../support/process.ts';
import { jsonLines, lineOf, run, start, type Env } from '../../support/cli.ts';
import { describeInTurn } from '../../support/runs.ts';

const DAYS_400_MS = 400 * 86_400_000;

describeInTurn(2, 'a machine whose clock is 400 days ahead (case 15)', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let servers: ChildProcessWithoutNullStreams;
  let addresses: Addresses;
  let env: Env;
  /** This process is the machine whose clock is wrong, while it does this. */
  const ahead = async <T>(act: () => Promise<T>): Promise<T> => {
    const setRight = shiftClock(DAYS_400_MS);
    try {
      return await act();
    } finally {
      setRight();
    }
  };

  before(async () => {
    folder = await makeTemporaryFolder();
    // The servers are a process of their own, whose clock is right.
    servers = startProcess(['servers', '--json'], { PAIDONCE_DATA_DIR: folder.path });
    const line = await lineOf(servers, () => true);
    ({ addresses } = JSON.parse(line) as { readonly addresses: Addresses });
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
      JSON.stringify(anOrder({ orderId: `ahead-${n}` })),
    );
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, orders.join('\n'));
    expect((await run(['submit', file, '--embedded'], { env })).code).to.equal(0);
  });
  after(async () => {
    await stopProcess(servers);
    await folder.remove();
  });

  it('charges nobody and dates nothing: its worker stops receiving, and says why', async () => {
    await ahead(async () => {
      const worker = start(['worker', '--service', 'payments', '--embedded', '--json'], env);
      const lines: string[] = [];
      const opened = await lineOf(worker, (line) => {
        lines.push(line);
        return jsonLines(line)[0]?.['event'] === 'circuit.opened';
      });
      expect(opened).to.include('"Clock"');
      expect(lines.join('\n')).to.include('this machine’s clock is at least');
      await worker.stop();
    });
    const ledger = await run(['sandbox', 'ledger', '--embedded', '--json'], { env });
    expect(jsonLines(ledger.stdout)).to.deep.equal([{ charges: [], refunds: [], disputes: [] }]);
    const order = await run(['order', 'ahead-0', '--embedded'], { env });
    expect(order.code).not.to.equal(0);
  });

  it('records nothing that a person says there either', async () => {
    const said = ['restored', '--by', 'ada', '--reason', 'r', '--embedded'];
    const refused = await ahead(() => run(said, { env }));
    expect(refused.code).not.to.equal(0);
    expect(refused.stderr).to.include('this machine’s clock is at least');
  });

  it('gives no deployment its id, by whose date seals are asked for', async () => {
    const settings = { env: { ...env, ...awsEnv(addresses) } };
    const setUp = () => run(['setup', '--prefix', 'ahead'], settings);
    const refused = await ahead(setUp);
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include('this machine’s clock is at least');
    const right = await setUp();
    expect(right.code, right.stderr).to.equal(0);
  });

  it('is reported by the doctor, as by its worker', async () => {
    const ended = await ahead(() => run(['doctor', '--embedded', '--json'], { env }));
    expect(ended.code).to.equal(1);
    const problems = jsonLines(ended.stdout).filter(({ status }) => status === 'problem');
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
