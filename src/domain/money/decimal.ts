/**
 * Exact arithmetic on decimal texts, in bigint. Every number here is zero or more, so that a half
 * is rounded up without asking for its sign.
 */

/** A number as `units` divided by ten to the power of `decimals`: `12.50` is 1250 and 2. */
export type Decimal = { readonly units: bigint; readonly decimals: number };

/** No quantity, price or rate needs more digits before the point. A double holds them exactly. */
const WHOLE_DIGITS_MAX = 15;
const [POINT, ZERO, NINE] = [46, 48, 57];

/**
 * Reads plain digits with or without a point: `0.5`, `12`. Undefined for anything further: a sign,
 * an exponent, `.5`, `05`, more than 15 digits before the point, or more decimals than allowed.
 */
export const parseDecimal = (text: string, decimalsMax: number): Decimal | undefined => {
  if (text.length > WHOLE_DIGITS_MAX + 1 + decimalsMax) return undefined;
  let units = 0;
  let point = -1;
  // A pattern takes three times as long, which is a tenth of what an order's decisions take.
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character >= ZERO && character <= NINE) units = 10 * units + (character - ZERO);
    else if (character === POINT && point === -1) point = at;
    else return undefined;
  }
  const whole = point === -1 ? text.length : point;
  const decimals = point === -1 ? 0 : text.length - point - 1;
  const isPlain = whole === 1 || (whole > 1 && !text.startsWith('0'));
  if (!isPlain || whole > WHOLE_DIGITS_MAX || decimals > decimalsMax) return undefined;
  if (point === text.length - 1) return undefined;
  const isExact = whole + decimals <= WHOLE_DIGITS_MAX;
  return { units: BigInt(isExact ? units : text.replace('.', '')), decimals };
};

/** The greatest number of decimals of each kind of text in an order. */
export const RATE_DECIMALS_MAX = 6;
export const QUANTITY_DECIMALS_MAX = 6;
export const UNIT_PRICE_DECIMALS_MAX = 10;

/** A hundred per cent, in the millionths of a per cent that rates are calculated in. */
export const HUNDRED_PERCENT = 100_000_000n;

/** A rate or percentage that has been checked, in millionths of a per cent: `19` is 19,000,000. */
export const millionthsOf = (rate: string): bigint => {
  const { units, decimals } = checkedDecimal(rate, RATE_DECIMALS_MAX);
  return units * tenToThe(RATE_DECIMALS_MAX - decimals);
};

/** A power of ten. Those for the decimals of a product of an order are calculated once. */
export const tenToThe = (power: number): bigint => POWERS[power] ?? 10n ** BigInt(power);

const POWERS: readonly bigint[] = Array.from(
  { length: QUANTITY_DECIMALS_MAX + UNIT_PRICE_DECIMALS_MAX + 1 },
  (_, power) => 10n ** BigInt(power),
);

/** Reads a text that the message's parser has already let pass. */
export const checkedDecimal = (text: string, decimalsMax: number): Decimal => {
  const decimal = parseDecimal(text, decimalsMax);
  if (decimal === undefined) throw new Error('Broken invariant: decimals of an order are checked');
  return decimal;
};

/** The one rounding rule: to the nearest whole number, and a half goes up. */
export const dividedHalfUp = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator) / (2n * denominator);

/** The nearest whole number, where a half goes down. Some shops round like this, and may say so. */
export const dividedHalfDown = (numerator: bigint, denominator: bigint): bigint =>
  (2n * numerator + denominator - 1n) / (2n * denominator);

/** Writes `1234` with two decimals as `12.34`. */
export const decimalText = (units: number | bigint, decimals: number): string => {
  const digits = String(units).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};
