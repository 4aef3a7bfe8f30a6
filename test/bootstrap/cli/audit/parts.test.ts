import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeLine,
  encodeLine,
  type PartLine,
} from '../../../../src/bootstrap/cli/audit/part/items.ts';
import { openParts } from '../../../../src/bootstrap/cli/audit/part/reader.ts';
import {
  FORMAT,
  type PartHeader,
  type PartRun,
} from '../../../../src/bootstrap/cli/audit/part/run.ts';
import { createPartWriter } from '../../../../src/bootstrap/cli/audit/part/writer.ts';
import { VERSION } from '../../../../src/bootstrap/version.ts';
import { makeTemporaryFolder } from '../../../support/temporaryFolder.ts';
import { runsOf } from '../../../support/runs.ts';

const RUN: PartRun = {
  release: VERSION,
  region: 'us-east-1',
  eventsTable: 'events',
  invoicesTable: 'invoices',
  deployment: 'dep1',
  segments: 4,
  shares: 2,
  graceMs: 900_000,
  giveUpMs: 7_200_000,
  queues: false,
  seals: true,
};

const COUNTS: PartLine = {
  of: 'counts',
  counts: {
    streams: 1,
    orders: { captured: 1 },
    sums: {},
    disputes: {},
    numbers: {},
    commits: 2,
    readUnits: 0.5,
    unreadable: 0,
    inProgress: 0,
  },
};

const NOTICE: PartLine = { of: 'notice', side: 'orders', orderId: 'o-1', noticeId: 'receipt' };

