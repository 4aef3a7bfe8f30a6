import { expect } from 'chai';
import * as Order from '../../src/domain/order/index.ts';

/*
 * Orders of just as many bytes as may be kept, and of one more: the texts of their lines are filled
 * up, the first line first.
 */

type Filled = {
  readonly lines: number;
  /** What fills the texts, as long as its bytes go. */
  readonly filler: string;
  /** What is otherwise than `LONGEST`. */
  readonly parts?: object;
};

const SKU_MAX = 64;
const DESCRIPTION_MAX = 200;

const narrow = (characters: number): string => 'x'.repeat(characters);
const wide = (characters: number): string => '語'.repeat(characters);

const LONG_ADDRESS = {
  street: wide(100),
  addition: wide(100),
  postalCode: wide(100),
  city: wide(100),
  region: wide(100),
  country: 'DE',
};

/** Every text outside the lines is as long as it may be. */
const LONGEST = {
  customer: {
    id: narrow(64),
    email: [narrow(64), [narrow(63), narrow(63), narrow(57), 'com'].join('.')].join('@'),
    language: 'de',
  },
  // Of all that can be charged it takes the most digits.
  currency: 'IDR',
  priceMode: 'gross',
  rounding: 'order',
  allowances: [{ reason: wide(100), percent: '1.234567' }],
  charges: [
    { description: wide(200), amountMinor: 12_300, taxes: [{ name: wide(32), rate: '11.123456' }] },
  ],
  prepaid: [{ type: 'gift-card', reference: wide(64), amountMinor: 100 }],
  buyer: {
    name: wide(100),
    company: wide(100),
    address: LONG_ADDRESS,
    delivery: LONG_ADDRESS,
    vatId: wide(100),
    electronicAddress: wide(100),
  },
  orderReference: wide(64),
  buyerReference: wide(64),
  supplyDate: '2026-11-29',
  paymentTerms: wide(200),
  payment: { type: 'method', paymentMethod: 'pm_card_visa' },
} as const;

const orderOf = (orderId: string, bytes: number, { lines, filler, parts }: Filled) => {
  const texts = fillerTexts(bytes, filler);
  return {
    ...LONGEST,
    ...parts,
    orderId,
    lines: Array.from({ length: lines }, () => ({
      sku: texts(SKU_MAX),
      description: texts(DESCRIPTION_MAX),
      quantity: '1.5',
      unit: 'KGM',
      unitPrice: '1234.5678901234',
      taxes: [
        { name: wide(32), rate: '11.123456' },
        { name: narrow(32), rate: '1.5' },
      ],
    })),
  };
};

/** Texts one after the other that take so many bytes more than a character each. */
const fillerTexts = (bytes: number, filler: string) => {
  const each = Buffer.byteLength(filler);
  let left = bytes;
  return (charactersMax: number): string => {
    const count = Math.min(charactersMax - 1, Math.floor(left / each));
    left -= count * each;
    // What no filler fits into is less than one of it.
    const rest = left < each ? Math.min(left, charactersMax - 1 - count) : 0;
    left -= rest;
    return `a${filler.repeat(count)}${narrow(rest)}`;
  };
};

/** The largest order that is taken, the first that is too large, and why it is refused. */
export const largestOrders = (
  orderId: string,
  filled: Filled,
): {
  readonly largest: object;
  readonly tooLarge: object;
  readonly reasons: readonly string[];
} => {
  const reasonsOf = (order: object): readonly string[] =>
    Order.parse(order).match(
      () => [],
      (refusal) => refusal.reasons,
    );
  const surplusOf = (size: number): number => {
    const [reason = ''] = reasonsOf(orderOf(orderId, size, filled));
    return Number(/ takes (\d+) bytes/.exec(reason)?.[1] ?? 0) - Order.ORDER_BYTES_MAX;
  };
  // The refusal says how much it is too large, but for what the texts have no room for.
  let bytes: number = Order.ORDER_BYTES_MAX;
  for (let tries = 0; tries < 3; tries += 1) bytes -= Math.max(0, surplusOf(bytes));
  const [largest, tooLarge] = [
    orderOf(orderId, bytes, filled),
    orderOf(orderId, bytes + 1, filled),
  ];
  expect(reasonsOf(largest)).to.deep.equal([]);
  return { largest, tooLarge, reasons: reasonsOf(tooLarge) };
};
