import { expect } from 'chai';
import fc from 'fast-check';
import { findByNumber } from '../../../src/application/findOrder/byNumber.ts';
import type { OrderMatch } from '../../../src/application/findOrder/foundOrder.ts';
import * as Registry from '../../../src/domain/registry/index.ts';
import { UTC_CALENDAR } from '../../../src/domain/calendar.ts';
import * as Series from '../../../src/domain/series/index.ts';
import { must } from '../../support/commits.ts';
import { formatOf } from '../../support/orderContext.ts';
import { orderLife } from '../../support/orderLife.ts';
import { createShop, numbering, type Draft, type Shop } from '../../support/shop.ts';
import { runsOf } from '../../support/runs.ts';

const FORMAT = '{series}-{year}-{number:6}';
const JUNE = { 2026: Date.UTC(2026, 5, 1), 2027: Date.UTC(2027, 5, 1) } as const;
type Year = keyof typeof JUNE;

const entry = (id: string): Series.SeriesEntry => ({ id, reference: `pi_${id}` });
const label = (series: string, year: number, number: number): string =>
  Series.formatNumber(formatOf(FORMAT), { series, year, number });

const register = (shop: Shop, ...series: readonly (readonly [string, string])[]): void =>
  shop.lay(
    'registry#series',
    series.map(([name, format]): Draft => {
      const data = { series: name, format, documents: 'invoices', at: 0 } as const;
      return { events: [Registry.codec.encode({ type: 'SeriesRegistered', data })], at: 0 };
    }),
  );

const floor = (year: Year, next: number): Draft => ({
  events: [
    Series.codec.encode({
      type: 'FloorSet',
      data: { ...UTC_CALENDAR, next, date: JUNE[year], year, by: 'ada', reason: 'restored' },
    }),
  ],
  at: JUNE[year],
});