describe('the part of one share of an audit', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let one: string;
  let two: string;

  const write = (
    path: string,
    share: number,
    {
      run = {},
      lines = [NOTICE, COUNTS],
    }: { readonly run?: Partial<PartRun>; readonly lines?: readonly PartLine[] } = {},
  ): string => {
    const header: PartHeader = { format: FORMAT, run: { ...RUN, ...run }, share, startedAt: share };
    const writer = createPartWriter(path, header)._unsafeUnwrap();
    for (const line of lines) writer.write(line);
    expect(writer.finish(10 * share)._unsafeUnwrap()).to.be.greaterThan(0);
    return path;
  };

  before(async () => {
    folder = await makeTemporaryFolder();
    one = write(join(folder.path, 'one.json'), 1);
    two = write(join(folder.path, 'two.json'), 2);
  });
  after(() => folder.remove());

  /** The lines of all parts, or the failure with everything that it says. */
  const readAll = async (...paths: readonly string[]) => {
    const opened = await openParts(paths);
    if (opened.isErr()) return opened.error;
    const lines: PartLine[] = [];
    for await (const some of opened.value.read()) {
      if (some.isErr()) return some.error;
      lines.push(...some.value);
    }
    return lines;
  };

  const whyNot = async (...paths: readonly string[]): Promise<string> => {
    const read = await readAll(...paths);
    if (!('exitCode' in read)) return expect.fail('they were read');
    expect([read.type, read.exitCode]).to.deep.equal(['Part', 2]);
    return [read.message, ...(read.details ?? [])].join('\n');
  };

  /** A copy with other text and, if it is hostile, with the hash that fits. */
  const forge = async (change: (text: string) => string, isHashed = true): Promise<string> => {
    const lines = change(await readFile(two, 'utf8')).split('\n');
    if (isHashed) {
      const before = lines.slice(0, -2);
      const sha256 = createHash('sha256')
        .update(`${before.join('\n')}\n`)
        .digest('hex');
      const end = { lines: before.length, sha256, endedAt: 20 };
      lines.splice(-2, 1, JSON.stringify({ end }));
    }
    const path = join(folder.path, 'forged.json');
    await writeFile(path, lines.join('\n'));
    return path;
  };

  it('is for its owner alone, and in its place only as a whole', async () => {
    expect((await stat(one)).mode & 0o777).to.equal(0o600);
    const path = join(folder.path, 'later.json');
    const header: PartHeader = { format: FORMAT, run: RUN, share: 1, startedAt: 0 };
    const writer = createPartWriter(path, header)._unsafeUnwrap();
    writer.write(COUNTS);
    expect(await readdir(folder.path)).to.not.include('later.json');
    writer.abandon();
    expect((await readdir(folder.path)).filter((name) => name.startsWith('later'))).to.deep.equal(
      [],
    );
    expect(createPartWriter(join(folder.path, 'none', 'x.json'), header)._unsafeUnwrapErr())
      .to.have.property('message')
      .that.includes('none/x.json cannot be written: ENOENT');
  });

  it('says at its end why it could not be put in its place', async () => {
    const path = join(folder.path, 'taken');
    await mkdir(path);
    await writeFile(join(path, 'file'), '');
    const header: PartHeader = { format: FORMAT, run: RUN, share: 1, startedAt: 0 };
    const writer = createPartWriter(path, header)._unsafeUnwrap();
    const failure = writer.finish(1)._unsafeUnwrapErr();
    expect(failure.message).to.match(/could not be written: E[A-Z]+$/);
    expect(failure.exitCode).to.equal(1);
    expect(await readdir(folder.path)).to.not.include('taken.new');
  });

  it('is read with the others of its audit, in whatever order they are named', async () => {
    for (const paths of [
      [one, two],
      [two, one],
    ]) {
      const { startedAt, endedAt, lines } = (await openParts(paths))._unsafeUnwrap();
      expect({ startedAt, endedAt, lines }).to.deep.equal({ startedAt: 1, endedAt: 20, lines: 6 });
      expect(await readAll(...paths)).to.deep.equal([NOTICE, COUNTS, NOTICE, COUNTS]);
    }
  });

  it('is missed, or refused a second time, by the name of its share', async () => {
    expect(await whyNot(two)).to.include('the part of share 1/2 is missing');
    const copy = join(folder.path, 'copy.json');
    await copyFile(one, copy);
    expect(await whyNot(one, copy, two)).to.include(`share 1/2 is there 2 times: ${one}, ${copy}`);
    expect(await whyNot(one, one)).to.include('the part of share 2/2 is missing');
  });

  for (const [name, value] of [
    ['region', 'eu-west-1'],
    ['eventsTable', 'others'],
    ['invoicesTable', 'others'],
    ['deployment', 'dep2'],
    ['segments', 8],
    ['shares', 3],
    ['graceMs', 0],
    ['giveUpMs', 1],
    ['queues', true],
    ['seals', false],
    ['gateway', { foreign: 'apart' }],
  ] as const) {
    it(`is refused if the shares differ in ${name}`, async () => {
      const other = write(join(folder.path, 'other.json'), 2, { run: { [name]: value } });
      expect(await whyNot(one, other)).to.match(
        new RegExp(`${name}: .* in ${one}, .* in ${other}`),
      );
    });
  }

  it('is refused if another release wrote it, whatever its form', async () => {
    const other = write(join(folder.path, 'old.json'), 2, { run: { release: '0.0.9' } });
    expect(await whyNot(one, other)).to.include(`release 0.0.9 wrote it, and this is ${VERSION}`);
    const later = await forge((text) =>
      text.replace(FORMAT, 'paidonce audit part 2').replace(VERSION, '9.0.0'),
    );
    expect(await whyNot(one, later)).to.include('release 9.0.0 wrote it');
  });

  const damages: readonly (readonly [string, (text: string) => string, string])[] = [
    ['is empty', () => '', 'it is empty'],
    ['is something else', () => 'hello\n', 'it is no part of an audit'],
    ['is JSON of something else', () => '{}\n', 'it is no part of an audit'],
    ['lost its last line', (text) => text.split('\n').slice(0, -2).join('\n') + '\n', 'cut off'],
    ['lost its last bytes', (text) => text.slice(0, -9), 'its last line is not complete'],
    ['lost a line', (text) => text.replace(/\{"of":"notice".*\n/, ''), 'it is damaged'],
    ['has a line twice', (text) => text.replace(/(\{"of":"notice".*\n)/, '$1$1'), 'it is damaged'],
    ['has another character', (text) => text.replace('receipt', 'receibt'), 'it is damaged'],
    ['has a byte that is no text', (text) => text.replace('receipt', '\uFFFD'), 'it is damaged'],
    ['has an endless line', (text) => `${text}${'x'.repeat(4_300_000)}`, 'a line that is too long'],
  ];
  for (const [what, change, why] of damages) {
    it(`is refused if it ${what}`, async () => {
      expect(await whyNot(one, await forge(change, false))).to.include(why);
    });
  }

  it('is refused if it is not there, or a folder', async () => {
    expect(await whyNot(one, join(folder.path, 'nowhere.json'))).to.include('nowhere.json: ENOENT');
    expect(await whyNot(one, folder.path)).to.include('EISDIR');
  });

  const hostile: readonly (readonly [string, (text: string) => string, string])[] = [
    ['a member too many', (text) => text.replace('"side"', '"more":1,"side"'), 'line 2'],
    ['a member too few', (text) => text.replace(/"orderId":"o-1",/, ''), 'line 2'],
    ['a line of an unknown kind', (text) => text.replace('"notice"', '"secret"'), 'line 2'],
    ['a line that is not JSON', (text) => text.replace('{"of":"notice"', '{of'), 'line 2'],
    ['a count below zero', (text) => text.replace('"streams":1', '"streams":-1'), 'line 3'],
    ['no counts', (text) => text.replace(/\{"of":"counts".*\n/, ''), 'no counts'],
    ['counts twice', (text) => text.replace(/(\{"of":"counts".*\n)/, '$1$1'), 'or several'],
    ['what no share here kept', (text) => text.replace(/\{"of":"notice".*/, DEPLOYMENT), 'line 2'],
    ['a share beyond all', (text) => text.replace('"share":2', '"share":9'), 'no part of an audit'],
    ['a setting too many', (text) => text.replace('"region"', '"x":1,"region"'), 'no part of an'],
  ];
  const DEPLOYMENT = JSON.stringify({ of: 'deployment', id: 'other' });
  for (const [what, change, why] of hostile) {
    it(`is refused if somebody gave it ${what}, with the hash that fits`, async () => {
      expect(await whyNot(one, await forge(change))).to.include(why);
    });
  }

  it('has numbers with their bits, and none that could not be of a log', () => {
    const format = [
      { type: 'Value', name: 'year' },
      { type: 'Text', text: '/' },
      { type: 'Value', name: 'number', digitsMin: 1 },
    ] as const;
    const print = {
      of: 'print',
      series: 'INV',
      format,
      year: 2026,
      chunk: 3,
      bits: new Uint8Array([0, 255, 1]),
    } as const;
    const read = decodeLine(encodeLine(print));
    expect(read?.of === 'print' && { ...read, bits: [...read.bits] }).to.deep.equal({
      ...print,
      bits: [0, 255, 1],
    });
    for (const wrong of [
      { ...print, bits: new Uint8Array(8_193) },
      { ...print, chunk: 2 ** 40 },
      { ...print, format: [...format, format[0]] },
      { ...print, format: format.slice(1) },
      { ...print, format: [{ ...format[2], digitsMin: 1e9 }, format[0]] },
    ]) {
      expect(decodeLine(encodeLine(wrong))).to.equal(undefined);
    }
    const text = encodeLine(print).replace('"AP8B"', '"<script>"');
    expect(decodeLine(text)).to.equal(undefined);
  });

  it('throws nothing, whatever a line is', () =>
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(decodeLine(line)).to.equal(undefined);
      }),
      { numRuns: runsOf(200, 2_000) },
    ));
});
