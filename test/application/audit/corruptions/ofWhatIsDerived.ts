import { NOON } from '../../../support/orderContext.ts';
import {
  captured,
  ORDER_CASES,
  paid,
  placed,
  sendDeadLetter,
} from '../../../support/orderCases.ts';
import { CLAIMED, NOW, numbering, SENT, type Shop } from '../../../support/shop.ts';
import type * as Notification from '../../../../src/domain/notification/index.ts';
import type * as Series from '../../../../src/domain/series/index.ts';
import { noticeStream, orderStream, type Corruption } from './corruption.ts';

const layPaid: Corruption['prepare'] = (shop, id) => shop.layOrder(id, paid(shop, id).commits);

const ofPaid = (name: string, corrupt: Corruption['corrupt']): Corruption => ({
  name,
  prepare: layPaid,
  corrupt,
});

/** What this order's row is made into. */
const ofRow = (name: string, change: { readonly version?: number; readonly document?: string }) =>
  ofPaid(name, (shop, id) => {
    const row = shop.rows.get(id);
    if (row !== undefined) shop.rows.set(id, { ...row, ...change });
    return [['rows', orderStream(id), 4]];
  });

type Commit = Partial<Series.NumberingEvent['data']>;

/**
 * Two orders with numbers in a series of their own, which is laid as it is said; the second is
 * damaged.
 */
const ofSeries = (
  name: string,
  series: string,
  {
    second,
    number = {},
  }: { readonly second: Commit; readonly number?: Partial<Series.PrintedNumber> },
): Corruption => ({
  name,
  prepare: (shop, id) => {
    const given = { series, year: 2026, date: NOON };
    const numbers = [
      { ...given, number: 1, seriesVersion: 1 },
      { ...given, number: 2, seriesVersion: 2, ...number },
    ];
    for (const [index, one] of numbers.entries()) {
      const orderId = `${id}-${index + 1}`;
      shop.layOrder(orderId, captured(shop, orderId, placed(orderId, { series }), one).commits);
    }
  },
  corrupt: (shop, id) => {
    const entry = (n: number) => [{ id: `${id}-${n}`, reference: `pi_${id}-${n}` }];
    const about = { date: NOON, year: 2026 };
    shop.lay(`series#${series}`, [
      numbering({ ...about, first: 1, entries: entry(1) }),
      numbering({ ...about, first: 2, entries: entry(2), ...second }),
    ]);
    return [['numbers', `series#${series}`, 2]];
  },
});

const layNotice = (
  name: string,
  events: readonly Notification.Event[],
  found: readonly ['told' | 'legal', number],
): Corruption =>
  ofPaid(name, (shop, id) => {
    shop.layNotice(id, 'receipt', { events });
    return [[found[0], noticeStream(id, 'receipt'), found[1]]];
  });

const HALF_AN_HOUR_AGO = NOW - 30 * 60_000;

