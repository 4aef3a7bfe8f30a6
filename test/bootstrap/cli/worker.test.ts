import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { chooseFreePorts } from '../../../src/adapters/embedded/ports.ts';
import { openEmbedded } from '../../../src/bootstrap/embedded.ts';
import { logsClientFor, readMessages } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { run, start, stop, type Env } from './process.ts';

describe('paidonce worker', function () {
  // Each is a process of its own, and the machine may be busy.
  this.timeout(60_000);

  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let port: number;
  let worker: ChildProcessWithoutNullStreams | undefined;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    [port = 0] = await chooseFreePorts(1);
    env = { PAIDONCE_DATA_DIR: folder.path, HEALTH_PORT: String(port), RECEIVE_WAIT_MS: '1000' };
  });
  afterEach(async () => {
    if (worker !== undefined) await stop(worker, 'SIGKILL');
    worker = undefined;
    await folder.remove();
  });

  /** Bounded by mocha's own time limit. */
  const until = async (path: string, wanted: RegExp): Promise<void> => {
    const look = () =>
      fetch(`http://127.0.0.1:${port}${path}`).then(
        async (answer) => `${answer.status} ${await answer.text()}`,
        () => 'nobody',
      );
    while (!wanted.test(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('is ready once its queues answer, and closes its endpoint at the end of the drain', async () => {
    worker = start(['worker', '--embedded', '--json'], env);
    await until(
      '/readyz',
      /^200 .*"payments","ready":true.*"notifications","ready":true.*"reconciler","ready":true/,
    );
    await until('/livez', /^200 /);

    expect(await stop(worker)).to.equal(0);
    await until('/livez', /^nobody$/);
  });

  it('writes its last numbers as metrics of its own namespace', async () => {
    worker = start(['worker', '--embedded', '--json'], { ...env, METRICS_NAMESPACE: 'Shop' });
    await until('/livez', /^200 /);
    expect(await stop(worker)).to.equal(0);

    const metrics = (await eventsOf(folder.path)).filter(({ _aws }) => _aws !== undefined);
    // The reconciler may have come to the end of its first round, or not.
    const numbers = metrics.filter(({ event }) => event === 'consumer.metrics');
    expect(numbers.map(({ service }) => service)).to.have.members(['payments', 'notifications']);
    for (const { event, _aws } of metrics) {
      expect(event).to.be.oneOf(['consumer.metrics', 'reconcile.round']);
      expect(_aws).to.have.nested.property('CloudWatchMetrics[0].Namespace', 'Shop');
    }
  });

  it('ends at once on a second signal, and lives but is not ready in between', async () => {
    // The drain would await this poll.
    const patient = { ...env, RECEIVE_WAIT_MS: '20000', DRAIN_TIMEOUT_MS: '60000' };
    worker = start(['worker', '--embedded', '--json'], patient);
    await until('/readyz', /^503 .*"the queue has not answered yet"/);
    worker.kill('SIGTERM');
    await until('/readyz', /^503 .*"draining"/);
    await until('/livez', /^200 .*"draining"/);

    expect(await stop(worker, 'SIGINT')).to.equal(130);
  });

  it('takes nothing where its health port is not free, and says so', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const { code, stdout, stderr } = await run(['worker', '--embedded', '--json'], {
      env: { ...env, HEALTH_PORT: String(taken) },
    });
    other.close();

    expect(code).to.equal(2);
    expect(stdout).to.equal('');
    expect(stderr).to.include('HEALTH_PORT cannot be used').and.include('EADDRINUSE');
    expect(stderr).to.include('Set it to a free port');
  });
});

/** What a worker that has ended left in the log service. */
const eventsOf = async (dataDir: string): Promise<readonly Record<string, unknown>[]> => {
  const embedded = (await openEmbedded({ PAIDONCE_DATA_DIR: dataDir }))._unsafeUnwrap();
  const client = logsClientFor(embedded.addresses.logs);
  const messages = await readMessages(client, embedded.settings.LOG_GROUP ?? '');
  client.destroy();
  await embedded.close();
  return messages.map((message) => JSON.parse(message) as Record<string, unknown>);
};
