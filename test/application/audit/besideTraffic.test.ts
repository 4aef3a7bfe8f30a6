import { expect } from 'chai';
import { auditShop, GRACE_MS } from '../../support/auditing.ts';
import { NOON } from '../../support/orderContext.ts';
import { captured, layOrderCases, placed } from '../../support/orderCases.ts';
import { createShop, NOW, numbering } from '../../support/shop.ts';

describe('an audit beside live traffic', () => {
  it('makes no finding of live traffic: it reads both sides again (F22, X10)', async () => {
    const shop = createShop();
    await layOrderCases(shop, 25);
    shop.laySeries();
    const row = shop.rows.get('paid-0');
    const notice = shop.draftsOf('notification#paid-0#receipt');
    shop.rows.delete('paid-0');
    shop.lay('notification#paid-0#receipt', []);
    const failed = placed('failed-then').unresolved().resolved({ moved: false, reference: '' });
    shop.layOrder('failed-then', failed.commits, { derive: false });
    const scan: typeof shop.store.scan = async function* (options) {
      yield* shop.store.scan(options);
      // Another fact has overtaken the one that nobody was notified of.
      shop.layOrder('failed-then', failed.cancelled().commits);
      if (row !== undefined) shop.rows.set('paid-0', row);
      shop.lay('notification#paid-0#receipt', notice);
    };
    const { named } = await auditShop(shop, {
      segments: 1,
      queues: false,
      store: { ...shop.store, scan },
    });
    const unexplained = 'never-notified-and-in-the-dead-letter-queue';
    expect(named.filter((name) => !name.includes(unexplained))).to.deep.equal([]);
  });

  it('counts a new number as in progress, and asks for its document later (S5)', async () => {
    const audited = async (age: number) => {
      const shop = createShop();
      const at = NOW - age;
      shop.layOrder('o-1', placed('o-1', { at }).commits, { at });
      const entries = [{ id: 'o-1', reference: 'pi_o-1' }];
      shop.lay('series#INV', [numbering({ first: 1, date: at, year: 2026, entries })]);
      return auditShop(shop, { queues: false });
    };
    const [young, old] = [await audited(60_000), await audited(GRACE_MS)];
    expect([young.named, young.report.inProgress]).to.deep.equal([[], 2]);
    expect(old.named).to.deep.equal(['numbers series#INV @1']);
  });

  it('says whose number a document bears, but not of an order driven on meanwhile', async () => {
    const shop = createShop();
    const number = { series: 'INV', year: 2026, number: 1, seriesVersion: 1, date: NOON };
    for (const id of ['a', 'b']) {
      shop.layOrder(id, captured(shop, id, placed(id), number).commits);
    }
    const entries = [{ id: 'a', reference: 'pi_a' }];
    shop.lay('series#INV', [numbering({ first: 1, date: NOON, year: 2026, entries })]);
    const { draftsOf, lay, store } = shop;
    const whole = draftsOf('order#a');
    lay('order#a', whole.slice(0, 1));
    const scan: typeof store.scan = async function* (options) {
      yield* store.scan(options);
      lay('order#a', whole);
    };
    const load: typeof store.load = (streamId, options) => {
      if (streamId === 'order#a') lay('order#a', whole);
      return store.load(streamId, options);
    };
    const { findings } = await auditShop(shop, { segments: 1, store: { ...store, scan, load } });
    expect(findings.map(({ why }) => why)).to.deep.equal(['a document with the number of a']);
  });
});
