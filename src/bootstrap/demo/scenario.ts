import type { ContentV1, SentOrder } from '../../domain/order/index.ts';
import { PAID, type Act, type Fate, type Outcome } from './act.ts';
import { SHOP_ACTS } from './shopActs.ts';

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
]: ScenarioItem): ContentV1['lines'][number] => ({
  sku: description.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '-'),
  description,
  quantity,
  unitPriceMinor,
  taxRateBps,
});

type ActOptions = Pick<Outcome, 'charged'> &
  Partial<Outcome> & { readonly fate?: Fate; readonly paymentMethod?: string };

const act = (
  orderId: string,
  currency: string,
  { fate = 'plain', paymentMethod = 'pm_card_visa', ...expected }: ActOptions,
  items: readonly ScenarioItem[],
): Act => ({
  order: {
    orderId,
    customer: { id: `customer-${orderId}`, email: `${orderId}@customers.example` },
    currency,
    lines: items.map(toLine),
    paymentMethod,
  },
  shows: '',
  fate,
  expected: { ...PAID, ...expected },
});

const THRICE = { fate: 'delivered three times', handled: ['paid', 'paid', 'paid'] } as const;

const LOST = {
  fate: 'answer lost',
  paymentMethod: 'pm_sandbox_answer_lost',
  handled: ['OutcomeUnknown', 'paid'],
} as const;

const DECLINED = {
  paymentMethod: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  outcome: 'declined: insufficient_funds',
  documents: 0,
  mail: ['received', 'declined'],
  handled: ['declined'],
} as const;

const CANCELLED = {
  fate: 'cancelled',
  paymentMethod: 'pm_sandbox_slow',
  outcome: 'cancelled',
  documents: 2,
  mail: ['received', 'receipt', 'credit#cancel#1', 'cancelled'],
  handled: ['cancelled'],
} as const;

const RETURNED = {
  fate: 'refunded',
  outcome: 'partly refunded',
  documents: 2,
  mail: ['received', 'receipt', 'credit#return-1'],
} as const;

const SLOW = {
  fate: 'settled later',
  paymentMethod: 'pm_sandbox_processing_never_ends',
  mail: ['received', 'pending', 'receipt'],
} as const;

const DISPUTED = { fate: 'charged back', outcome: 'charged back' } as const;

const DASHBOARD = {
  fate: 'refunded at the gateway',
  outcome: 'partly refunded',
  documents: 2,
  mail: ['received', 'receipt', 'credit#gateway#re_…'],
} as const;

const KILLED = { fate: 'worker killed', paymentMethod: 'pm_sandbox_slow' } as const;

/** The payment methods are Stripe's for tests and the sandbox's own (docs/sandbox.md). */
export const ACTS: readonly Act[] = [
  act('eur-books', 'EUR', { charged: 'EUR 116.93' }, [
    ['A book', 2, 1999, 700],
    ['A reading lamp', 1, 4550, 1900],
    ['Gift card', 1, 2000, 0],
  ]),
  act('usd-tools', 'USD', { charged: 'USD 31.84' }, [
    ['Hammer', 1, 1895, 825],
    ['Nails, box', 3, 349, 825],
  ]),
  act('jpy-tea', 'JPY', { charged: 'JPY 8045' }, [
    ['Sencha 100 g', 2, 1280, 800],
    ['Teapot', 1, 4800, 1000],
  ]),
  // Stripe takes three-decimal amounts only in steps of ten.
  act('kwd-dates', 'KWD', { charged: 'KWD 8.430' }, [
    ['Dates 1 kg', 3, 2250, 0],
    ['Gift box', 1, 1600, 500],
  ]),
  act('eur-thrice', 'EUR', { charged: 'EUR 83.46', ...THRICE }, [['Ticket', 2, 3900, 700]]),
  act('usd-lost-answer', 'USD', { charged: 'USD 139.64', ...LOST }, [['Phones', 1, 12900, 825]]),
  act('eur-declined', 'EUR', { charged: '', ...DECLINED }, [['Armchair', 1, 39900, 1900]]),
  act('eur-cancelled', 'EUR', { charged: 'EUR 772.31', refunded: 'EUR 772.31', ...CANCELLED }, [
    ['Camera', 1, 64900, 1900],
  ]),
  act('kwd-returned', 'KWD', { charged: 'KWD 98.280', refunded: 'KWD 31.920', ...RETURNED }, [
    ['Carpet', 3, 30400, 500],
    ['Fringe', 2, 1200, 500],
  ]),
  act('eur-slow', 'EUR', { charged: 'EUR 83.30', ...SLOW }, [['Kite', 2, 3500, 1900]]),
  act('usd-disputed', 'USD', { charged: 'USD 54.00', ...DISPUTED }, [['Watch', 1, 5400, 0]]),
  act('eur-dashboard', 'EUR', { charged: 'EUR 59.50', refunded: 'EUR 5.00', ...DASHBOARD }, [
    ['Vase', 1, 5000, 1900],
  ]),
  act('eur-killed', 'EUR', { charged: 'EUR 41.64', ...KILLED }, [['Kettle', 1, 3499, 1900]]),
  act('usd-killed', 'USD', { charged: 'USD 63.87', ...KILLED }, [['Backpack', 1, 5900, 825]]),
  act('jpy-killed', 'JPY', { charged: 'JPY 2310', ...KILLED }, [['Notebook', 5, 420, 1000]]),
  act('kwd-killed', 'KWD', { charged: 'KWD 18.500', ...KILLED }, [['Perfume', 1, 18500, 0]]),
  ...SHOP_ACTS,
];

export const ordersOf = (...fates: readonly Fate[]): readonly SentOrder[] =>
  ACTS.filter(({ fate }) => fates.includes(fate)).map(({ order }) => order);

/** The amount in minor units that is refunded in the gateway's dashboard. */
export const DASHBOARD_REFUND_MINOR = 500;

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
