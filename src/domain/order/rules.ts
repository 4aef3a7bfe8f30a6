import { holdsCardNumber } from '../cardNumber/index.ts';
import { isHttpsUrl } from '../httpsUrl.ts';
import { isMailAddress } from '../mailAddress.ts';
import { STEERING } from '../plainText.ts';

/*
 * The rules for the parts that orders of every version have.
 */

export const SKU_CHARACTERS_MAX = 64;
export const DESCRIPTION_CHARACTERS_MAX = 200;
export const QUANTITY_MAX = 1_000_000;

/** A rule and its wording. No problem repeats a value: it may be personal, or a card's number. */
export type TextRule = readonly [rule: Pick<RegExp, 'test'>, says: string];
export const ORDER_ID: TextRule = [/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ or -'];
export const isOrderId = (value: unknown): value is string =>
  typeof value === 'string' && ORDER_ID[0].test(value);

/** Whether a client may choose it as a refund's id, which is never a cancellation's own. */
export const isRefundId = (value: unknown): value is string => isOrderId(value);

export const CUSTOMER_ID: TextRule = [
  /^[!-~]{1,64}$/,
  '1 to 64 printable ASCII characters, no blanks',
];
export const isCustomerId = (value: unknown): value is string =>
  typeof value === 'string' && CUSTOMER_ID[0].test(value);
export const EMAIL: TextRule = [{ test: isMailAddress }, 'one plain mail address that takes mail'];
export const plain = (max: number): TextRule => [
  new RegExp(`^[^${STEERING}]{1,${max}}$`, 'u'),
  `1 to ${max} characters, no control characters`,
];
export const SKU = plain(SKU_CHARACTERS_MAX);
export const DESCRIPTION = plain(DESCRIPTION_CHARACTERS_MAX);
export const PAYMENT_METHOD: TextRule = [/^[A-Za-z0-9_]{1,128}$/, '1 to 128 letters, digits or _'];

export const RETURN_URL: TextRule = [
  { test: (text) => text.length <= RETURN_URL_MAX && isHttpsUrl(text) },
  'an https URL of at most 500 printable ASCII characters, without a user or a fragment',
];
const RETURN_URL_MAX = 500;

export const MASKED = 'holds 12 or more * in a row, as what was masked does';

/** Every reason why an order cannot be placed, each with the path of the part it is about. */
export type InvalidContent = { readonly type: 'InvalidOrder'; readonly reasons: readonly string[] };

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
