import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect } from 'chai';
import { SETTING_NAMES, type SettingName } from '../../../src/bootstrap/config.ts';
import { idleProgram, jsonLines, run } from '../../support/cli.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { COMPLETE } from '../completeEnvironment.ts';

const REGION = 'AWS_REGION';
const LOG = [REGION, 'EVENTS_TABLE'] as const;
const ROWS = [...LOG, 'INVOICES_TABLE'] as const;
const DLQS = ['PAYMENTS_DLQ_URL', 'NOTIFICATIONS_DLQ_URL'] as const;
const SENDING = ['PAYMENTS_QUEUE_URL', 'NOTIFICATIONS_QUEUE_URL'] as const;
/** What is sent about an order, which is looked up first. */
const ABOUT = [...LOG, 'PAYMENTS_QUEUE_URL'] as const;
const KEY = 'STRIPE_SECRET_KEY';

const PEOPLE = ['KEYS_TABLE', 'PERSONAL_DATA_KEY'] as const;
const PAYMENTS = [
  ...ROWS,
  ...SENDING,
  'PAYMENTS_DLQ_URL',
  KEY,
  'INTENT_SEAL_KEYS',
  ...PEOPLE,
] as const;
const NOTICES = [
  ...LOG,
  'NOTIFICATIONS_QUEUE_URL',
  'NOTIFICATIONS_DLQ_URL',
  'MAIL_FROM',
  ...PEOPLE,
] as const;
const RECONCILER = [...ABOUT, 'PAYMENTS_DLQ_URL', 'LOG_GROUP', KEY] as const;
const BY = '--by ada --reason because';

/** Every command, also in forms that need other settings, with what it cannot do without. */
const NEEDS: Readonly<Record<string, readonly SettingName[]>> = {
  'worker --service payments': [...PAYMENTS, 'LOG_GROUP'],
  'worker --service notifications': [...NOTICES, 'LOG_GROUP'],
  'worker --service reconciler': RECONCILER,
  'lambda --service payments': PAYMENTS,
  'lambda --service notifications': NOTICES,
  'submit --generate 1': [REGION, ...SENDING],
  'load --no-cost': [...LOG, ...SENDING],
  load: [...LOG, ...SENDING, 'LOG_GROUP'],
  status: [...ROWS, ...SENDING, ...DLQS, 'LOG_GROUP'],
  'order o-1': LOG,
  'order o-1 --at 1': LOG,
  'invoice o-1': ROWS,
  'invoice o-1 --at 1': LOG,
  'trace o-1': [...ROWS, ...DLQS, 'LOG_GROUP'],
  'trace o-1 --no-logs --no-dead-letters': ROWS,
  [`cancel o-1 --yes ${BY}`]: ABOUT,
  [`refund o-1 --yes ${BY}`]: ABOUT,
  [`correct-email o-1 --email a@b.example ${BY}`]: ABOUT,
  [`erase c-1 --yes ${BY}`]: [...LOG, 'KEYS_TABLE'],
  'resume o-1': ABOUT,
  'review list': LOG,
  'review show o-1': [...LOG, KEY],
  'review show o-1 --no-gateway': LOG,
  'review resolve o-1 --as captured --evidence e --by ada': [...ABOUT, KEY],
  [`review adopt o-1 ${BY}`]: ABOUT,
  'dlq list': [...LOG, ...DLQS],
  'dlq show m-1': [...LOG, ...DLQS],
  [`dlq redrive --all --yes ${BY}`]: [...LOG, ...DLQS, ...SENDING],
  [`dlq discard --all --yes ${BY}`]: [...LOG, ...DLQS],
  'series list': LOG,
  [`series floor INV --above 5 ${BY}`]: LOG,
  reconcile: RECONCILER,
  'events replay --since 2026-01-01': LOG,
  'replay invoices': ROWS,
  'replay invoices --into table-2': ROWS,
  audit: ROWS,
  'audit --gateway': [...ROWS, KEY],
  'audit --queues': [...ROWS, ...DLQS, 'PAYMENTS_QUEUE_URL'],
  'audit --share 1/4': ROWS,
  'audit --share 1/4 --gateway': ROWS,
  'audit --share 1/4 --queues': [...ROWS, ...DLQS, 'PAYMENTS_QUEUE_URL'],
  setup: [REGION],
  'policies Payment --account 111122223333': [REGION],
  [`restored ${BY}`]: LOG,
  [`gateway-account bind ${BY}`]: [...LOG, KEY],
};

/** A shop does them before there is any order. */
const CHECKOUT = [
  'sandbox authorise --amount 1.00 --currency EUR',
  'sandbox pay --amount 1.00 --currency EUR',
  'sandbox save',
];
/** With these nothing is asked of AWS or Stripe themselves. */
const WITHOUT = [
  'sandbox faults',
  'sandbox webhooks',
  'sandbox ledger',
  'sandbox refund pi_1',
  'sandbox expire pi_1',
  'sandbox capture pi_1',
  'sandbox cancel pi_1',
  'sandbox settle pi_1',
  'sandbox dispute pi_1',
  'sandbox dispute-close du_1 --won',
  ...CHECKOUT,
  'audit --offline x',
  // The parts say what else it needs.
  'audit --join x',
];
/** They have nothing to ask for, or ask for everything. */
const OTHERS = ['demo', 'servers', 'doctor', 'completion'];

