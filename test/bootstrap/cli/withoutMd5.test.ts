import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { anOrder } from '../../support/orderLife.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { runProcess, startProcess, stopProcess } from '../../support/process.ts';
import { jsonLines, lineOf, type Env } from '../../support/cli.ts';
import { describeInTurn } from '../../support/runs.ts';

const PRELOAD = fileURLToPath(new URL('../../support/preload/withoutMd5.cjs', import.meta.url));

const ORDER = anOrder({ orderId: 'fips-1' });

describeInTurn(2, 'a machine without MD5, as in FIPS mode (case 20)', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;

  before(async () => {
    folder = await makeTemporaryFolder();
    // The servers are in this process, which has MD5, as SQS has.
    embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: folder.path }))._unsafeUnwrap();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      NODE_OPTIONS: `--require ${PRELOAD}`,
    };
  });
  after(async () => {
    await embedded.close();
    await folder.remove();
  });

  it('takes an order in, has it paid, and says once that bodies are not checked', async () => {
    const file = join(folder.path, 'orders.jsonl');
    await writeFile(file, JSON.stringify(ORDER));
    const submitted = await runProcess(['submit', file, '--embedded'], { env });
    expect(submitted.code).to.equal(0);

    const worker = startProcess(['worker', '--service', 'payments', '--embedded', '--json'], env);
    const events: string[] = [];
    const handled = await lineOf(worker, (line) => {
      events.push(String(jsonLines(line)[0]?.['event']));
      return events.at(-1) === 'message.handled';
    });
    expect(jsonLines(handled)[0]).to.include({ orderId: ORDER.orderId, outcome: 'paid' });
    expect(events.filter((event) => event === 'queue.checksum_unavailable')).to.have.length(1);
    expect(await stopProcess(worker)).to.equal(0);
  });

  it('is one of which the doctor says so', async () => {
    const { stdout } = await runProcess(['doctor', '--embedded'], { env });
    expect(stdout).to.include('this machine has no MD5');
  });
});
