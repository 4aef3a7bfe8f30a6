import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import stringWidth from 'string-width';
import { jsonLines, run } from '../../support/cli.ts';
import { openDataFolder, type DataFolder, type Manifest } from '../../support/dataFolder.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { describeInTurn, someOf } from '../../support/runs.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/data/0.2.0-7858d62', import.meta.url));
const WIDTHS = [40, 80, 160] as const;

/** Each shows what a revision really stored; `DEAD_LETTER` is the id of one. */
const COMMANDS = [
  'status',
  'status --scan',
  'order lines',
  'order amount --at 2',
  'invoice lines',
  'trace lines',
  'trace exhausted --no-logs',
  'review list',
  'review show amount',
  'dlq list',
  'dlq redrive --all --dry-run',
  'dlq show DEAD_LETTER',
  'audit --gateway --queues',
  'reconcile --dry-run',
  'series list',
  'replay invoices --dry-run',
  'refund paid-1 --by ada --reason late --dry-run',
  'cancel paid-2 --by ada --reason late --dry-run',
  'review resolve --all --cause amount --as captured --evidence seen --by ada --dry-run',
  'sandbox ledger',
  'sandbox faults',
  'setup',
  'doctor',
  'servers',
];

/** What fails, with what a person is to do about it. */
const FAILURES = [
  'order nobody',
  'invoice declined-1',
  'refund nobody --by ada --reason late --yes',
  'dlq show 00000000-0000-0000-0000-000000000000',
  'review resolve amount --as captured --evidence seen --by ada',
  'series floor WEB --above 9 --year 1999 --by ada --reason restored',
];

/** What a person copies: it stands in one piece, on whatever line there is room for it. */
const WHOLE = new RegExp(
  [
    String.raw`\b(?:pi|re)_[0-9a-f]{24}\b`,
    String.raw`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
    String.raw`\b(?:INV|CN)-\d{4}-\d{6}\b`,
    String.raw`\b(?:EUR|USD|JPY|KWD) \d[\d.]*\b`,
    String.raw`\bold-[a-z]+\b`,
  ].join('|'),
  'g',
);

const tokensOf = (text: string): ReadonlySet<string> => new Set(text.match(WHOLE));

const tooWide = (text: string, columns: number): readonly string[] =>
  // A progress bar begins its line again and again.
  text
    .replaceAll('\u001B[1G', '\n')
    .split('\n')
    .filter((line) => stringWidth(line) > columns);

describeInTurn(2, 'What a terminal shows', () => {
  let temporary: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let folder: DataFolder;
  let deadLetter = '';

  before(async () => {
    temporary = await makeTemporaryFolder();
    execFileSync('tar', ['-xzf', `${FIXTURE}.tar.gz`, '-C', temporary.path]);
    const { takenAt, settings } = JSON.parse(readFileSync(`${FIXTURE}.json`, 'utf8')) as Manifest;
    folder = await openDataFolder(join(temporary.path, 'data'), {
      shiftMs: takenAt - Date.now(),
      settings,
    });
    const listed = await folder.cli(['dlq', 'list', '--json', '--embedded']);
    deadLetter = String(jsonLines(listed.stdout)[0]?.['messageId']);
  });
  after(async () => {
    await folder.close();
    await temporary.remove();
  });

  const show = (line: string, screen: { readonly columns?: number }) =>
    run([...line.replace('DEAD_LETTER', deadLetter).split(' '), '--embedded'], {
      env: folder.env,
      ...screen,
    });

  for (const line of [...someOf(4, COMMANDS), ...someOf(1, FAILURES)]) {
    it(`fits 40, 80 and 160 columns, and cuts no id and no amount: ${line}`, async () => {
      const piped = await show(line, {});
      const whole = [...tokensOf(piped.stdout), ...tokensOf(piped.stderr)];
      if (FAILURES.includes(line)) expect(piped.stderr).to.match(/^error: /);
      else expect(piped.stdout).not.to.equal('');
      for (const columns of WIDTHS) {
        const shown = await show(line, { columns });
        const text = `${shown.stdout}${shown.stderr}`;
        expect(shown.code, shown.stderr).to.equal(piped.code);
        expect(tooWide(text, columns), `${columns} columns`).to.deep.equal([]);
        expect(whole.filter((token) => !text.includes(token))).to.deep.equal([]);
      }
    });
  }

  for (const line of ['worker', 'doctor', 'audit --gateway', 'submit', 'trace 01JD']) {
    it(`fits as well where settings are missing: ${line}`, async () => {
      for (const columns of WIDTHS) {
        const { code, stdout, stderr } = await run(line.split(' '), { env: {}, columns });
        expect(code).not.to.equal(0);
        expect(`${stdout}${stderr}`).not.to.equal('');
        expect(tooWide(`${stdout}${stderr}`, columns)).to.deep.equal([]);
      }
    });
  }

  it('groups dead letters, reviews and findings by cause, with the counts first', async () => {
    const [deadLetters, audit] = await Promise.all([
      show('dlq list', { columns: 80 }),
      show('audit --gateway', { columns: 80 }),
    ]);

    expect(deadLetters.stdout).to.match(/^4 {2}ReviewRequired; cancel-refund-exhausted\n1 {2}/);
    expect(deadLetters.stdout).to.include('\n\nReviewRequired; cancel-refund-exhausted (4)\nid\n');
    expect(audit.stdout).to.match(/^Findings by invariant:\n6 {2}unknown\n3 {2}gateway\n/);
    expect(audit.stdout).to.include('(6 findings): no outcome stays unknown');
  });

  it('is one line for each row in a pipe, with its cause, and the same JSON', async () => {
    const piped = await show('dlq list', {});
    const rows = piped.stdout.split('\n').filter((line) => /^[0-9a-f]{8}-/.test(line));

    expect(rows).to.have.length(12);
    expect(rows.filter((row) => /ReviewRequired; .* if|would/.test(row))).not.to.deep.equal([]);
    const [asTerminal, asPipe] = await Promise.all([
      show('order lines --json', { columns: 40 }),
      show('order lines --json', {}),
    ]);
    expect(asTerminal.stdout).to.equal(asPipe.stdout);
  });
});
