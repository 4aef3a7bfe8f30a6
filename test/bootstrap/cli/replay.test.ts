import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { jsonOf } from '../../../src/bootstrap/cli/common/json.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createDynamoDbInvoiceTables } from '../../../src/adapters/dynamodb/invoiceView.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import { STREAM_START } from '../../../src/application/ports/eventStore.ts';
import type { InvoiceRow } from '../../../src/application/ports/invoiceView.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { VERSION } from '../../../src/bootstrap/version.ts';
import { bigCommit, commitOf, must } from '../../support/commits.ts';
import { overwriteItem, testClient } from '../../support/dynamoDb.ts';
import { allRows, writeHistory } from '../../support/history.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { startProcess, stopProcess } from '../../support/process.ts';
import { jsonLines, run, type Ended, type Env } from '../../support/cli.ts';
import { invoiceValue } from '../../../src/bootstrap/cli/common/documentJson.ts';
import { readText } from '../../../src/domain/invoice/index.ts';
import { describeInTurn } from '../../support/runs.ts';

const ORDERS = 40;
const HOME = 'paidonce-invoices';
const EVENTS = 'paidonce-events';
/** Of streams that a replay reads and passes, so that there are several pages. */
const BIG_STREAMS = 12;

describeInTurn(2, 'paidonce replay invoices', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let rows: readonly InvoiceRow[];
  let client: ReturnType<typeof testClient>;
  let checkpoint: string;

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path };
    checkpoint = join(folder.path, 'replay-invoices.checkpoint.json');
    embedded = (await openEmbedded(env))._unsafeUnwrap();
    client = testClient(embedded.addresses.dynamodb);
    const ids = createSystemIds();
    rows = await writeHistory({ store: storeOf(), ids, invoices: view(HOME) }, { orders: ORDERS });
    for (let n = 0; n < BIG_STREAMS; n += 1) {
      await must(storeOf().append(`letter#${n}`, STREAM_START, bigCommit(`c${n}`, 390_000)));
    }
  });
  after(async () => {
    client.destroy();
    await embedded.close();
    await folder.remove();
  });

  const clock = createSystemClock();
  const storeOf = () =>
    createEventStore(createDynamoDbCommitTable(client, { table: EVENTS }), clock);
  const view = (table: string) => createDynamoDbInvoiceTables(client, clock).open(table);
  const replay = (...args: readonly string[]): Promise<Ended> =>
    run(['replay', 'invoices', '--embedded', ...args], { env });

  it('resumes after SIGKILL, counts what was done, and leaves no checkpoint (X1)', async () => {
    const child = startProcess(
      ['replay', 'invoices', '--embedded', '--max-rcu', '300', '--segments', '2'],
      env,
    );
    await until(
      'a checkpoint with commits behind it',
      (see) => {
        const places = placesIn(checkpoint);
        see(`${places} commits, exit code ${child.exitCode}`);
        return places > 0 || child.exitCode !== null ? places : undefined;
      },
      { everyMs: 20 },
    );
    expect(await stopProcess(child, 'SIGKILL')).to.equal(null);
    const saved = JSON.parse(readFileSync(checkpoint, 'utf8')) as Saved;

    const other = await replay('--resume', '--segments', '3');
    expect(other.code).to.equal(1);
    expect(other.stderr)
      .to.include('is of another run')
      .and.include('segments: 2 there, 3 here')
      .and.include('without --resume to begin again');
    expect(JSON.parse(readFileSync(checkpoint, 'utf8'))).to.deep.equal(saved);

    // As an editor leaves it.
    writeFileSync(checkpoint, `\uFEFF${readFileSync(checkpoint, 'utf8')}`);
    const { code, stdout } = await replay('--resume', '--segments', '2', '--json');
    const [summary = {}] = jsonLines(stdout);
    const before = saved.place.segments.reduce((sum, { counts }) => sum + counts.commits, 0);
    expect(summary).to.include({ resumed: true, invoices: rows.length, differences: 0 });
    expect(before).to.be.within(1, Number(summary['commits']));
    expect(summary['commits']).to.equal(await commitsInLog());
    expect(code).to.equal(0);
    expect(existsSync(checkpoint)).to.equal(false);
    expect(await allRows(view(HOME))).to.deep.equal(rows);
  });

  it('refuses what it cannot go on with, and what does not go together', async () => {
    const file = join(folder.path, 'damaged.json');
    writeFileSync(file, '{"run":');
    const [damaged, nowhere, wrong, anew] = await Promise.all([
      replay('--resume', '--checkpoint', file),
      replay('--checkpoint', join(folder.path, 'no/such/folder.json')),
      replay('--into', 'x', '--dry-run', '--wait', '3'),
      replay('--resume', '--checkpoint', join(folder.path, 'new.json')),
    ]);
    expect([damaged.code, damaged.stderr.includes('is damaged')]).to.deep.equal([1, true]);
    expect([nowhere.code, nowhere.stderr.includes('cannot be written')]).to.deep.equal([2, true]);
    expect(wrong.stderr)
      .to.include('exclude each other')
      .and.include('is not a table name')
      .and.include('go with --switch');
    expect(wrong.code).to.equal(2);
    expect(anew.stderr).to.include('There is no checkpoint');
    expect(anew.code).to.equal(0);
  });

  it('is shared by processes, each with a checkpoint of its own', async () => {
    const shares = ['1/4', '2/4', '3/4', '4/4'];
    const ended = await Promise.all(
      shares.map((share) => replay('--segments', '6', '--share', share, '--json')),
    );
    const summaries = ended.map(({ stdout }) => jsonLines(stdout)[0] ?? {});
    const sumOf = (key: string) => summaries.reduce((sum, each) => sum + Number(each[key]), 0);

    expect(ended.map(({ code }) => code)).to.deep.equal([0, 0, 0, 0]);
    expect(summaries.map(({ share }) => share)).to.deep.equal(shares);
    expect(sumOf('commits')).to.equal(await commitsInLog());
    expect([sumOf('invoices'), sumOf('alreadyThere')]).to.deep.equal([rows.length, rows.length]);

    const file = join(folder.path, 'replay-invoices-2-of-4.checkpoint.json');
    const ofFirst = {
      mode: 'rows',
      region: 'us-east-1',
      events: EVENTS,
      invoices: HOME,
      segments: 6,
      share: '1/4',
      release: VERSION,
    };
    const place = { segments: [], readUnits: 0, throttles: 0 };
    writeFileSync(file, JSON.stringify({ run: ofFirst, part: 'rebuild', place }));
    const other = await replay('--segments', '6', '--share', '2/4', '--resume');
    expect(other.stderr).to.include('is of another run').and.include('share: 1/4 there, 2/4 here');
    expect(other.code).to.equal(1);
  });

  it('refuses a share that is none', async () => {
    for (const share of ['0/4', '5/4', '1', '1/0', 'a/b', '1/4/4', '-1/4']) {
      const { code, stderr } = await replay(`--share=${share}`);
      expect([share, code]).to.deep.equal([share, 2]);
      expect(stderr).to.include('It has to be a share k/n with 1 ≤ k ≤ n, such as 1/4.');
    }
    const many = await replay('--segments', '4', '--share', '1/5', '--into', 'x');
    expect(many.stderr)
      .to.include('--share has 5 shares of 4 segments: some would have none')
      .and.include('--share and --into exclude each other');
    expect(many.code).to.equal(2);
  });

  it('rebuilds beside, shows the rows that differ, switches everybody, and back (S9)', async () => {
    const [first] = rows;
    if (first === undefined) expect.fail('no rows');
    await overwriteItem(client, HOME, { ...first, document: '{"tampered":1}' });
    const rebuilt = await replay('--into', 'invoices-2', '--json');
    const [difference, summary] = jsonLines(rebuilt.stdout);
    expect(difference).to.deep.include({
      type: 'Differs',
      orderId: first.orderId,
      table: 'current',
    });
    expect(summary).to.deep.include({ outcome: 'Rebuilt', made: true });
    expect(rebuilt.code).to.equal(1);

    const because = ['--switch', '--by', 'ada', '--reason', 'a tampered row', '--wait', '0'];
    const switched = await replay('--into', 'invoices-2', ...because);
    expect(switched.stdout).to.include(
      'The invoices are in invoices-2 now; paidonce-invoices stays',
    );
    expect(switched.code).to.equal(0);

    const [clean, shown] = await Promise.all([
      replay('--dry-run', '--json'),
      run(['invoice', first.orderId, '--json', '--embedded'], { env }),
    ]);
    expect(jsonLines(clean.stdout)).to.have.length(1);
    expect(clean.code).to.equal(0);
    const document = invoiceValue(readText(first.document)._unsafeUnwrap());
    expect(JSON.parse(shown.stdout)).to.deep.equal(jsonOf(document));
    expect(await allRows(view('invoices-2'))).to.deep.equal(rows);

    const again = await replay('--into', 'invoices-2', ...because);
    expect(again.stdout).to.include('The invoices are in invoices-2 already.');
    // The tampered row has the version of the true one, so that no replay fixes it.
    const back = await replay('--into', HOME, ...because);
    expect(back.stdout).to.include('Not switched: paidonce-invoices holds rows');
    expect(back.code).to.equal(1);
    await overwriteItem(client, HOME, { ...first });
    const mended = await replay('--into', HOME, ...because);
    expect(mended.stdout).to.include('The invoices are in paidonce-invoices now');
    expect(mended.code).to.equal(0);
  });

  it('reports an unreadable stream, with exit code 1, and rebuilds the rest (X13)', async () => {
    await must(storeOf().append('order#strange', STREAM_START, commitOf('c', 'Nonsense')));
    const { code, stdout } = await replay('--json');
    const [finding, summary] = jsonLines(stdout);
    expect(finding).to.include({ type: 'Unreadable', streamId: 'order#strange' });
    expect(summary).to.include({ unreadable: 1, alreadyThere: rows.length, written: 0 });
    expect(code).to.equal(1);
  });

  const commitsInLog = async (): Promise<number> => {
    let commits = 0;
    for await (const page of storeOf().scan({ segment: 0, segments: 1 })) {
      commits += (await must(page)).commits.length;
    }
    return commits;
  };
});

type Saved = {
  readonly place: {
    readonly segments: readonly { readonly counts: { readonly commits: number } }[];
  };
};

/** How many commits a checkpoint has behind it. */
const placesIn = (path: string): number => {
  if (!existsSync(path)) return 0;
  const { place } = JSON.parse(readFileSync(path, 'utf8')) as Saved;
  return place.segments.reduce((sum, { counts }) => sum + counts.commits, 0);
};
