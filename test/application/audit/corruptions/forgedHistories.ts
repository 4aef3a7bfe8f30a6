import { ORDER_CASES, paid, sendDeadLetter } from '../../../support/orderCases.ts';
import type { Draft } from '../../../support/shop.ts';
import {
  edited,
  noticeStream,
  orderStream,
  rewrite,
  type Corruption,
  type Expected,
} from './corruption.ts';

/** Rewritten, hashes and all. */
const rewritten = (
  name: string,
  edit: (drafts: readonly Draft[], id: string) => readonly Draft[],
  expected: (id: string) => readonly Expected[],
): Corruption => ({
  name: `a forged history with ${name}`,
  prepare: (shop, id) => shop.layOrder(id, paid(shop, id).commits),
  corrupt: (shop, id) => {
    rewrite(shop, orderStream(id), (drafts) => edit(drafts, id));
    return expected(id);
  },
});

const TOTALS = ['net', 'tax', 'total', 'rounding', 'prepaid', 'payable'] as const;

/** The stored row of totals with some of them changed. */
const withTotals = (
  data: Readonly<Record<string, unknown>>,
  changes: { readonly [K in (typeof TOTALS)[number]]?: number },
) => {
  const totals = data['totals'] as readonly number[];
  return { ...data, totals: TOTALS.map((name, at) => changes[name] ?? totals[at]) };
};

export const FORGED_HISTORIES: readonly Corruption[] = [
  rewritten(
    'another amount captured',
    (drafts) => edited(drafts, 'PaymentCaptured', (data) => ({ ...data, amountMinor: 1 })),
    (id) => [
      ['legal', orderStream(id), 3],
      ['money', orderStream(id), 4],
    ],
  ),
  rewritten(
    'another currency captured',
    (drafts) => edited(drafts, 'PaymentCaptured', (data) => ({ ...data, currency: 'USD' })),
    (id) => [
      ['legal', orderStream(id), 3],
      ['money', orderStream(id), 3],
    ],
  ),
  rewritten(
    'other money than its number was given for',
    (drafts) => edited(drafts, 'PaymentCaptured', (data) => ({ ...data, reference: 'pi_other' })),
    (id) => [
      ['numbers', orderStream(id), 4],
      ['rows', orderStream(id), 4],
    ],
  ),
  rewritten(
    'another total of the order',
    (drafts) => edited(drafts, 'OrderPlaced', (data) => withTotals(data, { total: 1, payable: 1 })),
    (id) => [
      ['legal', orderStream(id), 2],
      ['money', orderStream(id), 1],
    ],
  ),
  rewritten(
    'another total on the invoice',
    (drafts) =>
      edited(drafts, 'InvoiceIssued', (data) => withTotals(data, { total: 1, payable: 1 })),
    (id) => [
      ['legal', orderStream(id), 4],
      ['money', orderStream(id), 4],
      ['rows', orderStream(id), 4],
    ],
  ),
  rewritten(
    'tax on the invoice that its lines do not bear',
    (drafts) =>
      edited(drafts, 'InvoiceIssued', (data) => {
        const [net, tax] = data['totals'] as readonly number[];
        return withTotals(data, { net: Number(net) + 1, tax: Number(tax) - 1 });
      }),
    (id) => [
      ['money', orderStream(id), 4],
      ['rows', orderStream(id), 4],
    ],
  ),
  rewritten(
    'other things on the invoice than were ordered',
    (drafts) =>
      edited(drafts, 'InvoiceIssued', (data) => ({
        ...data,
        lines: JSON.parse(JSON.stringify(data['lines']).replace('Book', 'Boot')),
      })),
    (id) => [
      ['money', orderStream(id), 4],
      ['rows', orderStream(id), 4],
    ],
  ),
  rewritten(
    'another number printed on the invoice',
    (drafts) => edited(drafts, 'InvoiceIssued', (data) => ({ ...data, label: 'INV-2026-1' })),
    (id) => [
      ['rows', orderStream(id), 4],
      ['numbers', orderStream(id), 4],
    ],
  ),
  {
    name: 'a forged history without the invoice',
    prepare: (shop, id) => shop.layOrder(id, paid(shop, id, { series: 'BARE' }).commits),
    corrupt: (shop, id) => {
      rewrite(shop, orderStream(id), (drafts) =>
        drafts.map((draft) => ({
          ...draft,
          events: draft.events.filter(({ type }) => type !== 'InvoiceIssued'),
        })),
      );
      return [
        ['legal', orderStream(id), 3],
        ['money', orderStream(id), 3],
        ['numbers', 'series#BARE', 1],
        ['rows', orderStream(id), 4],
        ['told', noticeStream(id, 'receipt'), 2],
      ];
    },
  },
  rewritten(
    'a second invoice',
    (drafts) =>
      drafts.map((draft) => ({
        ...draft,
        events: draft.events.flatMap((event) =>
          event.type === 'InvoiceIssued'
            ? [event, { ...event, data: { ...event.data, number: 999_999 } }]
            : [event],
        ),
      })),
    (id) => [
      ['legal', orderStream(id), 5],
      ['money', orderStream(id), 5],
      // Of a number that was not given, and printed as another one.
      ['numbers', orderStream(id), 5],
      ['numbers', orderStream(id), 5],
      ['rows', orderStream(id), 5],
    ],
  ),
  {
    name: 'a forged history with another credit',
    prepare: (shop, id) => ORDER_CASES['refunded']?.(shop, id),
    corrupt: (shop, id) => {
      rewrite(shop, orderStream(id), (drafts) =>
        edited(drafts, 'CreditNoteIssued', (data) => withTotals(data, { total: 1, payable: 1 })),
      );
      return [
        ['legal', orderStream(id), 7],
        ['money', orderStream(id), 7],
        ['rows', orderStream(id), 7],
      ];
    },
  },
  {
    name: 'a forged history with another amount given back',
    prepare: async (shop, id) => {
      await ORDER_CASES['partly-refunded']?.(shop, id);
      await sendDeadLetter(shop, id);
    },
    corrupt: (shop, id) => {
      rewrite(shop, orderStream(id), (drafts) =>
        edited(drafts, 'RefundSucceeded', (data) => ({ ...data, amountMinor: 1 })),
      );
      return [
        ['legal', orderStream(id), 6],
        ['money', orderStream(id), 7],
      ];
    },
  },
];
