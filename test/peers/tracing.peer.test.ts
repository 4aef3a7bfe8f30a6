import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { run, start, type Env, type InProcessCommand } from '../support/cli.ts';
import { exitOf } from '../support/process.ts';
import { order } from '../support/lambda.ts';
import { reachedFrom, spansIn, type ReceivedSpan } from '../support/otlpReceiver.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

describe('The OTLP receiver of the OpenTelemetry Collector', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let receiver: ChildProcessWithoutNullStreams;
  let worker: InProcessCommand | undefined;
  let env: Env;
  const spans: ReceivedSpan[] = [];

  before(async () => {
    const program = process.env['PEER_OTLP_RECEIVER'];
    if (program === undefined) throw new Error('PEER_OTLP_RECEIVER is not set: see peers/start');
    const address = `127.0.0.1:${await freePort()}`;
    receiver = spawn(program, [address]);
    createInterface({ input: receiver.stdout }).on('line', (line) => spans.push(...spansIn(line)));
    await until('it listens', async () =>
      fetch(`http://${address}/`).then(
        () => true,
        () => undefined,
      ),
    );
    folder = await makeTemporaryFolder();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${address}`,
    };
  });

  after(async () => {
    await worker?.stop();
    receiver.kill('SIGTERM');
    if (receiver.exitCode === null) await exitOf(receiver);
    await folder.remove();
  });

  it('takes the spans of one order as protobuf, from its submission to its mail', async () => {
    worker = start(['worker', '--embedded', '--json'], env);
    let printed = '';
    worker.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await until('it has begun', () =>
      Promise.resolve(printed.includes('worker.started') || undefined),
    );
    const input = JSON.stringify(order('o-1'));
    expect((await run(['submit', '-', '--embedded'], { env, input })).code).to.equal(0);
    await until('the receipt is sent', () =>
      Promise.resolve(printed.includes('receipt: sent') || undefined),
    );
    await worker.stop();
    await until('the mails were traced', () =>
      Promise.resolve(spans.filter(({ name }) => name === 'send mail').length === 2 || undefined),
    );

    const first = spans.find(({ name }) => name === 'submit orders');
    if (first === undefined) throw new Error('the submission was not traced');
    const names = [...reachedFrom(first, spans)].map(({ name }) => name);
    expect(names.filter((name) => name === 'send mail')).to.have.length(2);
    expect(names).to.include.members(['gateway charge', 'append order', 'append notification']);
  });
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
};
