import type { Tax } from '../../domain/money/index.ts';
import type { Content } from '../../domain/order/index.ts';
import { PAID, type Act, type Outcome } from './act.ts';

/*
 * Orders of version 2, one for each thing that shops send and version 1 cannot say. What the
 * customer shall pay is written down by hand; the shop says it with `expectedTotalMinor`, too.
 */

const tax = (name: string, rate: string): Tax => ({
  name,
  category: 'standard',
  rate,
  reason: '',
});

type ShopItem = Pick<Content['lines'][number], 'description' | 'unitPrice' | 'taxes'> &
  Partial<Content['lines'][number]>;

const item = ({ description, ...parts }: ShopItem): Content['lines'][number] => ({
  sku: description.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '-'),
  description,
  quantity: '1',
  unit: '',
  allowances: [],
  charges: [],
  ...parts,
});

type Sent = Pick<Content, 'currency' | 'priceMode'> & {
  readonly items: readonly ShopItem[];
} & Partial<Content>;

const act = (
  orderId: string,
  shows: string,
  { items, ...parts }: Sent,
  expected: Pick<Outcome, 'charged'>,
): Act => ({
  order: {
    orderId,
    customer: {
      id: `customer-${orderId}`,
      email: `${orderId}@customers.example`,
      language: 'en',
    },
    rounding: 'line',
    lines: items.map(item),
    allowances: [],
    charges: [],
    prepaid: [],
    orderReference: '',
    buyerReference: '',
    supplyDate: '',
    paymentTerms: '',
    payment: { type: 'method', paymentMethod: 'pm_card_visa' },
    ...parts,
  },
  shows,
  fate: 'plain',
  expected: { ...PAID, ...expected },
});

/** The checkout makes the payment, or saves the card, when the demo runs (checkout.ts). */
const AT_CHECKOUT = 'made_at_the_checkout';

export const SHOP_ACTS: readonly Act[] = [
  act(
    'gross-coupon',
    'prices with tax at two rates, 10 % off, shipping',
    {
      currency: 'EUR',
      priceMode: 'gross',
      items: [
        { description: 'Tea', quantity: '2', unitPrice: '9.99', taxes: [tax('VAT', '7')] },
        { description: 'Tea pot', unitPrice: '34.90', taxes: [tax('VAT', '19')] },
      ],
      allowances: [{ reason: 'Coupon', percent: '10' }],
      charges: [{ description: 'Shipping', amountMinor: 490, taxes: [tax('VAT', '19')] }],
      expectedTotalMinor: 5_429,
    },
    { charged: 'EUR 54.29' },
  ),
  act(
    'two-taxes',
    'GST and QST, of three decimals, on one line',
    {
      currency: 'CAD',
      priceMode: 'net',
      items: [
        {
          description: 'Une tuque',
          unitPrice: '39.99',
          taxes: [tax('GST', '5'), tax('QST', '9.975')],
        },
      ],
      expectedTotalMinor: 4_598,
    },
    { charged: 'CAD 45.98' },
  ),
  act(
    'cash-rounding',
    'CHF 23.43 rounded to 0.05',
    {
      currency: 'CHF',
      priceMode: 'gross',
      items: [{ description: 'Cheese', unitPrice: '23.43', taxes: [tax('MWST', '2.6')] }],
      cashRounding: { stepMinor: 5 },
      expectedTotalMinor: 2_345,
    },
    { charged: 'CHF 23.45' },
  ),
  act(
    'saved-card',
    '0.335 kg, paid with a method that the customer has saved',
    {
      currency: 'EUR',
      priceMode: 'gross',
      items: [
        {
          description: 'Mountain cheese',
          quantity: '0.335',
          unit: 'KGM',
          unitPrice: '29.90',
          taxes: [tax('VAT', '10')],
        },
      ],
      expectedTotalMinor: 1_002,
      payment: { type: 'saved', customer: AT_CHECKOUT, paymentMethod: AT_CHECKOUT },
    },
    { charged: 'EUR 10.02' },
  ),
  act(
    'authorised',
    'sales tax of 8.875 %, authorised at the checkout and captured here',
    {
      currency: 'USD',
      priceMode: 'net',
      items: [{ description: 'A lamp', unitPrice: '24.00', taxes: [tax('Sales tax', '8.875')] }],
      expectedTotalMinor: 2_613,
      payment: { type: 'authorised', payment: AT_CHECKOUT },
    },
    { charged: 'USD 26.13' },
  ),
  act(
    'bank-transfer',
    'paid by bank transfer before it was sent',
    {
      currency: 'EUR',
      priceMode: 'net',
      items: [{ description: 'Desk', unitPrice: '480.00', taxes: [tax('VAT', '19')] }],
      expectedTotalMinor: 57_120,
      payment: { type: 'transferred', reference: 'statement_2026_48_17' },
    },
    { charged: '' },
  ),
  act(
    'free',
    '100 % off, so that nothing is to be paid',
    {
      currency: 'EUR',
      priceMode: 'gross',
      items: [
        {
          description: 'Sample',
          unitPrice: '4.90',
          allowances: [{ reason: 'Free sample', percent: '100' }],
          taxes: [tax('VAT', '19')],
        },
      ],
      expectedTotalMinor: 0,
      payment: { type: 'none' },
    },
    { charged: '' },
  ),
];
