import { expect } from 'chai';
import { ok } from 'neverthrow';
import { must } from '../support/commits.ts';
import type { InvoiceRow, InvoiceView } from '../../src/application/ports/invoiceView.ts';

const RACERS = 30;

/** What every invoice view owes its callers; `makeView` gives an empty one. */
export const describeInvoiceView = (name: string, makeView: () => Promise<InvoiceView>): void => {
  describe(`invoice view on ${name}`, () => {
    let view: InvoiceView;

    beforeEach(async () => {
      view = await makeView();
    });

    const row = (version: number, orderId = 'o-1'): InvoiceRow => ({
      orderId,
      version,
      document: `{"number":${version},"of":"Grüße, 你好 😀"}`,
    });

    it('has no row that nobody put', async () => {
      expect(await view.get('o-1')).to.deep.equal(ok(undefined));
    });

    it('returns a row as it was put', async () => {
      expect(await view.putIfNewer(row(4))).to.deep.equal(ok('Written'));
      expect(await view.get('o-1')).to.deep.equal(ok(row(4)));
    });

    it('replaces a row by a newer one', async () => {
      await view.putIfNewer(row(4));
      expect(await view.putIfNewer(row(10))).to.deep.equal(ok('Written'));
      expect(await view.get('o-1')).to.deep.equal(ok(row(10)));
    });

    it('leaves a row of the same or a newer version as it is (X10)', async () => {
      await view.putIfNewer(row(10));
      expect(await view.putIfNewer(row(4))).to.deep.equal(ok('AlreadyThere'));
      expect(await view.putIfNewer({ ...row(10), document: '{}' })).to.deep.equal(
        ok('AlreadyThere'),
      );
      expect(await view.get('o-1')).to.deep.equal(ok(row(10)));
    });

    it('ends with the newest row whatever the order of racing writers (S9)', async () => {
      const versions = Array.from({ length: RACERS }, (_, i) => ((i * 7) % RACERS) + 1);
      await Promise.all(versions.map((version) => view.putIfNewer(row(version))));
      expect(await view.get('o-1')).to.deep.equal(ok(row(RACERS)));
    });

    it('reads many rows at once, and leaves out those that are missing', async () => {
      const rows = Array.from({ length: 250 }, (_, i) => row(i + 1, `o-${i}`));
      await Promise.all(rows.map((each) => view.putIfNewer(each)));
      const asked = ['o-404', ...rows.map(({ orderId }) => orderId).toReversed(), 'o-3'];
      const many = await must(view.getMany(asked));
      expect([...many.values()]).to.have.deep.members(rows.map((each) => ok(each)));
      expect(many.get('o-17')).to.deep.equal(ok(row(18, 'o-17')));
      const versions = await must(view.versionsOf(asked));
      expect([...versions]).to.have.deep.members(
        rows.map(({ orderId, version }) => [orderId, version]),
      );
      expect([...(await must(view.getMany([])))]).to.deep.equal([]);
      expect([...(await must(view.versionsOf([])))]).to.deep.equal([]);
    });

    it('reads many rows that are as large as rows may be', async () => {
      // DynamoDB gives 16 MB at once.
      const rows = Array.from({ length: 42 }, (_, i) => ({
        ...row(1, `o-${i}`),
        document: 'x'.repeat(400_000),
      }));
      await Promise.all(rows.map((each) => view.putIfNewer(each)));
      const many = await must(view.getMany(rows.map(({ orderId }) => orderId)));
      expect([...many.values()]).to.have.deep.members(rows.map((each) => ok(each)));
    });

    it('sees in a read of many what was written before it', async () => {
      await view.putIfNewer(row(4));
      await view.putIfNewer(row(5));
      expect([...(await must(view.versionsOf(['o-1'])))]).to.deep.equal([['o-1', 5]]);
      expect((await must(view.getMany(['o-1']))).get('o-1')).to.deep.equal(ok(row(5)));
    });

    it('lists every row once, over several pages', async () => {
      const rows = Array.from({ length: 12 }, (_, i) => ({
        ...row(1, `o-${i}`),
        document: 'x'.repeat(200_000),
      }));
      await Promise.all(rows.map((each) => view.putIfNewer(each)));
      const pages: (readonly InvoiceRow[])[] = [];
      for await (const page of view.list()) pages.push(await must(page));
      expect(pages.length).to.be.at.least(2);
      expect(pages.flat()).to.have.deep.members(rows);
    });

    it('lists nothing where there is nothing', async () => {
      expect(await view.list().next()).to.deep.equal({ done: true, value: undefined });
    });

    it('ends a list quietly when its signal fires', async () => {
      await view.putIfNewer(row(1));
      const list = view.list({ signal: AbortSignal.abort() });
      expect(await list.next()).to.deep.equal({ done: true, value: undefined });
    });

    it('A2: refuses a row larger than an item may be, and no other row suffers', async () => {
      const put = await view.putIfNewer({ ...row(1), document: 'x'.repeat(410_000) });
      expect(put.isErr() && put.error).to.deep.include({ type: 'RowTooLarge', orderId: 'o-1' });
      expect(await view.get('o-1')).to.deep.equal(ok(undefined));
    });
  });
};
