import { err, ok, type Result } from 'neverthrow';
import { holdsCardNumber, wasMasked } from '../cardNumber/index.ts';
import * as Invoice from '../invoice/index.ts';
import { currencyExponent } from '../money/index.ts';
import type { Content } from './content.ts';
import { priceOf } from './pricing.ts';
import {
  CUSTOMER_ID,
  DESCRIPTION,
  EMAIL,
  MASKED,
  ORDER_ID,
  PAYMENT_METHOD,
  QUANTITY_MAX,
  SKU,
  type InvalidContent,
  type TextRule,
} from './rules.ts';

/** An order in version 1 of its message: net prices in whole minor units, and one tax. */
export type ContentV1 = {
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly email: string };
  readonly currency: string;
  readonly lines: readonly Invoice.LineV1[];
  /** The gateway's token for the means of payment; never a card number. */
  readonly paymentMethod: string;
};

export const LINES_V1_MAX = 100;
export const TAX_RATE_BPS_MAX = 10_000;

/** The same order in the terms of version 2. */
export const contentOfV1 = ({
  orderId,
  customer,
  currency,
  lines,
  paymentMethod,
}: ContentV1): Content => ({
  orderId,
  currency,
  customer: { ...customer, language: '' },
  priceMode: 'net',
  rounding: 'line',
  lines: lines.map((line) => Invoice.orderLineOf(line, currency)),
  allowances: [],
  charges: [],
  prepaid: [],
  ...Invoice.NO_TERMS,
  payment: { type: 'method', paymentMethod },
});

/**
 * Reads an order from anything. A refusal gives every reason at once: parts that are missing or
 * unknown, a currency that nobody knows, a fraction of a minor unit, a quantity below one, more
 * than 100 lines, an amount too great to be exact, nothing to charge, a card number in a text, or
 * one that was masked.
 */
export const parseV1 = (draft: unknown): Result<ContentV1, InvalidContent> => {
  const reasons: string[] = [];
  const report = (path: string, why: string) => void reasons.push(`${path}: ${why}`);

  const part = (value: unknown, path: string, keys: readonly string[]): Record<string, unknown> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      report(path, value === undefined ? 'is missing' : 'is not an object');
      return {};
    }
    const found: Record<string, unknown> = { ...value };
    if (Object.keys(found).some((key) => !keys.includes(key))) {
      report(path, 'has a part that is not known');
    }
    return found;
  };
  const text = (value: unknown, path: string, [rule, says]: TextRule): string => {
    if (typeof value === 'string' && value.isWellFormed() && rule.test(value)) return value;
    report(path, value === undefined ? 'is missing' : `is not ${says}`);
    return '';
  };
  const whole = (value: unknown, path: string, [min, max]: readonly [number, number]): number => {
    if (typeof value !== 'number') {
      report(path, value === undefined ? 'is missing' : 'is not a number');
    } else if (Number.isFinite(value) && !Number.isInteger(value)) {
      report(path, 'has a fraction; amounts and counts are whole (amounts in minor units)');
    } else if (!Number.isSafeInteger(value) || value < min || value > max) {
      report(path, `is not from ${min} to ${max}`);
    } else return value;
    return 0;
  };

  const order = part(draft, 'order', ['orderId', 'customer', 'currency', 'lines', 'paymentMethod']);
  const customer = part(order['customer'], 'customer', ['id', 'email']);
  const content: ContentV1 = {
    orderId: text(order['orderId'], 'orderId', ORDER_ID),
    customer: {
      id: text(customer['id'], 'customer.id', CUSTOMER_ID),
      email: text(customer['email'], 'customer.email', EMAIL),
    },
    currency: text(order['currency'], 'currency', [/^[A-Z]{3}$/, 'three characters from A to Z']),
    lines: listOfLines(order['lines'], report).map((value, index) => {
      const path = `lines[${index}]`;
      const keys = ['sku', 'description', 'quantity', 'unitPriceMinor', 'taxRateBps'];
      const line = part(value, path, keys);
      return {
        sku: text(line['sku'], `${path}.sku`, SKU),
        description: text(line['description'], `${path}.description`, DESCRIPTION),
        quantity: whole(line['quantity'], `${path}.quantity`, [1, QUANTITY_MAX]),
        unitPriceMinor: whole(line['unitPriceMinor'], `${path}.unitPriceMinor`, [
          0,
          Number.MAX_SAFE_INTEGER,
        ]),
        taxRateBps: whole(line['taxRateBps'], `${path}.taxRateBps`, [0, TAX_RATE_BPS_MAX]),
      };
    }),
    paymentMethod: text(order['paymentMethod'], 'paymentMethod', PAYMENT_METHOD),
  };
  if (content.currency !== '' && currencyExponent(content.currency) === undefined) {
    report('currency', 'is not a currency of ISO 4217');
  }
  // A part that was refused counts as nothing, and would only make the total look wrong as well.
  if (!reasons.some((reason) => reason.startsWith('lines'))) reportTotal(content, report);
  if (holdsCardNumber(draft)) report('order', 'holds a card number');
  if (wasMasked(draft)) report('order', MASKED);
  return reasons.length > 0 ? err({ type: 'InvalidOrder', reasons }) : ok(content);
};

type Report = (path: string, why: string) => void;

const listOfLines = (value: unknown, report: Report): readonly unknown[] => {
  if (!Array.isArray(value)) {
    report('lines', value === undefined ? 'is missing' : 'is not a list');
    return [];
  }
  if (value.length === 0) report('lines', 'is empty');
  if (value.length > LINES_V1_MAX)
    report('lines', `has ${value.length} lines; at most ${LINES_V1_MAX}`);
  return value.slice(0, LINES_V1_MAX);
};

const reportTotal = (content: ContentV1, report: Report): void =>
  priceOf(contentOfV1(content)).match(
    ({ totalMinor }) => {
      if (totalMinor === 0) report('lines', 'come to nothing; there is nothing to charge');
    },
    () => report('lines', 'come to an amount that is too great to be exact (overflow)'),
  );
