import { minorOf, percentOf } from './decimals.ts';
import { convertFile } from './convertFile.ts';
import { unlessEmpty, type Address, type Buyer, type Line } from './placeOrder.ts';
import type { Charge, Payment, PlaceOrder, Prepaid, Tax } from './placeOrder.ts';

/*
 * An order as Shopify's REST Admin API gives it (https://shopify.dev/docs/api/admin-rest, resource
 * Order), as far as it is needed here. `transactions` are those of the resource Transaction.
 */

type ShopifyTax = { readonly title: string; readonly rate: number; readonly price: string };
type Allocation = { readonly amount: string; readonly discount_application_index: number };
type ShopifyLine = {
  readonly sku: string | null;
  readonly name: string;
  readonly quantity: number;
  readonly price: string;
  readonly tax_lines: readonly ShopifyTax[];
  readonly discount_allocations: readonly Allocation[];
};
type ShopifyShipping = Pick<ShopifyLine, 'price' | 'tax_lines' | 'discount_allocations'> & {
  readonly title: string;
};
type ShopifyAddress = {
  readonly name: string;
  readonly company: string | null;
  readonly address1: string;
  readonly address2: string | null;
  readonly zip: string | null;
  readonly city: string;
  readonly province_code: string | null;
  readonly country_code: string;
};
export type ShopifyOrder = {
  /** `#1001`. */
  readonly name: string;
  readonly currency: string;
  readonly presentment_currency: string;
  readonly taxes_included: boolean;
  readonly total_price: string;
  readonly total_tip_received: string;
  readonly customer: {
    readonly id: number;
    readonly email: string;
    readonly tax_exempt: boolean;
    readonly tax_exemptions: readonly string[];
  };
  readonly customer_locale: string | null;
  readonly po_number: string | null;
  readonly line_items: readonly ShopifyLine[];
  readonly shipping_lines: readonly ShopifyShipping[];
  readonly discount_applications: readonly {
    readonly title?: string;
    readonly code?: string;
    readonly type: string;
  }[];
  readonly billing_address: ShopifyAddress | null;
  readonly shipping_address: ShopifyAddress | null;
  readonly note_attributes: readonly { readonly name: string; readonly value: string }[];
  readonly transactions: readonly {
    readonly kind: string;
    readonly status: string;
    readonly gateway: string;
    readonly amount: string;
    /** With Stripe its `pi_…`. */
    readonly authorization: string | null;
    readonly receipt: { readonly gift_card_last_characters?: string };
  }[];
};

