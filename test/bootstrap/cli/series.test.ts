import { expect } from 'chai';
import { createDynamoDbCommitTable } from '../../../src/adapters/dynamodb/commitTable.ts';
import { createEventStore } from '../../../src/adapters/eventStore/eventStore.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import { createAllocator } from '../../../src/application/series/allocator.ts';
import { createSeriesRegistry } from '../../../src/application/registry/seriesRegistry.ts';
import { diagnose } from '../../../src/bootstrap/doctor/checks.ts';
import { openEmbedded, type EmbeddedStack } from '../../../src/bootstrap/embedded.ts';
import { must } from '../../support/commits.ts';
import { testClient } from '../../support/dynamoDb.ts';
import { formatOf } from '../../support/orderContext.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { jsonLines, run, type Ended, type Env } from '../../support/cli.ts';

const FORMAT = '{series}-{year}-{number:6}';

describe('paidonce series', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let embedded: EmbeddedStack;
  let env: Env;
  let close: () => void = () => undefined;

  before(async () => {
    folder = await makeTemporaryFolder();
    env = { PAIDONCE_DATA_DIR: folder.path };
    embedded = (await openEmbedded(env))._unsafeUnwrap();
  });
  after(async () => {
    close();
    await embedded.close();
    await folder.remove();
  });

  const series = (...args: readonly string[]): Promise<Ended> =>
    run(['series', ...args, '--embedded'], { env });
  const year = new Date().getUTCFullYear();

  const floor = (...args: readonly string[]): Promise<Ended> =>
    series('floor', 'INV', '--above', '57', '--by', 'ada', '--reason', 'restored', ...args);

  it('lists those of the settings before a worker has registered them', async () => {
    const { code, stdout } = await series('list');
    expect(stdout).to.match(new RegExp(`^INV +- +${year} +1 +not registered yet +-$`, 'm'));
    expect(code).to.equal(0);
  });

  it('refuses a floor for a series that nobody has registered', async () => {
    const refused = await floor();
    expect([refused.code, refused.stderr]).to.deep.equal([
      1,
      'error: the floor is refused\n  there is no series INV: a worker registers those of its settings\n',
    ]);
  });

  it('records nothing of a person who is not named, as wrong usage', async () => {
    const refused = await series('floor', 'INV', '--above', '57', '--by', '', '--reason', 'x');
    expect([refused.code, refused.stderr]).to.deep.equal([
      2,
      'error: this cannot be recorded\n  by: is not 1 to 64 characters\n',
    ]);
  });

  describe('once a worker has numbered', () => {
    before(async () => {
      const { EVENTS_TABLE: table = '' } = embedded.settings;
      const client = testClient(embedded.addresses.dynamodb);
      close = () => client.destroy();
      const [clock, ids] = [createSystemClock(), createSystemIds()];
      const store = createEventStore(createDynamoDbCommitTable(client, { table }), clock);
      const registry = createSeriesRegistry({ store, ids, clock }, [
        { series: 'INV', format: formatOf(FORMAT), documents: 'invoices' },
      ]);
      const allocator = createAllocator({ store, ids, clock, registry });
      await must(allocator.allocate('INV', { id: 'o1', reference: 'pi_o1', from: 0 }));
    });

    it('says in a dry run what a floor would do', async () => {
      const predicted = await floor('--dry-run');
      expect(predicted.stdout).to.include('would be 58 instead of 2; nothing was changed');
    });

    it('sets a floor, and reports what it did (C11)', async () => {
      const set = await floor('--json');
      expect(jsonLines(set.stdout)).to.deep.equal([
        { type: 'Set', series: 'INV', year, before: 2, next: 58 },
      ]);
    });

    it('lists how it is printed, and the number that is next', async () => {
      const listed = await series('list');
      expect(listed.stdout).to.match(
        new RegExp(`^INV +invoices +${year} +58 +\\{series\\}-\\{year\\}-\\{number:6\\} `, 'm'),
      );
    });

    it('is what the doctor compares the settings with (B9)', async () => {
      const found = async (settings: Readonly<Record<string, string>>) => {
        const other = { ...embedded, settings: { ...embedded.settings, ...settings } };
        return (await diagnose({}, { embedded: other })).filter(({ subject }) =>
          subject.startsWith('series '),
        );
      };
      const [inv, cn] = await found({});
      expect(inv).to.deep.include({ status: 'ok', subject: 'series INV' });
      expect(cn).to.deep.include({ status: 'note', subject: 'series CN' });
      const [drifted] = await found({ INVOICE_NUMBER_FORMAT: '{year}/{number}' });
      expect(drifted?.status).to.equal('problem');
      expect(drifted?.what).to.include(`printed as ${FORMAT} for ever`);
      const [renamed] = await found({
        INVOICE_SERIES: 'NEW',
        INVOICE_NUMBER_FORMAT: 'INV-{year}-{number:6}',
      });
      expect(renamed?.what).to.include(`INV-2026-000001`).and.include('as the series INV does');
    });
  });
});
