import type { Ids } from '../../../application/ports/ids.ts';
import type { Tax } from '../../../domain/money/index.ts';
import type { SentOrder, Content } from '../../../domain/order/index.ts';
import { generateOrders, CARDS, choicesOf, customerOf } from '../common/generateOrders.ts';

/** The version of PlaceOrder that is sent; `mixed` sends both in turn. */
export const SHAPES = ['mixed', 'v1', 'v2'] as const;
export type OrderShape = (typeof SHAPES)[number];

export const ordersOfShape = (
  shape: OrderShape,
  ids: Pick<Ids, 'create' | 'random'>,
  count: number,
): Generator<SentOrder, void, void> => {
  switch (shape) {
    case 'v1':
      return generateOrders(ids, count);
    case 'v2':
      return generateShopOrders(ids, count);
    case 'mixed':
      return inTurn(generateOrders(ids, count), generateShopOrders(ids, count), count);
  }
};

function* inTurn(
  first: Generator<SentOrder, void, void>,
  second: Generator<SentOrder, void, void>,
  count: number,
): Generator<SentOrder, void, void> {
  for (let made = 0; made < count; made += 1) {
    const { value } = (made % 2 === 0 ? first : second).next();
    if (value !== undefined) yield value;
  }
}

type Market = Pick<Content, 'currency' | 'priceMode' | 'rounding'> & {
  readonly taxes: readonly [readonly Tax[], ...(readonly Tax[])[]];
  /** The decimals of a unit price, and what it is a multiple of, in the smallest of them. */
  readonly decimals: number;
  readonly unitMinor: number;
  readonly cashRounding?: { readonly stepMinor: number };
};

const tax = (name: string, rate: string): Tax => ({
  name,
  category: 'standard',
  rate,
  reason: '',
});

/** Prices are above what Stripe charges at least, and rounded where it takes coarser amounts. */
const MARKETS: readonly [Market, ...Market[]] = [
  {
    currency: 'EUR',
    priceMode: 'gross',
    rounding: 'line',
    taxes: [[tax('VAT', '19')], [tax('VAT', '7')]],
    decimals: 2,
    unitMinor: 99,
  },
  {
    currency: 'USD',
    priceMode: 'net',
    rounding: 'order',
    taxes: [[tax('Sales tax', '8.875')], [tax('Sales tax', '6.25')]],
    decimals: 2,
    unitMinor: 95,
  },
  {
    currency: 'CAD',
    priceMode: 'net',
    rounding: 'line',
    taxes: [[tax('GST', '5'), tax('QST', '9.975')]],
    decimals: 2,
    unitMinor: 99,
  },
  {
    currency: 'CHF',
    priceMode: 'gross',
    rounding: 'order',
    taxes: [[tax('MWST', '8.1')], [tax('MWST', '2.6')]],
    decimals: 2,
    unitMinor: 95,
    cashRounding: { stepMinor: 5 },
  },
  {
    currency: 'JPY',
    priceMode: 'gross',
    rounding: 'order',
    taxes: [[tax('Consumption tax', '10')], [tax('Consumption tax', '8')]],
    decimals: 0,
    unitMinor: 98,
  },
  {
    currency: 'KWD',
    priceMode: 'net',
    rounding: 'line',
    taxes: [[tax('VAT', '5')]],
    decimals: 3,
    unitMinor: 995,
    cashRounding: { stepMinor: 10 },
  },
];

const GOODS = [
  { description: 'A book', unit: '', quantity: '1' },
  { description: 'Tea pot', unit: '', quantity: '2' },
  { description: 'Coffee, roasted', unit: 'KGM', quantity: '1.25' },
  { description: 'Cloth', unit: 'MTR', quantity: '2.4' },
  { description: 'Repair', unit: 'HUR', quantity: '1.5' },
] as const;

const LINES_MAX = 5;
const UNITS_MAX = 40;

/**
 * The same orders by version 2, as shops send them: prices with tax and without, several taxes,
 * weighed goods, discounts, shipping, gift cards and cash rounding. All of them are charged.
 */
export function* generateShopOrders(
  ids: Pick<Ids, 'create' | 'random'>,
  count: number,
): Generator<Content, void, void> {
  const { upTo, oneOf } = choicesOf(ids);
  const is = (oneIn: number): boolean => upTo(oneIn) === 1;
  const unitPriceOf = ({ decimals, unitMinor }: Market): string =>
    ((unitMinor * upTo(UNITS_MAX)) / 10 ** decimals).toFixed(decimals);

  for (let made = 0; made < count; made += 1) {
    const market = oneOf(MARKETS);
    const { currency, priceMode, rounding, taxes, unitMinor, cashRounding } = market;
    yield {
      orderId: ids.create(),
      customer: { ...customerOf(upTo), language: oneOf(['', 'de', 'en']) },
      currency,
      priceMode,
      rounding,
      lines: Array.from({ length: upTo(LINES_MAX) }, () => {
        const goods = oneOf(GOODS);
        return {
          sku: `SKU-${1 + GOODS.indexOf(goods)}`,
          ...goods,
          unitPrice: unitPriceOf(market),
          allowances: is(5) ? [{ reason: 'Sale', percent: '12.5' }] : [],
          charges: [],
          taxes: oneOf(taxes),
        };
      }),
      allowances: is(4) ? [{ reason: 'Coupon', percent: '10' }] : [],
      charges: is(2)
        ? [{ description: 'Shipping', amountMinor: 5 * unitMinor, taxes: taxes[0] }]
        : [],
      prepaid: is(10)
        ? [{ type: 'gift-card', reference: 'a gift card', amountMinor: Math.floor(unitMinor / 50) }]
        : [],
      ...(cashRounding && { cashRounding }),
      orderReference: '',
      buyerReference: '',
      supplyDate: '',
      paymentTerms: '',
      payment: { type: 'method', paymentMethod: oneOf(CARDS) },
    };
  }
}
