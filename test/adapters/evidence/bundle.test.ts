import { execFile } from 'node:child_process';
import { appendFile, cp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { openBundle } from '../../../src/adapters/evidence/bundle.ts';
import { sha256Of } from '../../../src/adapters/evidence/format.ts';
import { createBundleWriter } from '../../../src/adapters/evidence/writer.ts';
import { encodeCommit } from '../../../src/adapters/eventStore/storedCommit.ts';
import { itemToJson } from '../../../src/adapters/evidence/format.ts';
import type { Finding, Invariant } from '../../../src/application/audit/check.ts';
import { orderStreamId } from '../../../src/application/log/eventStreams.ts';
import { auditBundle, exportEvidence } from '../../support/bundles.ts';
import { must } from '../../support/commits.ts';
import { createLogAndGateway, type LogAndGateway } from '../../support/logAndGateway.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { runsOf } from '../../support/runs.ts';

/**
 * What holds in the bundle that was not tampered with: its orders have no notices, and no series.
 */
const SOUND: readonly Invariant[] = ['readable', 'contiguous', 'legal', 'money', 'rows', 'gateway'];
const run = promisify(execFile);
const ORDERS = runsOf(15, 60);

/** Of every kind of disagreement there is at least one, so that the same has to be found again. */
const spoil = async ({ table, charge, invoices, paid, keep }: LogAndGateway): Promise<void> => {
  await charge({ orderId: 'o-0' });
  await charge({ orderId: 'lost' });
  await keep((await paid('later')).life);
  await invoices.putIfNewer({ orderId: 'o-5', version: 99, document: '{}' });
  for (const [orderId, changes] of [
    ['o-6', { events: '[["OrderPlaced",1,{}]]' }],
    ['o-7', { previousHash: '0'.repeat(64) }],
    ['o-8', { surplus: 'x' }],
  ] as const) {
    const item = await must(table.read({ streamId: `order#${orderId}`, version: 1 }));
    const { streamId, version } = item as { streamId: string; version: number };
    table.overwrite({ ...(item as object), ...changes, streamId, version });
  }
};

describe('an evidence bundle', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let sound: string;
  let manifestSha256: string;
  let copies = 0;

  before(async () => {
    folder = await makeTemporaryFolder();
    sound = join(folder.path, 'sound');
    const world = createLogAndGateway();
    await world.agree(ORDERS);
    const { findings, written } = await exportEvidence(world, sound);
    expect(findings.filter(({ invariant }) => SOUND.includes(invariant))).to.deep.equal([]);
    ({ manifestSha256 } = written);
  });

  after(() => folder.remove());

  const copy = async (): Promise<string> => {
    const path = join(folder.path, `copy-${(copies += 1)}`);
    await cp(sound, path, { recursive: true });
    return path;
  };

  it('gives the same findings and sums as the audit that wrote it (S2, S4, S7, S16)', async () => {
    const world = createLogAndGateway();
    await world.agree(ORDERS);
    await spoil(world);
    await world.clock.advance(86_400_000);
    const path = join(folder.path, 'spoilt');
    const online = await exportEvidence(world, path);
    const offline = await auditBundle(path, online.written.manifestSha256);
    expect(offline.problems).to.deep.equal([]);
    expect(new Set(online.findings.map(({ invariant }) => invariant))).to.include.keys(
      'readable',
      'rows',
      'gateway',
    );
    expect(inOrder(offline.findings)).to.deep.equal(inOrder(online.findings));
    const { readUnits: _online, ...expected } = online.report;
    const { readUnits: _offline, ...report } = offline.report;
    expect(report).to.deep.equal(expected);
  });

  it('holds what was read again since the scan, too', async () => {
    const world = createLogAndGateway();
    await world.agree(ORDERS);
    const { life } = await world.paid('meanwhile');
    const gateway = { ...world.gateway };
    world.gateway.list = (options) => {
      const listing = gateway.list(options);
      return (async function* () {
        await world.keep(life);
        yield* listing;
      })();
    };
    const path = join(folder.path, 'moving');
    const online = await exportEvidence(world, path);
    const offline = await auditBundle(path);
    expect(offline.problems).to.deep.equal([]);
    const ofGateway = ({ invariant }: { invariant: string }) => invariant === 'gateway';
    expect(online.findings.filter(ofGateway)).to.deep.equal([]);
    expect(offline.findings.filter(ofGateway)).to.deep.equal([]);
    expect(await readFile(join(path, 'events.jsonl'), 'utf8')).to.include('order#meanwhile');
  });

  it('is for its owner’s eyes alone, and says what it holds', async () => {
    expect((await stat(sound)).mode & 0o777).to.equal(0o700);
    for (const name of await readdir(sound)) {
      expect((await stat(join(sound, name))).mode & 0o777, name).to.equal(0o600);
    }
    expect(await readFile(join(sound, 'README.md'), 'utf8')).to.include('personal data');
    expect(await readFile(join(sound, 'events.jsonl'), 'utf8')).to.include('ada@example.com');
  });

  it('is verified by the program in its README, which knows nothing of ours (S7)', async () => {
    const guide = await readFile(join(sound, 'README.md'), 'utf8');
    const program = /```js\n(.*?)```/s.exec(guide)?.[1] ?? '';
    const script = join(folder.path, 'verify.mjs');
    await writeFile(script, program);
    const done = await run(process.execPath, [script], { cwd: sound });
    expect(done.stdout).to.match(/^\d+ streams: every hash, chain and head is right\n$/);
    const tampered = await copy();
    await edit(tampered, 'events.jsonl', (text) =>
      text.replace('ada@example.com', 'eve@example.com'),
    );
    const failed = await run(process.execPath, [script], { cwd: tampered }).catch(
      (error: { readonly stdout: string }) => error,
    );
    expect(failed.stdout).to.equal('order#o-0 1: wrong hash 1\n1 wrong\n');
  });

  it('is written to an empty folder alone', async () => {
    const path = join(folder.path, 'used');
    await must(createBundleWriter(path)).then((writer) => writer.abandon());
    const refused = await createBundleWriter(path);
    expect(refused._unsafeUnwrapErr().why).to.include('is not empty');
  });

  it('that was not finished is none', async () => {
    const path = join(folder.path, 'unfinished');
    const writer = await must(createBundleWriter(path));
    await writer.write('events.jsonl', { a: 1 });
    await writer.abandon();
    const refused = await openBundle(path);
    expect(refused._unsafeUnwrapErr().why).to.include('has no manifest.json');
  });

  it('reports when the disk refuses, and writes no manifest', async () => {
    const path = join(folder.path, 'full');
    const writer = await must(createBundleWriter(path));
    await rm(path, { recursive: true });
    const made = { software: 'test', startedAt: '', endedAt: '', about: {}, report: {} };
    const finished = await writer.finish(made);
    expect(finished._unsafeUnwrapErr().why).to.include('ENOENT');
  });

  type Tampering = (path: string) => Promise<void>;
  const firstLine = (text: string): string => text.slice(0, text.indexOf('\n') + 1);
  const tamperings: Readonly<Record<string, Tampering>> = {
    'an edited line': (path) =>
      edit(path, 'events.jsonl', (text) => text.replace('ada@example.com', 'eve@example.com')),
    'a removed line': (path) =>
      edit(path, 'events.jsonl', (text) => text.slice(firstLine(text).length)),
    'an added line': (path) =>
      edit(path, 'events.jsonl', (text) => text + firstLine(text).replace('order#', 'order#x')),
    'a line twice': (path) => edit(path, 'events.jsonl', (text) => text + firstLine(text)),
    'a line of another stream’s place': (path) =>
      edit(path, 'events.jsonl', (text) => text + firstLine(text).replace('"k"', '"l"')),
    'a file cut off': (path) => edit(path, 'events.jsonl', (text) => text.slice(0, -100)),
    'an edited row': (path) =>
      edit(path, 'rows.jsonl', (text) => text.replace('"version":', '"version":1')),
    'a row that is none': (path) => edit(path, 'rows.jsonl', (text) => `${text}{}\n`),
    'a removed payment': (path) =>
      edit(path, 'gateway.jsonl', (text) => text.slice(firstLine(text).length)),
    'a payment that is none': (path) => edit(path, 'gateway.jsonl', (text) => `${text}[]\n`),
    'a removed head': (path) =>
      edit(path, 'heads.jsonl', (text) => text.slice(firstLine(text).length)),
    'an edited report': (path) => edit(path, 'report.json', (text) => text.replace('0', '1')),
    'an added finding': (path) => appendFile(join(path, 'findings.jsonl'), '{}\n'),
    'another recipe': (path) => edit(path, 'README.md', (text) => text.replace('64', '65')),
    'swapped files': async (path) => {
      await rename(join(path, 'rows.jsonl'), join(path, 'x'));
      await rename(join(path, 'gateway.jsonl'), join(path, 'rows.jsonl'));
      await rename(join(path, 'x'), join(path, 'gateway.jsonl'));
    },
    'a missing file': (path) => rm(join(path, 'findings.jsonl')),
    'a file of somebody’s': (path) => writeFile(join(path, 'notes.txt'), ''),
    'an edited hash of a file': (path) =>
      edit(path, 'manifest.json', (text) => text.replace(/"sha256": "./, '"sha256": "x')),
    'an edited count of lines': (path) =>
      edit(path, 'manifest.json', (text) => text.replace(/"lines": /, '"lines": 1')),
    'a file taken out of the manifest': (path) =>
      edit(path, 'manifest.json', (text) => text.replace('"heads.jsonl"', '"tails.jsonl"')),
  };
  for (const [what, tamper] of Object.entries(tamperings)) {
    it(`X13: shows ${what}`, async () => {
      const path = await copy();
      await tamper(path);
      const { problems } = await auditBundle(path);
      expect(problems).not.to.deep.equal([]);
    });
  }

  it('X13: says that there is more wrong than it keeps', async () => {
    const path = await copy();
    await edit(path, 'rows.jsonl', (text) => text + '{}\n'.repeat(1_500));
    const { problems } = await auditBundle(path);
    expect(problems.length).to.be.lessThan(1_100);
    expect(problems.map(({ why }) => why)).to.include(
      'and more: only the first 1000 problems are kept',
    );
  });

  /** Of these the manifest was made again, so that files and manifest agree. */
  const rehashed: Readonly<Record<string, Tampering>> = {
    'an edited event': (path) =>
      edit(path, 'events.jsonl', (text) => text.replace('ada@example.com', 'eve@example.com')),
    'a removed commit in the middle': (path) =>
      edit(path, 'events.jsonl', (text) =>
        text.replace(/.*"streamId":"order#o-1","version":3,.*\n/g, ''),
      ),
    'a removed commit at the end': (path) =>
      edit(path, 'events.jsonl', (text) =>
        text.replace(/.*"streamId":"order#o-2","version":3,.*\n/g, ''),
      ),
    'a commit with its hash made anew': (path) => rehashFirstCommit(path),
    'a stream taken out, and its head left': (path) =>
      edit(path, 'events.jsonl', (text) => text.replace(/.*"streamId":"order#o-0".*\n/g, '')),
    'another commit at the place of one': (path) =>
      edit(path, 'events.jsonl', (text) => text + firstLine(text).replace('"k"', '"l"')),
    'an edited head': (path) =>
      edit(path, 'heads.jsonl', (text) => text.replace('"hash":"', '"hash":"0')),
    'a head taken out': (path) =>
      edit(path, 'heads.jsonl', (text) => text.replace(/.*"streamId":"order#o-0".*\n/g, '')),
    'an edited row': (path) =>
      edit(path, 'rows.jsonl', (text) => text.replace('"version":', '"version":1')),
    'a payment taken out': (path) =>
      edit(path, 'gateway.jsonl', (text) => text.slice(firstLine(text).length)),
  };
  for (const [what, tamper] of Object.entries(rehashed)) {
    it(`S7: shows ${what}, though the manifest was made again`, async () => {
      const path = await copy();
      await tamper(path);
      await makeManifestAnew(path);
      const { problems, findings } = await auditBundle(path);
      const shown = findings.filter(({ invariant }) => SOUND.includes(invariant));
      expect([...problems, ...shown]).not.to.deep.equal([]);
      const named = await openBundle(path, { manifestSha256 });
      expect(named._unsafeUnwrapErr().why).to.include('is not the one that was named');
    });
  }

  it('a stream dropped with all that speaks of it shows by the manifest’s hash alone', async () => {
    const path = await copy();
    const before = await auditBundle(path, manifestSha256);
    const without = (text: string) =>
      text
        .split('\n')
        .filter((line) => !/"(streamId|orderId)":"(order#)?o-5"/.test(line))
        .join('\n');
    for (const name of [
      'events.jsonl',
      'heads.jsonl',
      'rows.jsonl',
      'gateway.jsonl',
      'findings.jsonl',
    ]) {
      await edit(path, name, without);
    }
    await makeManifestAnew(path);
    const { problems, findings } = await auditBundle(path);
    expect(problems).to.deep.equal([]);
    expect(findings.length).to.be.below(before.findings.length);
    const named = await openBundle(path, { manifestSha256 });
    expect(named._unsafeUnwrapErr().why).to.include('is not the one that was named');
  });

  for (const [what, text] of [
    ['is empty', ''],
    ['is no JSON', '{"format": '],
    [
      'is of another format',
      '{"format":"x","software":"","startedAt":"2026-01-01","endedAt":"2026-01-01",' +
        '"about":{},"files":[]}',
    ],
    ['has no files', '{"format":"paidonce-evidence-1"}'],
  ] as const) {
    it(`whose manifest ${what} is none, and says why`, async () => {
      const path = await copy();
      await writeFile(join(path, 'manifest.json'), text);
      const refused = await openBundle(path);
      expect(refused._unsafeUnwrapErr().why).to.match(/^manifest\.json /);
    });
  }
});

const inOrder = (findings: readonly Finding[]): readonly Finding[] => {
  const key = ({ invariant, streamId, why }: Finding) => `${invariant} ${streamId} ${why}`;
  return findings.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
};

const edit = async (
  path: string,
  name: string,
  change: (text: string) => string,
): Promise<void> => {
  const text = await readFile(join(path, name), 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`nothing was changed in ${name}`);
  await writeFile(join(path, name), changed);
};

const makeManifestAnew = async (path: string): Promise<void> => {
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
  for (const file of manifest.files) {
    const bytes = await readFile(join(path, file.name));
    file.bytes = bytes.length;
    file.lines = bytes.toString('utf8').split('\n').length - 1;
    file.sha256 = sha256Of(bytes);
  }
  await writeFile(join(path, 'manifest.json'), JSON.stringify(manifest));
};

/**
 * By the recipe that anybody can follow: the hash is right, and nothing is chained to it any more.
 */
const rehashFirstCommit = async (path: string): Promise<void> => {
  await edit(path, 'events.jsonl', (text) => {
    const [line = ''] = /.*"streamId":"order#o-0","version":1,.*/.exec(text) ?? [];
    const { committedAt, commitId, idempotencyKey, correlationId, causationId, ...item } =
      JSON.parse(line);
    const events = JSON.parse(item.events.replace('ada@', 'eve@')).map(
      ([type, v, data]: [string, number, object]) => ({ type, v, data }),
    );
    const commit = { commitId, idempotencyKey, correlationId, causationId, events };
    const start = { version: 0, hash: '' };
    const anew = encodeCommit(orderStreamId('o-0'), start, commit, committedAt);
    return text.replace(line, () => JSON.stringify(itemToJson(anew)));
  });
};
