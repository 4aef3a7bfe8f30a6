import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { jsonLines, run, type Ended, type Env } from '../../support/cli.ts';
import {
  chargeFromOutside,
  openNotifiedOrders,
  type NotifiedOrders,
} from '../../support/notifiedOrders.ts';

const ORDERS = 6;

describe('paidonce audit --gateway, --export and --offline', () => {
  let world: NotifiedOrders;
  let folder: string;
  let env: Env;

  before(async () => {
    world = await openNotifiedOrders(ORDERS);
    ({ folder, env } = world);
  });
  after(() => world.close());

  const audit = (...args: readonly string[]): Promise<Ended> => run(['audit', ...args], { env });
  /** With nothing in its environment: no setting, no credentials, no server. */
  const offline = (...args: readonly string[]): Promise<Ended> =>
    run(['audit', '--offline', ...args], { env: {} });
  const last = ({ stdout }: Ended): Record<string, unknown> => jsonLines(stdout).at(-1) ?? {};

  it('S16: finds a charge that bypassed the system, also in the exported evidence', async () => {
    const id = await chargeFromOutside(world);
    const path = join(folder, 'evidence');
    const foreign = ['--foreign-payments', 'report'];
    const online = await audit('--embedded', '--gateway', ...foreign, '--export', path, '--json');
    expect(online.code).to.equal(1);
    const [finding] = jsonLines(online.stdout);
    expect(finding).to.deep.include({ invariant: 'gateway', streamId: id });
    const { manifestSha256 } = last(online)['bundle'] as { manifestSha256: string };

    const again = await offline(path, '--manifest-sha256', manifestSha256, '--json');
    expect(again.stderr).to.equal('');
    expect(again.code).to.equal(1);
    expect(jsonLines(again.stdout).slice(0, -1)).to.deep.equal(
      jsonLines(online.stdout).slice(0, -1),
    );
    const { bundle: _of, gateway, readUnits: _spent, invariants, ...report } = last(again);
    expect(last(online)).to.deep.include({ ...report, gateway });
    // A bundle holds no secret by which seals could be checked.
    const seen = { ...Object(last(online)['invariants']), sealed: 'not checked' };
    expect(last(online)).to.have.nested.property('invariants.sealed', 0);
    expect(invariants).to.deep.equal(seen);
    expect(last(again)).to.deep.nested.include({ 'bundle.problems': [], 'bundle.isNamed': true });

    const text = await audit('--embedded', '--gateway', '--foreign-payments', 'ignore');
    expect(text.code).to.equal(0);
    expect(text.stdout)
      .to.include(`The gateway lists ${ORDERS + 1} payments, 0 refunds and 0 disputes.`)
      .and.include('1 of others on the same account, left alone');
  });

  it('says that a bundle holds personal data, and prints the one line to keep', async () => {
    const path = join(folder, 'plain');
    const { code, stdout } = await audit('--embedded', '--export', path);
    expect(code).to.equal(0);
    expect(stdout)
      .to.include('personal data')
      .and.match(/\n[0-9a-f]{64}\n$/);
    expect(stdout).not.to.include('@');
    expect(await readFile(join(path, 'gateway.jsonl'), 'utf8')).to.equal('');
    const shown = await offline(path);
    expect(shown.code).to.equal(0);
    expect(shown.stdout)
      .to.match(/^gateway +not checked/m)
      .and.include('Only its SHA-256 can show');
    const whole = await readFile(join(path, 'events.jsonl'), 'utf8');
    await writeFile(join(path, 'events.jsonl'), whole.replace('OrderPlaced', 'OrderPlaceb'));
    const tampered = await offline(path);
    expect(tampered.code).to.equal(1);
    expect(tampered.stdout)
      .to.include('events.jsonl: is not the file of the manifest')
      .and.include('the content does not match its hash');
  });

  it('refuses in words what it cannot do', async () => {
    const path = join(folder, 'full');
    const refusals: readonly (readonly [readonly string[], number, string])[] = [
      [['--export', path, '--queues', '--foreign-payments', 'ignore'], 2, 'run --queues by itself'],
      [['--gateway', '--gateway-since', 'yesterday'], 2, 'has to be a date'],
      [['--offline', path, '--grace', '1h'], 2, '--offline goes without the others'],
      [['--offline', folder], 1, 'has no manifest.json'],
      [['--export', folder, '--embedded'], 1, 'is not empty'],
      [['--gateway', '--export', path], 2, 'STRIPE_SECRET_KEY'],
    ];
    for (const [args, code, why] of refusals) {
      const ended = await audit(...args);
      expect([ended.code, ended.stderr], args.join(' ')).to.satisfy(
        ([was, said]: [number, string]) => was === code && said.includes(why),
      );
      expect(ended.stderr).not.to.include('    at ');
    }
    expect(await readdir(folder)).not.to.include('full');
  });
});
