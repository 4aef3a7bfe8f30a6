/** What one scheme issues: the first digits of its numbers, and how many digits they have. */
type Scheme = readonly [name: string, prefix: RegExp, lengths: readonly number[]];

const upTo19 = [16, 17, 18, 19] as const;
const DINERS = [14, 15, ...upTo19] as const;

/**
 * Prefixes and lengths that are in use, by the table of issuer identification numbers in
 * https://en.wikipedia.org/wiki/Payment_card_number (the registry of ISO/IEC 7812-2 is not public).
 * Left out are Visa's numbers of 13 digits, which nobody issues any more and which would make card
 * numbers of EAN codes; Maestro's of fewer than 16; and what Maestro never issued of 56 to 58, with
 * which marketplaces begin their ids.
 */
const SCHEMES: readonly Scheme[] = [
  ['Visa', /^4/, [16, 19]],
  ['Mastercard', /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  ['American Express', /^3[47]/, [15]],
  ['Diners Club', /^3(?:0[0-5]|095|[689])/, DINERS],
  ['JCB', /^35(?:2[89]|[3-8])/, upTo19],
  ['Discover', /^6(?:011|4[4-9]|5)/, upTo19],
  ['UnionPay', /^(?:62|81[0-7])/, upTo19],
  ['Maestro, Dankort, Elo, Verve', /^(?:50|5893|63|67)/, upTo19],
  ['RuPay', /^(?:60|8[12])/, [16]],
  ['Mir, Borica', /^220[0-5]/, upTo19],
  ['Troy, Napas, Humo, Uzcard', /^(?:9792|9704|9860|8600)/, [16, 19]],
];

export const CARD_DIGITS = { min: 14, max: 19 } as const;

/**
 * The check digit of ISO/IEC 7812-1. It lets one number in ten pass, so alone it proves nothing.
 */
const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/**
 * Whether a scheme issues such numbers, and the check digit is right: ASCII digits and nothing
 * else.
 */
export const isCardNumber = (digits: string): boolean =>
  passesLuhn(digits) &&
  SCHEMES.some(([, prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));
