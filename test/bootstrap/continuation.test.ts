import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { amountsOf } from '../../src/bootstrap/cli/common/json.ts';
import { readMailbox } from '../../src/adapters/embedded/index.ts';
import { compareLedgers } from '../faults/ledgers.ts';
import { resolveReviews } from '../faults/operator.ts';
import type { ReceivedEvent } from '../contracts/orderEvents.contract.ts';
import {
  openDataFolder,
  TOPIC_ARN,
  type DataFolder,
  type Manifest,
} from '../support/dataFolder.ts';
import { publishingFaults } from '../support/publishedEvents.ts';
import { readCloudEvent } from '../support/orderEvents.ts';
import { describeInTurn, someOf } from '../support/runs.ts';
import { makeTemporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { readText } from '../../src/domain/invoice/index.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/data/', import.meta.url));
const MINUTE_MS = 60_000;
/** When the backoff of what was tried last is over, and it may still be sent again. */
const SOON_MS = 26 * MINUTE_MS;
/** When every payment that was open has closed, whatever the settings it was asked for with. */
const LATER_MS = 26 * 60 * MINUTE_MS;
/** After each of these no lease of a mail's claim and no backoff is left of before. */
const PERSON_MS = LATER_MS + 60 * MINUTE_MS;
const END_MS = PERSON_MS + 60 * MINUTE_MS;

/*
 * What this revision does otherwise than the one that left a folder stands here, and with the
 * orders' `ends` in its manifest, and nowhere else.
 */
/**
 * Of those that `compareLedgers` finds: five refunds failed, so that a person has to pay the
 * customer in another way.
 */
const LEDGER_FAULTS = ['exhausted: to be cancelled, and not cancelled'];
/** A mail that was sent and not confirmed before its worker died is sent again. */
const NOTIFIED_TWICE = ['untold:receipt'];
/** Releases before 0.2 could not send mail to an international domain. */
const UNCONFIRMED: Readonly<Record<string, readonly string[]>> = {
  '0.1.0-654fac8': ['undeliverable'],
};

const all = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.tar.gz'))
  .map((file) => file.replace('.tar.gz', ''))
  .toSorted();
/** Each takes half a minute: by default one of them, and on CI all. */
const names = someOf(1, all);

