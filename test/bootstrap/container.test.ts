import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createContainer } from '../../src/bootstrap/container.ts';
import { application, books } from '../../src/bootstrap/modules/application.ts';
import { aws, awsTables, TABLE_SETTINGS } from '../../src/bootstrap/modules/aws.ts';
import { memory } from '../../src/bootstrap/modules/memory.ts';
import { from } from '../../src/bootstrap/tokens.ts';
import { parseConfig, SETTING_NAMES } from '../../src/bootstrap/config.ts';
import { COMPLETE } from './completeEnvironment.ts';

describe('createContainer', () => {
  it('makes each service once, and only when it is asked for', () => {
    let made = 0;
    const counted = from([], () => {
      made += 1;
      return 'counted';
    });
    const { get } = createContainer({ version: counted }, { claimLeaseMs: from([], () => 1) });

    expect(made).to.equal(0);
    expect([get('version'), get('version')]).to.deep.equal(['counted', 'counted']);
    expect(made).to.equal(1);
  });

  it('shares nothing between two containers', () => {
    const [one, two] = [
      createContainer(application, memory()),
      createContainer(application, memory()),
    ];
    expect(one.get('gateway')).not.to.equal(two.get('gateway'));
  });

  it('puts the whole application on AWS by another module, and by nothing else', () => {
    const config = parseConfig(COMPLETE, { needs: SETTING_NAMES })._unsafeUnwrap();
    const adapters = aws(config, { logStream: 'test', console: createMemoryTelemetry() });
    const { get } = createContainer(application, adapters);

    expect(Object.keys(adapters)).to.have.members(Object.keys(memory()));
    for (const token of ['paymentConsumer', 'notificationConsumer'] as const) {
      expect(get(token)).to.have.property('run');
    }
  });

  it('puts the books together on AWS without a queue, a gateway or mail', () => {
    const env = { AWS_REGION: 'eu-central-1', EVENTS_TABLE: 'events', INVOICES_TABLE: 'invoices' };
    const config = parseConfig(env, { needs: TABLE_SETTINGS })._unsafeUnwrap();
    const adapters = awsTables(config);

    expect(Object.keys(adapters)).to.have.members([
      'clock',
      'ids',
      'store',
      'invoices',
      'invoiceTables',
      'invoicesHome',
    ]);
    expect(createContainer(books, adapters).get('replayInvoices')).to.be.a('function');
  });
});

describe('The wiring, to the compiler', () => {
  let told = '';

  before(async () => {
    told = await compile(PROGRAMS);
  });

  it('accepts either set of adapters', () => {
    expect(errorsIn('right', told)).to.deep.equal([]);
  });

  it('refuses an adapter of another port', () => {
    expect(errorsIn('wrongAdapter', told).join()).to.match(/MemoryNotifier.*PaymentGateway/s);
  });

  it('refuses a set of adapters that lacks one', () => {
    expect(errorsIn('missingAdapter', told).join()).to.include("'gateway' is missing");
  });

  it('refuses a factory whose dependency is not named', () => {
    expect(errorsIn('missingDependency', told).join()).to.include("'notifications' is missing");
  });

  it('refuses a factory whose dependency is swapped for another', () => {
    expect(errorsIn('swappedDependency', told).join()).to.include("'notifications' is missing");
  });

  it('refuses a factory that promises what it makes', () => {
    expect(errorsIn('promise', told)).to.have.length(2);
  });

  it('knows no service that no module provides', () => {
    expect(errorsIn('unknownService', told).join()).to.include('gateway');
  });
});

const PROGRAMS: Readonly<Record<string, string>> = {
  right: `createContainer(application, memory()).get('gateway').ledger();
    declare const both: Parameters<typeof aws>;
    createContainer(application, aws(...both)).get('gateway').charge;`,
  wrongAdapter: `createContainer(application, {
      ...memory(), gateway: from([], createMemoryNotifier),
    });`,
  missingAdapter: `const { gateway: _, ...others } = memory();
    createContainer(application, others);`,
  missingDependency: `from(['payments', 'ids'], createSubmitOrders);`,
  swappedDependency: `from(['payments', 'paymentsDlq', 'ids'], createSubmitOrders);`,
  promise: `from([], () => okAsync(1));
    from([], () => Promise.resolve(1));`,
  unknownService: `const { gateway: _, notifier: __, ...others } = memory();
    createContainer(ingest, others).get('gateway');`,
};

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const IMPORTS = `
  import { okAsync } from '${ROOT}node_modules/neverthrow/dist/index.js';
  import { createMemoryNotifier } from '${ROOT}src/adapters/memory/notifier.ts';
  import { createSubmitOrders } from '${ROOT}src/application/ingest/submitOrders.ts';
  import { createContainer } from '${ROOT}src/bootstrap/container.ts';
  import { application, ingest } from '${ROOT}src/bootstrap/modules/application.ts';
  import { aws } from '${ROOT}src/bootstrap/modules/aws.ts';
  import { memory } from '${ROOT}src/bootstrap/modules/memory.ts';
  import { from } from '${ROOT}src/bootstrap/tokens.ts';
`;

/** What the compiler says of all of them, with the project's own options. */
const compile = async (programs: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'paidonce-wiring-'));
  try {
    for (const [name, program] of Object.entries(programs)) {
      await writeFile(join(folder, `${name}.ts`), `${IMPORTS}\n${program}\nexport {};\n`);
    }
    const typeRoots = [join(ROOT, 'node_modules/@types')];
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { typeRoots },
      include: ['*.ts'],
    };
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    return await new Promise((resolve) => {
      const tsc = join(ROOT, 'node_modules/.bin/tsc');
      execFile(tsc, ['-p', folder, '--pretty', 'false'], (_error, stdout) => resolve(stdout));
    });
  } finally {
    await rm(folder, { recursive: true });
  }
};

/** The errors in one file, each with the lines that explain it. */
const errorsIn = (name: string, text: string): readonly string[] =>
  text.split(/^(?=\S)/m).filter((error) => new RegExp(`(^|/)${name}\\.ts\\(`).test(error));