const BEGINNING = [
  'demo',
  'worker',
  'submit',
  'setup',
  'load',
  'servers',
  'lambda',
  'sandbox authorise',
  'sandbox pay',
  'sandbox save',
];

const commandOf = (line: string, names: readonly string[]): string | undefined =>
  names.find((name) => `${line} `.startsWith(`${name} `));

describe('What a command asks for', () => {
  let names: readonly string[];
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;

  before(async () => {
    folder = await makeTemporaryFolder();
    const leaves = (command: Command, path: string): readonly string[] =>
      command.commands.length === 0
        ? [path]
        : command.commands.flatMap((one) => leaves(one, `${path} ${one.name()}`.trim()));
    names = leaves(await idleProgram(), '').filter((name) => name !== 'help');
  });
  after(() => folder.remove());

  /** The settings that it misses, or finds wrong. */
  const mistakesIn = async (line: string, env: Readonly<Record<string, string>>) => {
    const home = { HOME: folder.path, ...env };
    const { code, stderr } = await run([...line.split(' '), '--json'], { env: home });
    const { error } = (jsonLines(stderr).at(-1) ?? {}) as {
      error?: { type: string; details?: readonly string[] };
    };
    const isConfiguration = code === 2 && error?.type === 'Configuration';
    return isConfiguration ? (error.details ?? []).map((text) => text.split(' ')[0]) : [];
  };

  it('is known of every command', () => {
    const known = [...Object.keys(NEEDS), ...WITHOUT, ...OTHERS];
    expect(names.filter((name) => !known.some((line) => commandOf(line, [name])))).to.deep.equal(
      [],
    );
  });

  for (const [line, needs] of Object.entries(NEEDS)) {
    it(`is no setting that it does not need: ${line}`, async () => {
      expect(await mistakesIn(line, {})).to.have.members([...needs]);
      // Whatever it does not need may be wrong.
      const closure = new Set(await mistakesIn(line, EVERYTHING_WRONG));
      for (const name of ['AWS_ENDPOINT_URL_SESV2', 'MAIL_FROM', 'INTENT_SEAL_KEYS'] as const) {
        const isItsOwn = (needs as readonly string[]).includes(name);
        const ofMail = needs.includes('MAIL_FROM') && name === 'AWS_ENDPOINT_URL_SESV2';
        // An audit checks seals where it has the secrets.
        const ofSeals = line.startsWith('audit') && name === 'INTENT_SEAL_KEYS';
        // Policies have the names that a deployment has.
        const ofPolicies = line.startsWith('policies') && name === 'MAIL_FROM';
        const isRead = isItsOwn || ofMail || ofSeals || ofPolicies;
        expect(closure.has(name), name).to.equal(isRead);
      }
      const needsQueues = needs.some((name) => /QUEUE|DLQ/.test(name)) || line === 'setup';
      expect(closure.has('AWS_ENDPOINT_URL_SQS')).to.equal(needsQueues);
      const needsLogs = needs.includes('LOG_GROUP') || line === 'setup';
      expect(closure.has('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS')).to.equal(needsLogs);
      expect(closure.has('STRIPE_API_URL')).to.equal(needs.includes(KEY));
    });
  }

  it('is nothing at all where nothing is asked of AWS or Stripe', async () => {
    for (const line of WITHOUT) expect(await mistakesIn(line, {}), line).to.deep.equal([]);
  });

  it('is complete: the test names every setting that is required', () => {
    expect(Object.keys(COMPLETE)).to.include.members(Object.values(NEEDS).flat());
  });

  it('is data that was begun, with --embedded, unless it begins some itself', async () => {
    const lines = [...Object.keys(NEEDS), ...WITHOUT, 'doctor'].filter(
      (line) => commandOf(line, BEGINNING) === undefined && !line.includes('--offline'),
    );
    const dataDir = join(folder.path, 'nothing');
    for (const line of lines) {
      const env = { PAIDONCE_DATA_DIR: dataDir };
      const { code, stderr } = await run([...line.split(' '), '--embedded'], { env });
      expect(stderr, line).to.include(`the embedded servers have no data at ${dataDir}`);
      expect(code, line).to.equal(2);
      expect(existsSync(dataDir), line).to.equal(false);
    }
  });

  it('is data that may have been copied from where it was begun', async () => {
    const from = join(folder.path, 'from');
    const first = await run(['setup', '--embedded'], { env: { PAIDONCE_DATA_DIR: from } });
    expect(first.code, first.stderr).to.equal(0);
    const to = join(folder.path, 'to');
    for (const name of ['dynamodb', 'logs', 'ses', 'sqs', 'stripe']) {
      await cp(join(from, name), join(to, name), { recursive: true });
    }
    const env = { PAIDONCE_DATA_DIR: to };
    const { code, stderr } = await run(['series', 'list', '--embedded'], { env });
    expect(code, stderr).to.equal(0);
  });
});

const EVERYTHING_WRONG = Object.fromEntries(SETTING_NAMES.map((name) => [name, ' ']));
