import { createHash } from 'node:crypto';
import { DeleteItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { toAttribute } from '../../../src/adapters/dynamodb/attributes.ts';
import {
  chargeFromOutside,
  openNotifiedOrders,
  type NotifiedOrders,
} from '../../support/notifiedOrders.ts';
import { until } from '../../support/until.ts';
import { jsonLines, run, start, type Ended, type Env } from '../../support/cli.ts';
import { deploymentEnv } from './awsEnv.ts';

const ORDERS = 12;
const SHARES = 3;
const ASKED = ['--segments', '5', '--grace', '0s', '--queues', '--gateway'];
const REPORTED = [...ASKED, '--foreign-payments', 'report'];

describe('paidonce audit --share and --join', () => {
  let world: NotifiedOrders;
  let folder: string;
  let env: Env;
  let client: DynamoDBClient;

  before(async () => {
    world = await openNotifiedOrders(ORDERS);
    ({ folder, env, client } = world);
  });
  after(() => world.close());

  const audit = (...args: readonly string[]): Promise<Ended> =>
    run(['audit', '--embedded', ...args], { env });
  const pathOf = (share: number): string => join(folder, `part-${share}.json`);
  /** All shares side by side; returns their parts, the last one first. */
  const auditShares = async (...args: readonly string[]): Promise<readonly string[]> => {
    const shares = Array.from({ length: SHARES }, (_, index) => index + 1);
    const ended = await Promise.all(
      shares.map((share) =>
        audit(...args, '--share', `${share}/${SHARES}`, '--part', pathOf(share), '--json'),
      ),
    );
    for (const [index, { code, stdout, stderr }] of ended.entries()) {
      expect(code, stderr).to.equal(0);
      const last = jsonLines(stdout).at(-1);
      expect(last).to.deep.include({ type: 'part', share: `${index + 1}/${SHARES}` });
    }
    return shares.map(pathOf).toReversed();
  };
  const findingsOf = ({ stdout }: Ended): readonly string[] =>
    jsonLines(stdout)
      .slice(0, -1)
      .map(({ type, invariant, streamId, version, why, evidence }) => {
        const { ageMs: _ageMs, ...facts } = Object(evidence) as Record<string, unknown>;
        return JSON.stringify([type, invariant, streamId, version, why, facts]);
      })
      .toSorted();
  /** The report without what depends on the time at which it was asked for. */
  const reportOf = ({ stdout }: Ended): unknown =>
    JSON.parse(stdout.trim().split('\n').at(-1) ?? '', (name, value: unknown) =>
      name === 'ageMs' ? 0 : value,
    );

  it('print what one process prints of a log in which all is well, and record it', async () => {
    const [whole, parts] = await Promise.all([
      audit(...ASKED, '--no-record'),
      auditShares(...ASKED),
    ]);
    expect(whole.code).to.equal(0);
    const joined = await audit('--join', ...parts, '--no-record');
    expect(joined.stdout).to.equal(whole.stdout);
    expect(joined.code).to.equal(0);
    expect(joined.stderr).to.match(/^3 shares, read from \S+Z to \S+Z\.$/m);

    const recorded = await audit('--join', ...parts, '--json');
    expect(jsonLines(recorded.stdout).at(-1)).to.include({ recorded: true });
    const first = (await readFile(parts.at(-1) ?? '', 'utf8')).split('\n')[0] ?? '';
    const { startedAt } = JSON.parse(first) as { startedAt: number };
    const { stdout } = await run(['status', '--embedded', '--json'], { env });
    const { lastAudit } = JSON.parse(stdout) as { lastAudit: { startedAt: string } };
    expect(Date.parse(lastAudit.startedAt)).to.be.at.most(startedAt);
  });

  it('hold neither mail addresses nor other personal data in their parts', async () => {
    const parts = await auditShares(...ASKED);
    for (const part of parts) {
      expect(await readFile(part, 'utf8')).to.not.match(/@|email|customer/i);
    }
  });

  it('write parts with the embedded data if no other place is named', async () => {
    const ended = await audit('--share', '2/3');
    expect(ended.stdout).to.match(/^Share 2\/3: \d+ commits of \d+ streams read/);
    expect(ended.stdout).to.include('Nothing is proven before all 3 are joined');
    expect(await readdir(env['PAIDONCE_DATA_DIR'] ?? '')).to.include('audit-2-of-3.part.json');
  });

  it('share the log of AWS as well, and need no key of the gateway', async () => {
    const { env: aws } = await deploymentEnv(env);
    const parts = [pathOf(1), pathOf(2)];
    for (const [index, part] of parts.entries()) {
      const share = ['--share', `${index + 1}/2`, '--part', part];
      const ended = await run(['audit', '--gateway', ...share], { env: aws });
      expect([ended.code, ended.stderr]).to.deep.equal([0, '']);
    }
    const keyless = await run(['audit', '--join', ...parts, '--no-record'], { env: aws });
    expect([keyless.code, keyless.stderr]).to.satisfy(
      ([code, said]: [number, string]) => code === 2 && said.includes('STRIPE_SECRET_KEY'),
    );
    const elsewhere = { ...aws, EVENTS_TABLE: 'paidonce-invoices' };
    const other = await run(['audit', '--join', ...parts], {
      env: { ...elsewhere, STRIPE_SECRET_KEY: 'sk_test_embedded' },
    });
    expect(other.code).to.equal(2);
    expect(other.stderr)
      .to.include('the parts are of another log')
      .and.include('eventsTable: "paidonce-invoices" here, "paidonce-events" in the parts');
  });

  it('find what one process finds, whatever somebody has done, and exit with 1', async () => {
    await tamper();
    const [whole, parts] = await Promise.all([
      audit(...REPORTED, '--json', '--no-record'),
      auditShares(...REPORTED),
    ]);
    expect(whole.code).to.equal(1);
    const joined = await audit('--join', ...parts, '--no-record', '--json');
    expect(joined.code).to.equal(1);
    expect(findingsOf(joined)).to.deep.equal(findingsOf(whole));
    expect(reportOf(joined)).to.deep.equal(reportOf(whole));
    const invariants = new Set(jsonLines(joined.stdout).map(({ invariant }) => invariant));
    expect([...invariants]).to.include.members(['contiguous', 'rows', 'numbers', 'gateway']);
    const text = await audit('--join', ...parts, '--no-record');
    expect(text.code).to.equal(1);
    expect(text.stdout).to.match(/^contiguous +1 finding /m);
  });

  it('leave no part where a share is stopped before its end', async () => {
    const part = join(folder, 'stopped.json');
    const slowly = ['--share', '1/2', '--segments', '64', '--max-rcu', '1', '--part', part];
    const share = start(['audit', '--embedded', ...slowly], env);
    await until('the file of its part', async () =>
      (await readdir(folder)).find((name) => name === 'stopped.json.new'),
    );
    expect(await share.stop()).to.equal(1);
    expect((await readdir(folder)).filter((name) => name.startsWith('stopped'))).to.deep.equal([]);
  });

  it('refuse what does not go together, before anything is read', async () => {
    const part = pathOf(1);
    const refusals: readonly (readonly [readonly string[], string])[] = [
      [['--share', '2/1'], 'a share k/n with 1 ≤ k ≤ n'],
      [['--segments', '2', '--share', '1/3'], '--share has 3 shares of 2 segments'],
      [['--part', part], '--part is for --share'],
      [['--share', '1/2', '--export', 'x'], 'evidence is what one process has read'],
      [['--share', '1/2', '--offline', 'x'], '--share and --offline exclude each other'],
      ...['--queues', '--gateway', '--share=1/2', '--segments=4', '--grace=1h', '--export=x'].map(
        (option) => [['--join', part, option], '--join goes without the others'] as const,
      ),
      [['--join', join(folder, 'nowhere')], 'nowhere: ENOENT'],
      [['--share', '1/2', '--part', join(folder, 'no', 'where')], 'EVENTS_TABLE is missing'],
    ];
    for (const [args, why] of refusals) {
      const { code, stdout, stderr } = await run(['audit', ...args], { env: {} });
      expect([code, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr, args.join(' ')).to.include(why).and.not.include('    at ');
    }
  });

  it('join nothing but the parts of one audit, each of them once', async () => {
    const [three = '', two = '', one = ''] = await auditShares();
    const copy = join(folder, 'copy.json');
    await copyFile(one, copy);
    const damaged = join(folder, 'damaged.json');
    await writeFile(damaged, (await readFile(three, 'utf8')).replace('"orders"', '"others"'));
    const hour = join(folder, 'hour.json');
    await audit('--grace', '1h', '--share', '3/3', '--part', hour);
    for (const [files, why] of [
      [[one, three], 'the part of share 2/3 is missing'],
      [[one, copy, two, three], 'share 1/3 is there 2 times'],
      [[one, two, damaged], 'it is damaged'],
      [[one, two, hour], 'graceMs: 900000'],
    ] as const) {
      const { code, stdout, stderr } = await audit('--join', ...files, '--json');
      expect([code, stdout], why).to.deep.equal([2, '']);
      const { error } = jsonLines(stderr)[0] as { error: { type: string; details: string[] } };
      expect(error.type).to.equal('Part');
      expect(error.details.join('\n')).to.include(why);
    }
    const unwritable = await audit('--share', '1/2', '--part', join(folder, 'no', 'where'));
    expect(unwritable.code).to.equal(2);
    expect(unwritable.stderr).to.include('where cannot be written: ENOENT');
  });

  it('do not join what was read from the tables of another account', async () => {
    const others = await auditShares();
    for (const part of others) {
      const lines = (await readFile(part, 'utf8')).split('\n').slice(0, -2);
      const header = lines[0]?.replace(/"deployment":"\w+"/, '"deployment":"other"') ?? '';
      const text = [header, ...lines.slice(1), ''].join('\n');
      const sha256 = createHash('sha256').update(text).digest('hex');
      const end = { lines: lines.length, sha256, endedAt: 0 };
      await writeFile(part, `${text}${JSON.stringify({ end })}\n`);
    }
    const { code, stderr } = await audit('--join', ...others);
    expect(code).to.equal(2);
    expect(stderr).to.match(/deployment: "\w+" here, "other" in the parts/);
  });

  /** A commit and a row are gone, and a card was charged past the system. */
  const tamper = async (): Promise<void> => {
    const { EVENTS_TABLE: events = '', INVOICES_TABLE: invoices = '' } = world.embedded.settings;
    const { stdout } = await run(['audit', '--embedded', '--export', join(folder, 'e')], {
      env,
    });
    expect(stdout).to.include('nothing was found');
    const rows = await readFile(join(folder, 'e', 'rows.jsonl'), 'utf8');
    const ids = [...rows.matchAll(/"orderId":"(\w+)"/g)].map(([, id = '']) => id);
    const [cut = '', beheaded = '', unbooked = ''] = [...new Set(ids)];
    for (const [orderId, version] of [
      [cut, 3],
      [beheaded, 1],
    ] as const) {
      const Key = { streamId: toAttribute(`order#${orderId}`), version: toAttribute(version) };
      await client.send(new DeleteItemCommand({ TableName: events, Key }));
    }
    const Key = { orderId: toAttribute(unbooked) };
    await client.send(new DeleteItemCommand({ TableName: invoices, Key }));
    await chargeFromOutside(world);
  };
});
