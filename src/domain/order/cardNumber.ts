/** Lengths and first digits that the card schemes in use issue (ISO/IEC 7812-1). */
const SCHEMES: readonly RegExp[] = [
  /^4\d{15}(\d{3})?$/, // Visa. Its 13-digit numbers are gone; admitting them would refuse EAN codes.
  /^(5[1-5]|2[2-7])\d{14}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(0|6|8)\d{12}$/, // Diners Club
  /^(35|6\d)\d{14,17}$/, // JCB, Discover, UnionPay, Maestro
  /^5[06-9]\d{14,17}$/, // Maestro
];
const PAN_DIGITS_MAX = 19;

const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

const isCardNumber = (digits: string): boolean =>
  SCHEMES.some((scheme) => scheme.test(digits)) && passesLuhn(digits);

/**
 * Whether a payment card number stands anywhere in a text, in one go or in groups with a blank or a dash
 * between them. A number in the middle of a longer run of digits is not one.
 */
export const containsCardNumber = (text: string): boolean => {
  for (const [run] of text.matchAll(/\d+(?:[ -]\d+)*/g)) {
    const groups = run.split(/[ -]/);
    for (let from = 0; from < groups.length; from += 1) {
      let digits = '';
      for (let to = from; to < groups.length && digits.length <= PAN_DIGITS_MAX; to += 1) {
        digits += groups[to];
        if (isCardNumber(digits)) return true;
      }
    }
  }
  return false;
};
