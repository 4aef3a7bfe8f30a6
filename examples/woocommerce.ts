import { convertFile } from './convertFile.ts';
import { minorOf, unitPriceOf } from './decimals.ts';
import { unlessEmpty, type Address, type Buyer, type Line } from './placeOrder.ts';
import type { Charge, Payment, PlaceOrder, Tax } from './placeOrder.ts';

/*
 * An order as WooCommerce's REST API, version 3, gives it
 * (https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties), as far as it is
 * needed here. `total` and `subtotal` of its lines are without tax, whatever its prices are.
 */

type WooTaxShare = { readonly id: number; readonly total: string };
type WooMeta = readonly { readonly key: string; readonly value: unknown }[];
type WooLine = {
  readonly name: string;
  readonly sku: string;
  readonly quantity: number;
  /** Before coupons. */
  readonly subtotal: string;
  readonly subtotal_tax: string;
  readonly total: string;
  readonly total_tax: string;
  readonly taxes: readonly WooTaxShare[];
  readonly meta_data: WooMeta;
};
type WooShipping = Pick<WooLine, 'total' | 'total_tax' | 'taxes'> & {
  readonly method_title: string;
};
type WooFee = Pick<WooLine, 'name' | 'total' | 'total_tax' | 'taxes'>;
type WooAddress = {
  readonly first_name: string;
  readonly last_name: string;
  readonly company: string;
  readonly address_1: string;
  readonly address_2: string;
  readonly postcode: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
};
export type WooOrder = {
  readonly number: string;
  readonly currency: string;
  readonly prices_include_tax: boolean;
  readonly customer_id: number;
  readonly total: string;
  readonly billing: WooAddress & { readonly email: string };
  readonly shipping: WooAddress;
  readonly line_items: readonly WooLine[];
  readonly tax_lines: readonly {
    readonly rate_id: number;
    readonly label: string;
    readonly rate_percent: number;
    readonly compound: boolean;
  }[];
  readonly shipping_lines: readonly WooShipping[];
  readonly fee_lines: readonly WooFee[];
  readonly coupon_lines: readonly { readonly code: string }[];
  readonly date_paid: string | null;
  readonly meta_data: WooMeta;
};

/** Plugins that round what is paid add the difference as a fee of this name, without tax. */
const ROUNDING_FEE = 'Rounding';
/** The step to which they round, in minor units. */
const ROUNDING_STEPS: Readonly<Record<string, number>> = { CHF: 5, TND: 10, KWD: 10, BHD: 10 };

export const placeOrderOfWooCommerce = (order: WooOrder): PlaceOrder => {
  const { currency } = order;
  const rounding = order.fee_lines.find(({ name }) => name === ROUNDING_FEE);
  const stepMinor = rounding && ROUNDING_STEPS[currency];
  if (rounding !== undefined && stepMinor === undefined) {
    throw new Error(`nothing is known of rounding in ${currency}`);
  }
  const totalMinor = minorOf(order.total, currency);
  return {
    type: 'PlaceOrder',
    v: 2,
    orderId: order.number,
    customer: {
      // Guests have no number.
      id: order.customer_id === 0 ? `guest-${order.number}` : `c-${order.customer_id}`,
      email: order.billing.email,
    },
    currency,
    priceMode: order.prices_include_tax ? 'gross' : 'net',
    rounding: 'line',
    lines: order.line_items.map((line) => lineOf(line, order)),
    ...unlessEmpty('charges', chargesOf(order)),
    ...(stepMinor !== undefined && { cashRounding: { stepMinor } }),
    expectedTotalMinor: totalMinor,
    buyer: buyerOf(order),
    payment: totalMinor === 0 ? { type: 'none' } : paymentOf(order),
  };
};