const OF_PLACES: readonly Corruption[] = [
  ofSeries('a gap in a series', 'GAP', { second: { first: 3 }, number: { number: 3 } }),
  ofSeries('a number that was given twice', 'TWICE', {
    second: { first: 1 },
    number: { number: 1 },
  }),
  ofSeries('a date that goes back', 'BACK', {
    second: { date: NOON - 1 },
    number: { date: NOON - 1 },
  }),
  ofSeries('a number of another year than its date', 'YEAR', {
    second: { year: 2027, first: 1 },
    number: { year: 2027, number: 1 },
  }),
  {
    ...ofSeries('a number for nobody', 'NOBODY', { second: {} }),
    corrupt: (shop, id) => {
      const about = { date: NOON, year: 2026 };
      const entry = (n: number) => ({ id: `${id}-${n}`, reference: `pi_${id}-${n}` });
      const nobody = { id: `${id}-nobody`, reference: 'pi' };
      shop.lay('series#NOBODY', [
        numbering({ ...about, first: 1, entries: [entry(1)] }),
        numbering({ ...about, first: 2, entries: [entry(2)] }),
        numbering({ ...about, first: 3, entries: [nobody] }),
      ]);
      return [['numbers', 'series#NOBODY', 3]];
    },
  },
  {
    ...ofSeries('a second number for one document', 'SECOND', { second: {} }),
    corrupt: (shop, id) => {
      const about = { date: NOON, year: 2026 };
      const entry = (n: number) => ({ id: `${id}-${n}`, reference: `pi_${id}-${n}` });
      shop.lay('series#SECOND', [
        numbering({ ...about, first: 1, entries: [entry(1)] }),
        numbering({ ...about, first: 2, entries: [entry(2)] }),
        numbering({ ...about, first: 3, entries: [entry(1)] }),
      ]);
      return [['numbers', 'series#SECOND', 3]];
    },
  },
  {
    ...ofSeries('documents without their numbers', 'LOST', { second: {} }),
    corrupt: (_, id) => [
      ['numbers', orderStream(`${id}-1`), 4],
      ['numbers', orderStream(`${id}-2`), 4],
    ],
  },
  {
    ...ofSeries('two documents with one number', 'SHARED', {
      second: {},
      number: { number: 1, seriesVersion: 1 },
    }),
    corrupt: (shop, id) => {
      const entries = [{ id: `${id}-1`, reference: `pi_${id}-1` }];
      shop.lay('series#SHARED', [numbering({ first: 1, date: NOON, year: 2026, entries })]);
      return [['numbers', orderStream(`${id}-2`), 4]];
    },
  },
  {
    ...ofSeries('a document with another date than its number', 'DATED', {
      second: {},
      number: { date: NOON + 1 },
    }),
    corrupt: (shop, id) => {
      const entry = (n: number) => ({ id: `${id}-${n}`, reference: `pi_${id}-${n}` });
      const entries = [entry(1), entry(2)];
      shop.lay('series#DATED', [
        numbering({ first: 1, date: NOON, year: 2026, entries: entries.slice(0, 1) }),
        numbering({ first: 2, date: NOON, year: 2026, entries: entries.slice(1) }),
      ]);
      return [['numbers', orderStream(`${id}-2`), 4]];
    },
  },
];

/**
 * Two series in which a document is printed by the year and the number alone, as before formats
 * were facts.
 */
const OF_PRINTS: readonly Corruption[] = [
  {
    ...ofSeries('a document printed otherwise than its series', 'PRINT', {
      second: {},
      number: { label: 'PRINT-2026-2' },
    }),
    corrupt: (shop, id) => {
      const about = { date: NOON, year: 2026, format: '{series}-{year}-{number:6}' };
      const entry = (n: number) => [{ id: `${id}-${n}`, reference: `pi_${id}-${n}` }];
      shop.lay('series#PRINT', [
        numbering({ ...about, first: 1, entries: entry(1) }),
        numbering({ ...about, first: 2, entries: entry(2) }),
      ]);
      return [['numbers', orderStream(`${id}-2`), 4]];
    },
  },
  {
    name: 'two documents printed alike in two series',
    prepare: (shop, id) => {
      for (const series of ['ALIKE', 'ALIKE2']) {
        const orderId = `${id}-${series}`;
        const place = { series, year: 2026, number: 1, date: NOON, seriesVersion: 1 };
        const lived = captured(shop, orderId, placed(orderId, { series }), {
          ...place,
          label: '2026/1',
        });
        shop.layOrder(orderId, lived.commits);
        const entries = [{ id: orderId, reference: `pi_${orderId}` }];
        shop.lay(`series#${series}`, [numbering({ first: 1, date: NOON, year: 2026, entries })]);
      }
    },
    corrupt: () => [['numbers', 'series#ALIKE']],
  },
];

export const OF_SERIES: readonly Corruption[] = [...OF_PLACES, ...OF_PRINTS];

