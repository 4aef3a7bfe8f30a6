import type { Content } from '../../domain/order/index.ts';

/** Everything that happens to an order on its way, beyond being sent once. */
export type Fate =
  | 'plain'
  /** Its message arrives twice at the same moment, and once more when it is settled. */
  | 'delivered three times'
  /** The gateway charges, and its answer never arrives. */
  | 'answer lost'
  /** The worker is killed while the gateway is charging it. */
  | 'worker killed'
  /** A cancel arrives while the gateway is charging it. */
  | 'cancelled'
  /** One piece of its first line is refunded when it is paid. */
  | 'refunded';

export type Act = {
  readonly order: Content;
  readonly fate: Fate;
  readonly outcome: 'paid' | 'declined' | 'cancelled';
};

type ScenarioLine = Content['lines'][number];
type ScenarioItem = readonly [
  description: string,
  quantity: number,
  unitPriceMinor: number,
  taxRateBps: number,
];

const toLine = ([
  description,
  quantity,
  unitPriceMinor,
  taxRateBps,
]: ScenarioItem): ScenarioLine => ({
  sku: description.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '-'),
  description,
  quantity,
  unitPriceMinor,
  taxRateBps,
});

type Method = { readonly paymentMethod?: string };

const act = (
  orderId: string,
  currency: string,
  items: readonly ScenarioItem[],
  rest: Method & { readonly fate?: Fate } = {},
): Act => ({
  order: {
    orderId,
    customer: { id: `customer-${orderId}`, email: `${orderId}@customers.example` },
    currency,
    lines: items.map(toLine),
    paymentMethod: rest.paymentMethod ?? 'pm_card_visa',
  },
  fate: rest.fate ?? 'plain',
  outcome: outcomeOf(rest),
});

const outcomeOf = ({
  fate,
  paymentMethod,
}: Partial<Pick<Act, 'fate'>> & Method): Act['outcome'] => {
  if (fate === 'cancelled') return 'cancelled';
  return paymentMethod?.includes('Declined') === true ? 'declined' : 'paid';
};

const SLOW = { fate: 'worker killed', paymentMethod: 'pm_sandbox_slow' } as const;

/** The payment methods are Stripe's for tests and the sandbox's own (docs/sandbox.md). */
export const ACTS: readonly Act[] = [
  act('eur-books', 'EUR', [
    ['A book', 2, 1999, 700],
    ['A reading lamp', 1, 4550, 1900],
    ['Gift card', 1, 2000, 0],
  ]),
  act('usd-tools', 'USD', [
    ['Hammer', 1, 1895, 825],
    ['Nails, box', 3, 349, 825],
  ]),
  act('jpy-tea', 'JPY', [
    ['Sencha 100 g', 2, 1280, 800],
    ['Teapot', 1, 4800, 1000],
  ]),
  // Stripe takes three-decimal amounts only in steps of ten.
  act('kwd-dates', 'KWD', [
    ['Dates 1 kg', 3, 2250, 0],
    ['Gift box', 1, 1600, 500],
  ]),
  act('eur-thrice', 'EUR', [['Concert ticket', 2, 3900, 700]], { fate: 'delivered three times' }),
  act('usd-lost-answer', 'USD', [['Headphones', 1, 12900, 825]], {
    fate: 'answer lost',
    paymentMethod: 'pm_sandbox_answer_lost',
  }),
  act('eur-declined', 'EUR', [['Armchair', 1, 39900, 1900]], {
    paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  }),
  act('eur-cancelled', 'EUR', [['Camera', 1, 64900, 1900]], {
    fate: 'cancelled',
    paymentMethod: 'pm_sandbox_slow',
  }),
  act(
    'kwd-returned',
    'KWD',
    [
      ['Carpet', 3, 30400, 500],
      ['Fringe', 2, 1200, 500],
    ],
    { fate: 'refunded' },
  ),
  act('eur-killed', 'EUR', [['Kettle', 1, 3499, 1900]], SLOW),
  act('usd-killed', 'USD', [['Backpack', 1, 5900, 825]], SLOW),
  act('jpy-killed', 'JPY', [['Notebook', 5, 420, 1000]], SLOW),
  act('kwd-killed', 'KWD', [['Perfume', 1, 18500, 0]], SLOW),
];

export const FIRST_ACTS = ACTS.filter(({ fate }) => fate !== 'worker killed');
export const KILLED_ACTS = ACTS.filter(({ fate }) => fate === 'worker killed');
export const CANCELLED = ACTS.filter(({ fate }) => fate === 'cancelled');
export const REFUNDED = ACTS.filter(({ fate }) => fate === 'refunded');
export const THRICE = ACTS.filter(({ fate }) => fate === 'delivered three times');

/** A customer sends back one piece of the first line. */
export const REFUND = { refundId: 'return-1', lines: [{ line: 1, quantity: 1 }] };

/**
 * A message that no order can be made of: no lines, a currency nobody knows, and a part missing.
 */
export const MALFORMED_BODY = JSON.stringify({
  type: 'PlaceOrder',
  v: 1,
  orderId: 'malformed',
  customer: { id: 'customer-malformed' },
  currency: 'EURO',
  lines: [],
});
