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

const MASK = '*';

/** The places of card numbers in a run of digits, which may be in groups with a blank or a dash between. */
const placesIn = (run: string): readonly (readonly [from: number, to: number])[] => {
  const groups = [...run.matchAll(/\d+/g)];
  return groups.flatMap((first, from) => {
    let digits = '';
    for (const group of groups.slice(from)) {
      digits += group[0];
      if (digits.length > PAN_DIGITS_MAX) break;
      if (isCardNumber(digits)) return [[first.index, group.index + group[0].length] as const];
    }
    return [];
  });
};

/**
 * The text with every payment card number in it masked, whether in one go or in groups with a blank or a dash
 * between them. A number in the middle of a longer run of digits is not one.
 */
export const maskCardNumbers = (text: string): string =>
  text.replaceAll(/\d+(?:[ -]\d+)*/g, (run) =>
    placesIn(run).reduce(
      (masked, [from, to]) => masked.slice(0, from) + MASK.repeat(to - from) + masked.slice(to),
      run,
    ),
  );

export const containsCardNumber = (text: string): boolean => maskCardNumbers(text) !== text;