export const OF_ROWS: readonly Corruption[] = [
  ofPaid('a row that is missing', (shop, id) => {
    shop.rows.delete(id);
    return [['rows', orderStream(id), 4]];
  }),
  ofRow('a row that was edited', { document: '{}' }),
  ofRow('a row that is older than the events', { version: 3 }),
  ofRow('a row of events that the log lacks', { version: 9 }),
  {
    name: 'a row that no event stands for',
    prepare: (shop, id) => ORDER_CASES['declined']?.(shop, id),
    corrupt: (shop, id) => {
      shop.rows.set(id, { orderId: id, version: 2, document: '{}' });
      return [['rows', orderStream(id), 2]];
    },
  },
  {
    name: 'a row of an order that there never was',
    prepare: () => undefined,
    corrupt: (shop, id) => {
      shop.rows.set(id, { orderId: id, version: 2, document: '{}' });
      return [['rows', orderStream(id), 2]];
    },
  },
];

export const OF_NOTICES: readonly Corruption[] = [
  ofPaid('a notice that was never sent', (shop, id) => {
    shop.lay(noticeStream(id, 'receipt'), []);
    return [['told', orderStream(id), 4]];
  }),
  {
    name: 'a refusal of which its customer was never told',
    prepare: (shop, id) => ORDER_CASES['refused']?.(shop, id),
    corrupt: (shop, id) => {
      shop.lay(noticeStream(id, 'refused'), []);
      return [['told', orderStream(id), 1]];
    },
  },
  {
    name: 'a refund that failed, of which its customer was never told',
    prepare: (shop, id) => ORDER_CASES['refund-failed']?.(shop, id),
    corrupt: (shop, id) => {
      shop.lay(noticeStream(id, 'refund-failed#r-1'), []);
      return [['told', orderStream(id), 6]];
    },
  },
  layNotice('a notice that was claimed and never sent', [CLAIMED], ['told', 1]),
  layNotice('a notice that was sent twice', [CLAIMED, SENT, SENT], ['told', 3]),
  layNotice('a notice that was claimed after it was sent', [CLAIMED, SENT, CLAIMED], ['legal', 3]),
  layNotice('a notice that nobody claimed', [SENT], ['legal', 1]),
  {
    name: 'a notice of what never was',
    prepare: (shop, id) => ORDER_CASES['declined']?.(shop, id),
    corrupt: (shop, id) => {
      shop.layNotice(id, 'receipt');
      return [['told', noticeStream(id, 'receipt'), 2]];
    },
  },
];

export const OF_WHAT_WAITS: readonly Corruption[] = [
  {
    name: 'an order that was left open',
    prepare: (shop, id) =>
      shop.layOrder(id, placed(id, { at: HALF_AN_HOUR_AGO }).commits, { at: HALF_AN_HOUR_AGO }),
    corrupt: (_, id) => [['obligations', orderStream(id)]],
  },
  {
    name: 'a cancelled order that still holds the money',
    prepare: (shop, id) => layCancelledAndPaid(shop, id),
    corrupt: (_, id) => [['obligations', orderStream(id)]],
  },
  {
    name: 'a payment whose outcome stays unknown',
    prepare: async (shop, id) => {
      shop.layOrder(id, placed(id).commits);
      await sendDeadLetter(shop, id);
    },
    corrupt: (_, id) => [['unknown', orderStream(id), 2]],
  },
  {
    name: 'a refund whose outcome stays unknown',
    prepare: async (shop, id) => {
      shop.layOrder(id, paid(shop, id).asked('r-1').commits);
      await sendDeadLetter(shop, id);
    },
    corrupt: (_, id) => [['unknown', orderStream(id), 5]],
  },
];

/** Its refund failed, and nobody has asked for it again. */
const layCancelledAndPaid = (shop: Shop, id: string): void => {
  const { commits } = paid(shop, id).cancelled();
  const failed = {
    type: 'RefundFailed',
    data: { refundId: 'cancel#1', code: 'no', reference: '' },
  } as const;
  shop.layOrder(id, [...commits, [failed]]);
};