export const placeOrderOfShopify = (order: ShopifyOrder): PlaceOrder => {
  const { currency, taxes_included: isGross } = order;
  if (order.presentment_currency !== currency) {
    throw new Error('the customer was shown another currency than the shop is kept in');
  }
  const minor = (amount: string): number => minorOf(amount, currency);
  const prepaid = giftCardsOf(order, minor);
  const totalMinor = minor(order.total_price);
  const payableMinor = totalMinor - sum(prepaid.map(({ amountMinor }) => amountMinor));
  return {
    type: 'PlaceOrder',
    v: 2,
    orderId: order.name.replace(/^#/u, ''),
    customer: {
      id: String(order.customer.id),
      email: order.customer.email,
      ...unlessEmpty('language', order.customer_locale?.split('-')[0] ?? ''),
    },
    currency,
    priceMode: isGross ? 'gross' : 'net',
    // Shopify rounds each tax of each line.
    rounding: 'line',
    lines: order.line_items.map((line) => lineOf(line, order)),
    ...unlessEmpty('charges', chargesOf(order, minor)),
    ...unlessEmpty('prepaid', prepaid),
    expectedTotalMinor: totalMinor,
    ...(order.billing_address !== null && { buyer: buyerOf(order, order.billing_address) }),
    ...unlessEmpty('orderReference', order.po_number ?? ''),
    payment: payableMinor === 0 ? { type: 'none' } : paymentOf(order),
  };
};

const lineOf = (line: ShopifyLine, order: ShopifyOrder): Line => {
  const minor = (amount: string): number => minorOf(amount, order.currency);
  const allowances = line.discount_allocations.map((allocation) => ({
    reason: reasonOf(allocation, order),
    amountMinor: minor(allocation.amount),
  }));
  const amountMinor =
    minor(line.price) * line.quantity - sum(allowances.map((allowance) => allowance.amountMinor));
  const taxMinor = sum(line.tax_lines.map(({ price }) => minor(price)));
  return {
    sku: line.sku ?? line.name.slice(0, 64),
    description: line.name,
    quantity: line.quantity,
    unitPrice: line.price,
    ...unlessEmpty('allowances', allowances),
    taxes: taxesOf(line.tax_lines, order),
    given: order.taxes_included
      ? { netMinor: amountMinor - taxMinor, taxMinor, grossMinor: amountMinor }
      : { netMinor: amountMinor, taxMinor, grossMinor: amountMinor + taxMinor },
  };
};

/** A discount by code has the code, an automatic one and a person's have a title. */
const reasonOf = (allocation: Allocation, order: ShopifyOrder): string => {
  const { code, title, type } = order.discount_applications[
    allocation.discount_application_index
  ] ?? {
    type: 'discount',
  };
  return code ?? title ?? type;
};

const taxesOf = (taxes: readonly ShopifyTax[], { customer }: ShopifyOrder): readonly Tax[] => {
  const borne = taxes.map(({ title, rate }): Tax => {
    const tax = { name: title, rate: percentOf(rate) };
    return rate === 0 ? { ...tax, category: 'zero' } : tax;
  });
  if (borne.length > 0) return borne;
  const none = { name: 'VAT', rate: '0' } as const;
  if (customer.tax_exemptions.includes('EU_REVERSE_CHARGE_EXEMPTION_RULE')) {
    return [{ ...none, category: 'reverse-charge', reason: 'Reverse charge' }];
  }
  return customer.tax_exempt
    ? [{ ...none, category: 'exempt', reason: 'Exempt customer' }]
    : [{ ...none, name: 'Tax', category: 'out-of-scope', reason: 'No tax is due' }];
};

/** Shipping after its discounts, and tips, on which there is no tax. */
const chargesOf = (order: ShopifyOrder, minor: (amount: string) => number): readonly Charge[] => {
  const shipping = order.shipping_lines.map((line) => ({
    description: line.title,
    amountMinor:
      minor(line.price) - sum(line.discount_allocations.map(({ amount }) => minor(amount))),
    taxes: taxesOf(line.tax_lines, order),
  }));
  const tip: Charge = {
    description: 'Tip',
    amountMinor: minor(order.total_tip_received),
    taxes: [{ name: 'Tax', rate: '0', category: 'out-of-scope', reason: 'Tip' }],
  };
  return [...shipping, tip].filter(({ amountMinor }) => amountMinor > 0);
};

/** In Shopify a gift card is a way to pay: the order's total has it still in it. */
const giftCardsOf = (
  { transactions }: ShopifyOrder,
  minor: (amount: string) => number,
): readonly Prepaid[] =>
  transactions
    .filter(
      ({ gateway, kind, status }) =>
        gateway === 'gift_card' && kind === 'sale' && status === 'success',
    )
    .map(({ amount, receipt }) => ({
      type: 'gift-card',
      reference: `ending in ${receipt.gift_card_last_characters ?? '?'}`,
      amountMinor: minor(amount),
    }));

/**
 * What was authorised at the checkout is captured, what was captured is recorded. Otherwise the
 * shop's own checkout has left the token of a payment method with the order.
 */
const paymentOf = ({ transactions, note_attributes: notes }: ShopifyOrder): Payment => {
  const made = transactions.find(
    ({ status, authorization }) =>
      status === 'success' && authorization?.startsWith('pi_') === true,
  );
  if (made?.authorization) {
    const type = made.kind === 'authorization' ? 'authorised' : 'paid';
    return { type, payment: made.authorization };
  }
  const paymentMethod = notes.find(({ name }) => name === 'payment_method')?.value;
  if (paymentMethod === undefined) throw new Error('nothing says how the order is to be paid');
  return { type: 'method', paymentMethod };
};

const buyerOf = (order: ShopifyOrder, billing: ShopifyAddress): Buyer => {
  const shipping = order.shipping_address;
  const address = addressOf(billing);
  const delivery = shipping === null ? address : addressOf(shipping);
  const vatId = order.note_attributes.find(({ name }) => name === 'vat_id')?.value ?? '';
  return {
    name: billing.name,
    ...unlessEmpty('company', billing.company ?? ''),
    address,
    ...(JSON.stringify(delivery) !== JSON.stringify(address) && { delivery }),
    ...unlessEmpty('vatId', vatId),
  };
};

const addressOf = (address: ShopifyAddress): Address => ({
  street: address.address1,
  ...unlessEmpty('addition', address.address2 ?? ''),
  postalCode: address.zip ?? '',
  city: address.city,
  ...unlessEmpty('region', address.province_code ?? ''),
  country: address.country_code,
});

const sum = (amounts: readonly number[]): number => amounts.reduce((all, each) => all + each, 0);

if (import.meta.main) convertFile(placeOrderOfShopify);