describe('the order with a document of some number', () => {
  const orderOf = async (shop: Shop, text: string): Promise<readonly OrderMatch[]> =>
    (await must(findByNumber(shop.store, text))).matches;

  it('is found for every number of any series, in a read for each halving', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ size: fc.integer({ min: 1, max: 4 }), gap: fc.nat({ max: 3 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        fc.nat({ max: 40 }),
        async (commits, inFirstYear) => {
          const shop = createShop();
          const given = new Map<string, string>();
          const gaps: string[] = [];
          const drafts: Draft[] = [];
          let next = 1;
          let before: Year = 2026;
          for (const [at, { size, gap }] of commits.entries()) {
            const year: Year = at < inFirstYear ? 2026 : 2027;
            if (year !== before) next = 1;
            before = year;
            if (gap > 0) {
              for (let number = next; number < next + gap; number += 1) {
                gaps.push(label('INV', year, number));
              }
              next += gap;
              drafts.push(floor(year, next));
            }
            const entries = Array.from({ length: size }, (_, index) => entry(`o-${at}-${index}`));
            for (const [index, { id }] of entries.entries()) {
              given.set(label('INV', year, next + index), id);
            }
            drafts.push(
              numbering({ first: next, date: JUNE[year], year, entries, format: FORMAT }),
            );
            next += size;
          }
          shop.lay('series#INV', drafts);
          register(shop, ['INV', FORMAT]);
          let reads = 0;
          const store: Shop['store'] = {
            ...shop.store,
            load: (...asked) => {
              reads += 1;
              return shop.store.load(...asked);
            },
          };
          for (const [text, id] of given) {
            reads = 0;
            const found = await must(findByNumber(store, text));
            expect(found.matches.map(({ orderId }) => orderId)).to.deep.equal([id]);
            // The registry, and the halves.
            expect(reads).to.be.at.most(2 + Math.log2(drafts.length));
          }
          for (const text of [...gaps, label('INV', before, next), label('INV', 2025, 1)]) {
            expect(await must(findByNumber(shop.store, text)), text).to.deep.equal({
              matches: [],
              isPrinted: true,
            });
          }
        },
      ),
      { numRuns: runsOf(15, 60) },
    ));

  it('is named with the refund, where the document is a credit note', async () => {
    const shop = createShop();
    register(shop, ['CN', FORMAT]);
    const entries = [entry('o-1#r-1'), entry('o-2#gateway#re_7')];
    shop.lay('series#CN', [
      numbering({ first: 1, date: JUNE[2026], year: 2026, entries, format: FORMAT }),
    ]);
    const by = { type: 'Number', series: 'CN', year: 2026 } as const;
    expect(await orderOf(shop, 'CN-2026-000001')).to.deep.equal([
      { orderId: 'o-1', by: { ...by, number: 1, refundId: 'r-1' } },
    ]);
    expect(await orderOf(shop, 'CN-2026-000002')).to.deep.equal([
      { orderId: 'o-2', by: { ...by, number: 2, refundId: 'gateway#re_7' } },
    ]);
  });

  it('is not guessed from a text that is printed otherwise', async () => {
    const shop = createShop();
    register(shop, ['INV', FORMAT]);
    const entries = [entry('o-1')];
    shop.lay('series#INV', [
      numbering({ first: 1, date: JUNE[2026], year: 2026, entries, format: FORMAT }),
    ]);
    for (const text of ['INV-2026-1', 'inv-2026-000001', 'INV-2026-0000001', 'CN-2026-000001']) {
      expect(await orderOf(shop, text), text).to.deep.equal([]);
    }
  });

  describe('of a release before the registry', () => {
    /** One order, whose document says by itself how it is printed. */
    const layOlder = (shop: Shop, series: string, orderId: string, printed: string): void => {
      const { commits } = orderLife().placed().captured(1);
      const events = commits.map((commit) =>
        commit.map((event) =>
          event.type === 'InvoiceIssued'
            ? { ...event, data: { ...event.data, series, label: printed } }
            : event,
        ),
      );
      shop.layOrder(orderId, events, { derive: false });
      const entries = [entry(orderId)];
      shop.lay(`series#${series}`, [
        numbering({ first: 1, date: JUNE[2026], year: 2026, entries }),
      ]);
    };

    it('is found by what its document says, and not by how the series prints now', async () => {
      const shop = createShop();
      layOlder(shop, 'INV', 'o-1', 'Nr 2026/1');
      register(shop, ['INV', FORMAT]);

      expect((await orderOf(shop, 'Nr 2026/1')).map(({ orderId }) => orderId)).to.deep.equal([
        'o-1',
      ]);
      expect(await orderOf(shop, 'INV-2026-000001')).to.deep.equal([]);
    });

    it('is found in a series that nobody has registered, where the text names it', async () => {
      const shop = createShop();
      layOlder(shop, 'OLD', 'o-1', 'OLD-2026-1');

      expect((await orderOf(shop, 'OLD-2026-1')).map(({ orderId }) => orderId)).to.deep.equal([
        'o-1',
      ]);
    });

    it('is one of several, where two series printed alike', async () => {
      const shop = createShop();
      layOlder(shop, 'A', 'o-1', '2026/1');
      layOlder(shop, 'B', 'o-2', '2026/1');
      register(shop, ['A', FORMAT], ['B', FORMAT]);

      expect((await orderOf(shop, '2026/1')).map(({ orderId }) => orderId)).to.have.members([
        'o-1',
        'o-2',
      ]);
    });
  });

  it('costs nothing for a text without a year and a number', async () => {
    const shop = createShop();
    const store: Shop['store'] = {
      ...shop.store,
      load: () => {
        throw new Error('it was read');
      },
    };
    for (const text of ['01JD3M8A5W1P3X9T6K2V7Q4R0S', 'o-1', 'pi_3PxK2eLkdIwHu7ix0', '2026']) {
      expect((await must(findByNumber(store, text))).matches).to.deep.equal([]);
    }
  });
});