for (const name of names) {
  describeInTurn(1, `The data folder ${name}, which an earlier revision left`, () => {
    const manifest = JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8')) as Manifest;
    const orderIds = Object.keys(manifest.orders);
    const { takenAt } = manifest;
    const received: ReceivedEvent[] = [];
    let temporary: Awaited<ReturnType<typeof makeTemporaryFolder>>;

    before(async () => {
      temporary = await makeTemporaryFolder();
      execFileSync('tar', ['-xzf', join(FIXTURES, `${name}.tar.gz`), '-C', temporary.path]);
    });
    after(() => temporary.remove());

    const opened = async (
      host: 'servers' | 'worker',
      afterMs: number,
      act: (folder: DataFolder) => Promise<void>,
    ) => {
      const folder = await openDataFolder(join(temporary.path, 'data'), {
        host,
        shiftMs: takenAt + afterMs - Date.now(),
        settings: {
          ...manifest.settings,
          RETRY_DELAY_BASE_MS: '200',
          RECEIVE_WAIT_MS: '1000',
          ORDER_EVENTS_TOPIC_ARN: TOPIC_ARN,
        },
      });
      let ended: number | null = null;
      try {
        await act(folder);
      } finally {
        ended = await folder.close();
      }
      expect(ended).to.equal(0);
    };

    it('is read as it was written: states, sums, documents, mails, rows and dead letters', () =>
      opened('servers', 0, async (folder) => {
        for (const orderId of orderIds) {
          const { lies } = manifest.orders[orderId] ?? {};
          // Whatever a later release may report besides, it has not reported here.
          const stands = await folder.standingOf(orderId);
          const mails = { ...noneOf(stands.mails), ...lies?.mails };
          expect(stands, orderId).to.deep.equal({ ...lies, mails });
          expect(await documentsInRow(folder, orderId), orderId).to.deep.equal(lies?.documents);
        }
        expect(await chargesOf(folder)).to.deep.equal(
          chargesIn(manifest, ({ charges }) => charges),
        );
        expect(await folder.findings()).to.deep.equal(manifest.findings);
        expect(await folder.deadLetters()).to.deep.equal(manifest.letters);
        const shown = await folder.cli(['order', 'part', '--embedded', '--json']);
        expect(shown.code, shown.stderr).to.equal(0);
        const sums = manifest.orders['part']?.lies.sums;
        expect(JSON.parse(shown.stdout)).to.deep.include({
          status: 'partly refunded',
          sums: sums && amountsOf(sums, 'EUR'),
        });
      }));

    it('is continued: what was open ends; nothing is charged, invoiced or sent twice', async () => {
      await opened('servers', SOON_MS, async (folder) => {
        expect(await folder.receivedEvents()).to.deep.equal([]);
      });
      await opened('worker', SOON_MS, (folder) => folder.untilQuiet('nothing'));
      await opened('worker', LATER_MS, (folder) => folder.untilQuiet('nothing'));
      await opened('worker', PERSON_MS, async (folder) => {
        await folder.untilQuiet('hidden');
        await redrive(folder, 'poisoned');
        const { failed } = await resolveReviews(folder.config, {
          sandbox: folder.sandbox,
          ledger: await folder.sandbox.ledger(),
          throughCli: Infinity,
          cli: (args) => folder.cli([...args, '--embedded']),
        });
        expect(failed).to.deep.equal([]);
        await folder.untilQuiet('nothing');
      });
      await opened('worker', END_MS, async (folder) => {
        await folder.untilQuiet('hidden');
        await expectEnded(folder, manifest, name);
        expect(await folder.findings()).to.deep.equal([]);
        received.push(...(await folder.receivedEvents()));
      });
    });

    it('publishes all events of what goes on, no others, and each time the same (I30)', () =>
      opened('servers', END_MS, async (folder) => {
        const problems = await publishingFaultsIn(
          folder,
          orderIds,
          received,
          (wentOnAt) => wentOnAt > takenAt,
        );
        expect(problems).to.deep.equal([]);
      }));

    it('publishes the events of before by a replay, under the same ids (I30)', () =>
      opened('servers', END_MS, async (folder) => {
        const args = ['events', 'replay', '--since', '2020-01-01', '--rate', '10000'];
        const { code, stdout } = await folder.cli([...args, '--embedded', '--json']);
        expect(code, stdout).to.equal(0);
        const again = await folder.receivedEvents();
        const isReplayed = ({ body }: ReceivedEvent) => readCloudEvent(body)['replayed'] === true;
        expect(again.every(isReplayed)).to.equal(true);
        for (const events of [again, [...received, ...again]]) {
          expect(await publishingFaultsIn(folder, orderIds, events)).to.deep.equal([]);
        }
      }));

    it('has its invoices rebuilt from the events, row by row as they stand', () =>
      opened('servers', END_MS, async (folder) => {
        for (const args of [
          ['replay', 'invoices'],
          ['replay', 'invoices', '--dry-run'],
        ]) {
          const { code, stdout } = await folder.cli([...args, '--embedded', '--json']);
          expect(code, stdout).to.equal(0);
        }
        for (const orderId of orderIds) {
          const { documents } = await folder.standingOf(orderId);
          expect(await documentsInRow(folder, orderId), orderId).to.deep.equal(documents);
        }
      }));
  });
}

/** While the reconciler looks at the dead letters, they are hidden from others. */
const redrive = (folder: DataFolder, orderId: string): Promise<true> => {
  const decided = ['--order', orderId, '--by', 'a test', '--reason', 'its worker was killed'];
  return until(`the dead letter of ${orderId} is sent again`, async (see) => {
    const args = ['dlq', 'redrive', ...decided, '--embedded', '--json'];
    const { code, stdout, stderr } = await folder.cli(args);
    see(`exit code ${code}: ${stdout}${stderr}`);
    return code === 0 ? true : undefined;
  });
};