const lineOf = (line: WooLine, order: WooOrder): Line => {
  const minor = (amount: string): number => minorOf(amount, order.currency);
  const [netMinor, taxMinor] = [minor(line.total), minor(line.total_tax)];
  const beforeMinor =
    minor(line.subtotal) + (order.prices_include_tax ? minor(line.subtotal_tax) : 0);
  const amountMinor = netMinor + (order.prices_include_tax ? taxMinor : 0);
  const allowances = [
    {
      reason: order.coupon_lines.map(({ code }) => code).join(', '),
      amountMinor: beforeMinor - amountMinor,
    },
  ];
  // A line has no unit price of its own; plugins for weighed goods keep it. A price of several
  // pieces that is no exact price of one stands for all of them.
  const kept = textOf(line.meta_data, '_unit_price');
  const unitPrice = kept === '' ? unitPriceOf(beforeMinor, line.quantity, order.currency) : kept;
  const all = unitPriceOf(beforeMinor, 1, order.currency) ?? '0';
  return {
    sku: line.sku === '' ? line.name.slice(0, 64) : line.sku,
    ...(unitPrice === undefined
      ? { description: `${line.quantity} × ${line.name}`, quantity: 1, unitPrice: all }
      : { description: line.name, quantity: String(line.quantity), unitPrice }),
    ...unlessEmpty('unit', textOf(line.meta_data, '_unit')),
    ...unlessEmpty('allowances', beforeMinor === amountMinor ? [] : allowances),
    taxes: taxesOf(line.taxes, order),
    given: { netMinor, taxMinor, grossMinor: netMinor + taxMinor },
  };
};

const taxesOf = (shares: readonly WooTaxShare[], order: WooOrder): readonly Tax[] => {
  const borne = shares.flatMap(({ id, total }): readonly Tax[] => {
    const rate = order.tax_lines.find(({ rate_id: rateId }) => rateId === id);
    if (rate === undefined || total === '') return [];
    if (rate.compound) throw new Error('a tax is on another tax: say both as one rate');
    const tax = { name: rate.label, rate: String(rate.rate_percent) };
    return [rate.rate_percent === 0 ? { ...tax, category: 'zero' } : tax];
  });
  if (borne.length > 0) return borne;
  return textOf(order.meta_data, 'is_vat_exempt') === 'yes'
    ? [{ name: 'VAT', rate: '0', category: 'reverse-charge', reason: 'Reverse charge' }]
    : [{ name: 'VAT', rate: '0', category: 'out-of-scope', reason: 'No tax is due' }];
};

/** Shipping and fees, in the price mode's terms. */
const chargesOf = (order: WooOrder): readonly Charge[] =>
  [
    ...order.shipping_lines.map((line) => ({ ...line, name: line.method_title })),
    ...order.fee_lines.filter(({ name }) => name !== ROUNDING_FEE),
  ]
    .map(({ name, total, total_tax: tax, taxes }) => ({
      description: name,
      amountMinor:
        minorOf(total, order.currency) +
        (order.prices_include_tax ? minorOf(tax, order.currency) : 0),
      taxes: taxesOf(taxes, order),
    }))
    .filter(({ description, amountMinor }) => {
      if (amountMinor < 0) throw new Error(`the fee "${description}" is below zero`);
      return amountMinor > 0;
    });

/** As the Stripe plugin for WooCommerce writes it into the order. */
const paymentOf = ({ meta_data: meta, date_paid: paidAt }: WooOrder): Payment => {
  const payment = textOf(meta, '_stripe_intent_id');
  if (payment !== '') {
    const isCaptured = paidAt !== null && textOf(meta, '_stripe_charge_captured') !== 'no';
    return { type: isCaptured ? 'paid' : 'authorised', payment };
  }
  const customer = textOf(meta, '_stripe_customer_id');
  const paymentMethod = textOf(meta, '_stripe_source_id');
  if (paymentMethod === '') throw new Error('nothing says how the order is to be paid');
  return customer === ''
    ? { type: 'method', paymentMethod }
    : { type: 'saved', customer, paymentMethod };
};

const textOf = (meta: WooMeta, key: string): string => {
  const value = meta.find((entry) => entry.key === key)?.value;
  return typeof value === 'string' ? value : '';
};

const buyerOf = ({ billing, shipping, meta_data: meta }: WooOrder): Buyer => {
  const address = addressOf(billing);
  const delivery = addressOf(shipping);
  const isElsewhere =
    delivery.street !== '' && JSON.stringify(delivery) !== JSON.stringify(address);
  return {
    name: `${billing.first_name} ${billing.last_name}`,
    ...unlessEmpty('company', billing.company),
    address,
    ...(isElsewhere && { delivery }),
    ...unlessEmpty('vatId', textOf(meta, '_billing_vat_number')),
  };
};

const addressOf = (address: WooAddress): Address => ({
  street: address.address_1,
  ...unlessEmpty('addition', address.address_2),
  postalCode: address.postcode,
  city: address.city,
  ...unlessEmpty('region', address.state),
  country: address.country,
});

if (import.meta.main) convertFile(placeOrderOfWooCommerce);
