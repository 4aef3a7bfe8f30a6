import type { Ids } from '../../../application/ports/ids.ts';
import type { ContentV1 } from '../../../domain/order/index.ts';

/**
 * Prices are multiples of `unitMinor`: above what Stripe charges at least, and in KWD even with tax
 * (its last digit is 0).
 */
const CURRENCIES = [
  { currency: 'EUR', unitMinor: 50, taxRatesBps: [1900, 700, 0] },
  { currency: 'USD', unitMinor: 50, taxRatesBps: [0, 625, 888] },
  { currency: 'JPY', unitMinor: 50, taxRatesBps: [1000, 800] },
  { currency: 'KWD', unitMinor: 1_000, taxRatesBps: [0, 500] },
] as const;

const GOODS = ['A book', 'Coffee, 500 g', 'Bicycle lamp', 'Tea pot', 'Notebook, ruled', 'Umbrella'];
export const CARDS = ['pm_card_visa', 'pm_card_mastercard', 'pm_card_amex'] as const;
const CUSTOMERS = 50;
const LINES_MAX = 5;
const QUANTITY_MAX = 4;
const UNITS_MAX = 80;

/**
 * Valid orders that differ, for trying out. Each is paid by one of Stripe's test cards, and its
 * mails go to the simulator of SES, which takes them: a mail that bounces would count against the
 * account (https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html).
 */
export function* generateOrders(
  ids: Pick<Ids, 'create' | 'random'>,
  count: number,
): Generator<ContentV1, void, void> {
  const { upTo, oneOf } = choicesOf(ids);
  for (let made = 0; made < count; made += 1) {
    const { currency, unitMinor, taxRatesBps } = oneOf(CURRENCIES);
    yield {
      orderId: ids.create(),
      customer: customerOf(upTo),
      currency,
      lines: Array.from({ length: upTo(LINES_MAX) }, () => {
        const goods = upTo(GOODS.length);
        return {
          sku: `SKU-${goods}`,
          description: GOODS[goods - 1] ?? '',
          quantity: upTo(QUANTITY_MAX),
          unitPriceMinor: unitMinor * upTo(UNITS_MAX),
          taxRateBps: oneOf(taxRatesBps),
        };
      }),
      paymentMethod: oneOf(CARDS),
    };
  }
}

type Choices = {
  /** A number from 1 to `max`. */
  readonly upTo: (max: number) => number;
  readonly oneOf: <const T extends readonly [unknown, ...unknown[]]>(choices: T) => T[number];
};

export const choicesOf = (ids: Pick<Ids, 'random'>): Choices => {
  const upTo: Choices['upTo'] = (max) => 1 + Math.floor(ids.random() * max);
  return { upTo, oneOf: (choices) => choices[upTo(choices.length) - 1] ?? choices[0] };
};

export const customerOf = (upTo: Choices['upTo']) => {
  const customer = upTo(CUSTOMERS);
  return {
    id: `c-${customer}`,
    email: `success+customer-${customer}@simulator.amazonses.com`,
  };
};
