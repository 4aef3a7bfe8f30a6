/** Lengths and first digits that the card schemes in use issue (ISO/IEC 7812-1). */
const SCHEMES: readonly RegExp[] = [
  /^4\d{15}(\d{3})?$/, // Visa. Its 13-digit numbers are gone; admitting them would refuse EAN codes.
  /^(5[1-5]|2[2-7])\d{14}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(0|6|8)\d{12}$/, // Diners Club
  /^(35|6\d)\d{14,17}$/, // JCB, Discover, UnionPay, Maestro
  /^5[06-9]\d{14,17}$/, // Maestro
];

/**
 * How card numbers are written: in one go, letters before or behind them, or in the groups that stand on the
 * cards, with blanks or dashes. Digits that belong to a longer word or number are not one: one UUID in some
 * thousands would else be taken for a card.
 */
const WRITTEN: readonly RegExp[] = [
  String.raw`\p{L}*(\d{14,19})\p{L}*`,
  String.raw`(\d{4}(?:[ -]\d{4}){3})`,
  String.raw`(\d{4}(?:[ -]\d{4}){3}[ -]\d{3})`,
  String.raw`(\d{4}[ -]\d{6}[ -]\d{4,5})`,
].map(
  // Looking ahead, so that a number is found also where another run of digits reaches into it.
  (written) => new RegExp(String.raw`(?<![\p{L}\p{N}])(?=${written}(?![\p{L}\p{N}]))`, 'dgu'),
);

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

/** The text with every payment card number in it masked, and nothing else changed. */
export const maskCardNumbers = (text: string): string =>
  WRITTEN.flatMap((written) => [...text.matchAll(written)])
    .filter(([, written = '']) => isCardNumber(written.replaceAll(/[ -]/g, '')))
    .reduce((masked, { indices }) => {
      const [from, to] = indices?.[1] ?? [0, 0];
      return masked.slice(0, from) + MASK.repeat(to - from) + masked.slice(to);
    }, text);

export const containsCardNumber = (text: string): boolean => maskCardNumbers(text) !== text;
