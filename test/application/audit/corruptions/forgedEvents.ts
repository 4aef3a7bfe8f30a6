import { numbered, NOON, sendingFrom } from '../../../support/orderContext.ts';
import { ORDER_CASES, paid } from '../../../support/orderCases.ts';
import type * as Order from '../../../../src/domain/order/index.ts';
import { forge, orderStream, type Corruption, type Expected } from './corruption.ts';
import { creditLine as oneOf, totalsOf } from '../../../support/documents/versionOne.ts';

type Events = readonly Order.StreamEvent[];
type More = (id: string) => readonly Expected[];

const none: More = () => [];

/**
 * Forged behind a paid order, of which the last version is 4: more is found than that it is not
 * legal.
 */
const illegal = (name: string, events: (id: string) => Events, more = none): Corruption => ({
  name: `a forged ${name}`,
  prepare: (shop, id) => shop.layOrder(id, paid(shop, id).commits),
  corrupt: (shop, id) => {
    forge(shop, id, ...events(id));
    return [['legal', orderStream(id), 5], ...more(id)];
  },
});

const amount = { amountMinor: 100, currency: 'EUR' } as const;
const sending = { ...sendingFrom(), seal: 's' } as const;
const frozen = { body: 'b', at: NOON, series: 'CN', seriesFrom: 0, ...sending, ...amount } as const;
const asked = (id: string): readonly Expected[] => [
  ['unknown', orderStream(id), 5],
  ['obligations', orderStream(id)],
];
const wrongMoney: More = (id) => [['money', orderStream(id), 5]];

const { date: issuedAt, ...number } = numbered(1, { series: 'CN', seriesVersion: 999_999 });
const printed = { ...number, issuedAt, label: 'CN-2026-1' };
const creditLine = oneOf({ line: 1, quantity: 0, netMinor: 90, taxMinor: 10 });
const back = { roundingMinor: 0, prepaidMinor: 0 } as const;
const refund = { refundId: 'r-9', refundKey: 'k', fingerprint: 'f', ...frozen, ...back } as const;

export const FORGED_EVENTS: readonly Corruption[] = [
  illegal(
    'second capture',
    () => [
      {
        type: 'PaymentCaptured',
        data: { attempt: 1, reference: 'pi_2', source: 'answer', ...amount },
      },
    ],
    wrongMoney,
  ),
  illegal('decline of what was captured', () => [
    { type: 'PaymentDeclined', data: { attempt: 1, code: 'no' } },
  ]),
  illegal('failure of what was captured', () => [
    { type: 'PaymentFailed', data: { attempt: 1, proof: 'person', code: '', at: NOON } },
  ]),
  illegal('review of what was captured', () => [
    {
      type: 'PaymentReviewRequired',
      data: { attempt: 1, reason: 'amount', seen: [], at: NOON, letter: '' },
    },
  ]),
  illegal('decision on what nobody reviewed', () => [
    {
      type: 'PaymentReviewResolved',
      data: {
        attempt: 1,
        verdict: 'captured',
        reference: 'pi',
        evidence: 'e',
        by: 'b',
        forcedBecause: '',
        at: NOON,
      },
    },
  ]),
  illegal(
    'second charge',
    () => [
      {
        type: 'PaymentRequested',
        data: { ...frozen, attempt: 2, paymentKey: 'k', way: 'method', payment: '' },
      },
    ],
    asked,
  ),
  illegal(
    'end of an order that nobody cancelled',
    () => [{ type: 'OrderCancelled', data: {} }],
    (id) => [['told', orderStream(id), 5]],
  ),
  illegal(
    'refund that nobody asked for',
    () => [
      {
        type: 'RefundSucceeded',
        data: { refundId: 'r-9', reference: 're', source: 'answer', ...amount },
      },
    ],
    wrongMoney,
  ),
  illegal(
    'refund of more than there is',
    () => [
      {
        type: 'RefundRequested',
        data: {
          ...refund,
          cause: 'command',
          amountMinor: 10_000_000,
          lines: [oneOf({ line: 1, quantity: 0, netMinor: 10_000_000, taxMinor: 0 })],
        },
      },
    ],
    asked,
  ),
  illegal(
    'refund whose lines are not its amount',
    () => [
      {
        type: 'RefundRequested',
        data: { ...refund, cause: 'command', lines: [{ ...creditLine, netMinor: 50 }] },
      },
    ],
    asked,
  ),
  illegal(
    'refund by a cancel that nobody asked for',
    () => [{ type: 'RefundRequested', data: { ...refund, cause: 'cancel', lines: [creditLine] } }],
    asked,
  ),
  illegal(
    'credit note without its refund',
    () => [
      {
        type: 'CreditNoteIssued',
        data: {
          refundId: 'r-9',
          ...printed,
          lines: [creditLine],
          issuedOn: '2026-06-15',
          ...totalsOf(90, 10),
        },
      },
    ],
    (id) => [
      ['money', orderStream(id), 5],
      ['numbers', orderStream(id), 5],
      ['rows', orderStream(id), 5],
    ],
  ),
  {
    name: 'a forged end of what was refunded before',
    prepare: (shop, id) => ORDER_CASES['refunded']?.(shop, id),
    corrupt: (shop, id) => {
      forge(shop, id, {
        type: 'RefundFailed',
        data: { refundId: 'r-1', code: 'no', reference: '' },
      });
      return [['legal', orderStream(id), 8]];
    },
  },
  {
    name: 'a forged event behind the end of a cancelled order',
    prepare: (shop, id) => ORDER_CASES['cancelled']?.(shop, id),
    corrupt: (shop, id) => {
      forge(shop, id, { type: 'CancellationRequested', data: { reason: 'r', at: NOON } });
      return [['legal', orderStream(id), 6]];
    },
  },
  {
    name: 'a forged history with a cancel of what was declined',
    prepare: (shop, id) => ORDER_CASES['declined']?.(shop, id),
    corrupt: (shop, id) => {
      forge(shop, id, { type: 'CancellationRequested', data: { reason: 'r', at: NOON } });
      return [['legal', orderStream(id), 4]];
    },
  },
];
