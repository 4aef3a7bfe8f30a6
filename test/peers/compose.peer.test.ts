import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { chooseFreePorts, isPortFree } from '../../src/adapters/embedded/server.ts';
import { readMailbox } from '../../src/adapters/embedded/ses.ts';
import { resourceNames } from '../../src/bootstrap/resourceNames.ts';
import { TOP } from '../docs/markdown.ts';
import { jsonLines, type Env } from '../support/cli.ts';
import { peerUrl } from '../support/peerUrl.ts';
import { runProcess, startProcess, stopProcess } from '../support/process.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';

type ComposeService = {
  readonly command: readonly string[];
  readonly environment?: Env;
};

const ORDERS = 5;
const WITHIN_MS = 90_000;
const WORKERS = ['payments', 'notifications', 'reconciler', 'webhooks'] as const;

/**
 * No engine runs images here, so that each service of compose.yaml is a process with the command
 * and the settings that stand there. Only addresses and the prefix of names are others.
 */
describe('compose.yaml', () => {
  const text = readFileSync(join(TOP, 'compose.yaml'), 'utf8');
  const { services } = parse(text, { merge: true }) as {
    readonly services: Readonly<Record<string, ComposeService>>;
  };
  const prefix = `compose-${crypto.randomUUID().slice(0, 8)}`;
  const closing: (() => Promise<unknown>)[] = [];
  let run: Awaited<ReturnType<typeof createRun>>;

  before(async () => {
    run = await createRun(services, prefix);
    closing.push(run.close);
  });
  after(async () => {
    for (const close of closing.toReversed()) await close();
  });

  const begin = async (name: string): Promise<void> => {
    const child = startProcess(run.commandOf(name), run.settingsOf(name));
    closing.push(() => stopProcess(child, 'SIGKILL'));
    child.stdout.resume();
    // Its first line says that it runs.
    let said = '';
    child.stderr.on('data', (chunk: unknown) => (said += String(chunk)));
    await until(`${name} says that it runs`, (see) => {
      see(said);
      return said === '' ? undefined : true;
    });
  };
  const ended = async (args: readonly string[], env: Env) => {
    const { code, stdout, stderr } = await runProcess(args, { env });
    expect(code, stderr).to.equal(0);
    return stdout;
  };

  it('names the resources that `paidonce setup` makes', () => {
    for (const [setting, name] of Object.entries(resourceNames('paidonce'))) {
      const value = services['payments']?.environment?.[setting] ?? '';
      expect(value.split('/').at(-1), setting).to.equal(name.split('/').at(-1));
    }
  });

  it('runs all services, and its orders are paid, invoiced and notified', async () => {
    await begin('servers');
    await ended([...run.commandOf('setup'), '--prefix', prefix], run.settingsOf('setup'));
    for (const name of WORKERS) await begin(name);
    await ended(run.commandOf('calls'), run.settingsOf('servers'));

    const settings = run.settingsOf('payments');
    await ended(['submit', '--generate', String(ORDERS)], settings);
    const found = await until(
      'all orders settled',
      async (see) => {
        const args = ['audit', '--gateway', '--grace', '0s', '--json'];
        const { code, stdout } = await runProcess(args, { env: settings });
        see(stdout);
        const report = jsonLines(stdout).at(-1);
        return code === 0 && report?.['inProgress'] === 0 ? report : undefined;
      },
      { withinMs: WITHIN_MS },
    );
    expect(found['orders']).to.deep.equal({ captured: ORDERS });
    await until(
      'all receipts sent',
      async (see) => {
        const mails = await readMailbox(settings['AWS_ENDPOINT_URL_SESV2'] ?? '');
        see(mails.length);
        return mails.length >= ORDERS || undefined;
      },
      { withinMs: WITHIN_MS },
    );
    const doctor = await runProcess(['doctor', '--json'], { env: settings });
    expect(doctor.code, doctor.stdout).to.equal(0);
  }).timeout(WITHIN_MS * 3);
});

const createRun = async (services: Readonly<Record<string, ComposeService>>, prefix: string) => {
  const folder = await makeTemporaryFolder();
  const [first = 0, webhooks = 0, ...health] = await freePorts();
  const replacements: readonly (readonly [RegExp, string])[] = [
    [/^http:\/\/127\.0\.0\.1:8000$/, peerUrl('PEER_DYNAMODB_URL')],
    [/^http:\/\/127\.0\.0\.1:9324/, peerUrl('PEER_SQS_URL')],
    [/\bpaidonce-(?=payments|notifications|events|invoices|keys)/, `${prefix}-`],
    [/^\/paidonce$/, `/${prefix}`],
    [/127\.0\.0\.1:4242/, `127.0.0.1:${webhooks}`],
  ];
  const replaced = (value: string): string => {
    const port = /(?:^|127\.0\.0\.1:)456(\d)$|127\.0\.0\.1:4570$/.exec(value);
    if (port !== null) {
      const offset = value.endsWith('4570') ? 4 : Number(port[1]) - 6;
      return value.replace(/\d{4}$/, String(first + offset));
    }
    return replacements.reduce((text, [from, to]) => text.replace(from, to), value);
  };
  return {
    commandOf: (name: string): readonly string[] =>
      (services[name]?.command ?? []).map((argument) => replaced(argument)),
    settingsOf: (name: string): Env => ({
      ...Object.fromEntries(
        Object.entries(services[name]?.environment ?? {}).map(([setting, value]) => [
          setting,
          replaced(value ?? ''),
        ]),
      ),
      PAIDONCE_DATA_DIR: join(folder.path, 'data'),
      WEBHOOK_PORT: String(webhooks),
      ...(name in HEALTH && { HEALTH_PORT: String(health[HEALTH[name] ?? 0]) }),
    }),
    close: () => folder.remove(),
  };
};

const HEALTH: Readonly<Record<string, number>> = Object.fromEntries(
  WORKERS.map((name, index) => [name, index]),
);

/** The first of five in a row, and one for each service that listens. */
const freePorts = async (): Promise<readonly number[]> => {
  for (let tries = 0; tries < 20; tries += 1) {
    const [first = 0, ...others] = await chooseFreePorts(2 + WORKERS.length);
    const row = [0, 1, 2, 3, 4].map((index) => first + index);
    const areFree = await Promise.all(row.map((port) => isPortFree(port)));
    if (areFree.every(Boolean) && others.every((port) => !row.includes(port))) {
      return [first, ...others];
    }
  }
  throw new Error('found no five free ports in a row');
};
