import { err, ok, type Result } from 'neverthrow';
import { holdsCardNumber, wasMasked } from '../cardNumber/index.ts';
import { isMailAddress } from '../mailAddress.ts';
import { currencyExponent, priceLines, type PriceLine } from '../money/index.ts';
import { STEERING } from '../plainText.ts';

/** How the order is paid, by the shop's word; the gateway is asked about all that it can know. */
export type PaymentInstruction =
  /** Charge this means of payment, which belongs to no customer at the gateway. */
  | {
      readonly type: 'method';
      /** The gateway's token for it; never a card number. */
      readonly paymentMethod: string;
    }
  /** Charge a means of payment that the gateway has saved for a customer, off session. */
  | {
      readonly type: 'saved';
      readonly customer: string;
      readonly paymentMethod: string;
      readonly mandate?: string;
    }
  /** Capture a payment that the customer has authorised at the checkout. */
  | {
      readonly type: 'authorised';
      readonly payment: string;
      /** Whether less than was authorised may be captured. */
      readonly partial?: true;
    }
  /** The gateway has captured it already. */
  | { readonly type: 'paid'; readonly payment: string }
  /** It came by bank transfer, as the shop says. */
  | { readonly type: 'transferred'; readonly reference: string }
  /** Nothing is to be paid. */
  | { readonly type: 'none' };

/** An order of a customer: everything that the payment and the invoice are made from. */
export type Content = {
  readonly orderId: string;
  readonly customer: { readonly id: string; readonly email: string };
  readonly currency: string;
  readonly lines: readonly PriceLine[];
  /** The gateway's token for the means of payment; never a card number. */
  readonly paymentMethod: string;
  readonly payment?: PaymentInstruction;
};

export const LINES_MAX = 100;
export const SKU_CHARACTERS_MAX = 64;
export const DESCRIPTION_CHARACTERS_MAX = 200;
export const QUANTITY_MAX = 1_000_000;
export const TAX_RATE_BPS_MAX = 10_000;

/** A rule and its wording. No problem repeats a value: it may be personal, or a card's number. */
type TextRule = readonly [rule: Pick<RegExp, 'test'>, says: string];
const ORDER_ID: TextRule = [/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ or -'];
export const isOrderId = (value: unknown): value is string =>
  typeof value === 'string' && ORDER_ID[0].test(value);

/** Whether a client may choose it as a refund's id, which is never a cancellation's own. */
export const isRefundId = (value: unknown): value is string => isOrderId(value);

const CUSTOMER_ID: TextRule = [/^[!-~]{1,64}$/, '1 to 64 printable ASCII characters, no blanks'];
const EMAIL: TextRule = [{ test: isMailAddress }, 'one plain mail address that takes mail'];
const plain = (max: number): TextRule => [
  new RegExp(`^[^${STEERING}]{1,${max}}$`, 'u'),
  `1 to ${max} characters, no control characters`,
];
const SKU = plain(SKU_CHARACTERS_MAX);
const DESCRIPTION = plain(DESCRIPTION_CHARACTERS_MAX);
const PAYMENT_METHOD: TextRule = [/^[A-Za-z0-9_]{1,128}$/, '1 to 128 letters, digits or _'];

/** Every reason why an order cannot be placed, each with the path of the part it is about. */
export type InvalidContent = { readonly type: 'InvalidOrder'; readonly reasons: readonly string[] };

/**
 * Reads an order from anything. A refusal gives every reason at once: parts that are missing or
 * unknown, a currency that nobody knows, a fraction of a minor unit, a quantity below one, more
 * than 100 lines, an amount too great to be exact, nothing to charge, a card number in a text, or
 * one that was masked.
 */
export const parse = (draft: unknown): Result<Content, InvalidContent> => {
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
  const content: Content = {
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
  if (!reasons.some((reason) => reason.startsWith('lines'))) reportTotal(content.lines, report);
  if (holdsCardNumber(draft)) report('order', 'holds a card number');
  if (wasMasked(draft)) report('order', MASKED);
  return reasons.length > 0 ? err({ type: 'InvalidOrder', reasons }) : ok(content);
};

/** The customer of a refused order: a part that breaks its rule is empty. */
export type Customer = { readonly id: string; readonly email: string };

export const customerIn = (draft: unknown): Customer => {
  const { customer }: { readonly customer?: unknown } = Object(draft);
  const { id, email }: { readonly id?: unknown; readonly email?: unknown } = Object(customer);
  const read = (value: unknown, [pattern]: TextRule): string =>
    typeof value === 'string' &&
    value.isWellFormed() &&
    pattern.test(value) &&
    !holdsCardNumber(value)
      ? value
      : '';
  return { id: read(id, CUSTOMER_ID), email: read(email, EMAIL) };
};
const MASKED = 'holds 12 or more * in a row, as what was masked does';

type Report = (path: string, why: string) => void;

const listOfLines = (value: unknown, report: Report): readonly unknown[] => {
  if (!Array.isArray(value)) {
    report('lines', value === undefined ? 'is missing' : 'is not a list');
    return [];
  }
  if (value.length === 0) report('lines', 'is empty');
  if (value.length > LINES_MAX) report('lines', `has ${value.length} lines; at most ${LINES_MAX}`);
  return value.slice(0, LINES_MAX);
};

const reportTotal = (lines: readonly PriceLine[], report: Report): void =>
  priceLines(lines).match(
    ({ totalMinor }) => {
      if (totalMinor === 0) report('lines', 'come to nothing; there is nothing to charge');
    },
    () => report('lines', 'come to an amount that is too great to be exact (overflow)'),
  );