const expectEnded = async (folder: DataFolder, manifest: Manifest, name: string): Promise<void> => {
  const states = new Map<string, Awaited<ReturnType<DataFolder['stateOf']>>>();
  const ends: Record<string, string> = {};
  const unconfirmed: string[] = [];
  for (const orderId of Object.keys(manifest.orders)) {
    states.set(orderId, await folder.stateOf(orderId));
    const { status, mails } = await folder.standingOf(orderId);
    ends[orderId] = status;
    for (const [notice, became] of Object.entries(mails)) {
      // "Received" is sent at most once, and perhaps never. The audit says that nothing due is
      // missing.
      if (notice !== 'received' && became === 'claimed') unconfirmed.push(orderId);
    }
  }
  const wanted = Object.entries(manifest.orders).map(([orderId, order]) => [orderId, order.ends]);
  expect(ends).to.deep.equal(Object.fromEntries(wanted));
  expect(unconfirmed).to.deep.equal(UNCONFIRMED[name] ?? []);

  const charges = await chargesOf(folder);
  for (const [orderId, before] of Object.entries(manifest.orders)) {
    expect(charges[orderId] ?? 0, orderId).to.be.at.most(Math.max(1, before.charges));
  }
  // Order by order, both ways: each capture and refund once and with its document, and no gap in
  // any series.
  expect(compareLedgers(states, await folder.sandbox.ledger()).faults).to.deep.equal(LEDGER_FAULTS);

  const mailsByKey = Map.groupBy(
    await readMailbox(folder.mailboxUrl),
    ({ dedupeKey }) => dedupeKey,
  );
  const twice = [...mailsByKey].filter(([, mails]) => mails.length > 1).map(([key]) => key);
  expect(twice).to.deep.equal(NOTIFIED_TWICE);
};

/**
 * I30, of every order that is heard of or whose last event is of such a time: whoever handles an
 * order publishes all of it.
 */
const publishingFaultsIn = async (
  folder: DataFolder,
  orderIds: readonly string[],
  received: readonly ReceivedEvent[],
  isWanted: (lastAt: number) => boolean = () => true,
): Promise<readonly string[]> => {
  const events = received.map(({ body }) => {
    const { replayed: _, ...event } = readCloudEvent(body);
    return { orderId: String(event['subject']), id: event.id, body: JSON.stringify(event) };
  });
  const byOrder = Map.groupBy(events, ({ orderId }) => orderId);
  const problems: string[] = [];
  for (const orderId of new Set([...orderIds, ...byOrder.keys()])) {
    const { lastAt, ...order } = await folder.recordedOf(orderId);
    const published = byOrder.get(orderId) ?? [];
    if (published.length > 0 || isWanted(lastAt))
      problems.push(...publishingFaults(order, published));
  }
  return problems;
};

/** As the read model has them: the invoice, then its credit notes. */
const documentsInRow = async (folder: DataFolder, orderId: string): Promise<readonly string[]> => {
  const row = (await folder.get('invoices').get(orderId))._unsafeUnwrap();
  if (row === undefined) return [];
  const { label, creditNotes } = readText(row.document)._unsafeUnwrap();
  return [label, ...creditNotes.map((note) => note.label)];
};

type Counts = Readonly<Record<string, number>>;

/** How often the gateway has charged each order. */
const chargesOf = async ({ sandbox }: DataFolder): Promise<Counts> => {
  const counts: Record<string, number> = {};
  for (const { status, order_id: orderId } of (await sandbox.ledger()).charges) {
    if (status === 'succeeded' && orderId !== null) counts[orderId] = (counts[orderId] ?? 0) + 1;
  }
  return counts;
};

const chargesIn = (
  { orders }: Manifest,
  count: (order: Manifest['orders'][string]) => number,
): Counts =>
  Object.fromEntries(
    Object.entries(orders)
      .map(([orderId, order]) => [orderId, count(order)] as const)
      .filter(([, charges]) => charges > 0),
  );

const noneOf = (mails: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.keys(mails).map((notice) => [notice, 'none']));
