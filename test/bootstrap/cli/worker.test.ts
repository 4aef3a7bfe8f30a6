import { once } from 'node:events';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openEmbedded } from '../../../src/bootstrap/embedded.ts';
import { logsClientFor, readMessages } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { startProcess, stopProcess } from '../../support/process.ts';
import {
  lineOf,
  run,
  start,
  type Env,
  type InProcessCommand,
  type RunningCommand,
} from '../../support/cli.ts';

describe('paidonce worker', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let env: Env;
  let worker: InProcessCommand | undefined;
  let child: ChildProcessWithoutNullStreams | undefined;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path, HEALTH_PORT: '0', RECEIVE_WAIT_MS: '1000' };
  });
  afterEach(async () => {
    await worker?.stop();
    if (child !== undefined) await stopProcess(child, 'SIGKILL');
    [worker, child] = [undefined, undefined];
    await folder.remove();
  });

  const work = (settings: Env = env): InProcessCommand =>
    (worker = start(['worker', '--embedded', '--json'], settings));

  /** Asks at the port that the worker reports, until it answers as wanted. */
  const prober = async (command: RunningCommand) => {
    const line = await lineOf(command, (text) => text.includes('"worker.health"'));
    command.stdout.resume();
    const { port } = JSON.parse(line) as { readonly port: number };
    return (path: string, wanted: RegExp): Promise<string> =>
      until(`${path} answers ${String(wanted)}`, async (see) => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`).then(
          async (answered) => `${answered.status} ${await answered.text()}`,
          () => 'nobody',
        );
        see(answer);
        return wanted.test(answer) ? answer : undefined;
      });
  };

  it('is ready once its queues answer, and closes its endpoint after the drain', async () => {
    const running = work();
    const answers = await prober(running);
    await answers(
      '/readyz',
      /^200 .*"payments","ready":true.*"notifications","ready":true.*"reconciler","ready":true/,
    );
    await answers('/livez', /^200 /);

    expect(await running.stop()).to.equal(0);
    await answers('/livez', /^nobody$/);
  });

  it('writes its last numbers as metrics of its own namespace', async () => {
    const running = work({ ...env, METRICS_NAMESPACE: 'Shop' });
    await (
      await prober(running)
    )('/livez', /^200 /);
    expect(await running.stop()).to.equal(0);

    const metrics = (await eventsOf(folder.path)).filter(({ _aws }) => _aws !== undefined);
    // The reconciler may have come to the end of its first round, or not.
    const numbers = metrics.filter(({ event }) => event === 'consumer.metrics');
    expect(numbers.map(({ service }) => service)).to.have.members(['payments', 'notifications']);
    for (const { event, _aws } of metrics) {
      expect(event).to.be.oneOf([
        'consumer.metrics',
        'worker.usage',
        'reconcile.round',
        'reconcile.gateway_events',
      ]);
      expect(_aws).to.have.nested.property('CloudWatchMetrics[0].Namespace', 'Shop');
    }
  });

  it('ends at once on a second signal, and lives but is not ready in between', async () => {
    // The drain would await this poll.
    const patient = { ...env, RECEIVE_WAIT_MS: '20000', DRAIN_TIMEOUT_MS: '60000' };
    child = startProcess(['worker', '--embedded', '--json'], patient);
    const answers = await prober(child);
    await answers('/readyz', /^503 .*"the queue has not answered yet"/);
    child.kill('SIGTERM');
    await answers('/readyz', /^503 .*"draining"/);
    await answers('/livez', /^200 .*"draining"/);

    expect(await stopProcess(child, 'SIGINT')).to.equal(130);
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
