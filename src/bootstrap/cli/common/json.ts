import { currencyExponent } from '../../../domain/money/index.ts';

/** An amount as machines read it: `{ "minor": 1234, "currency": "EUR", "exponent": 2 }`. */
export type JsonAmount = {
  readonly minor: number;
  readonly currency: string;
  /** The number of decimals of the currency: 1234 with 2 is 12.34. */
  readonly exponent: number;
};

export const amountOf = (minor: number, currency: string): JsonAmount => ({
  minor,
  currency,
  exponent: currencyExponent(currency) ?? 0,
});

/** Several amounts of one currency, each by its name. */
export const amountsOf = <K extends string>(
  minors: Readonly<Record<K, number>>,
  currency: string,
): Readonly<Record<K, JsonAmount>> =>
  Object.fromEntries(
    Object.entries<number>(minors).map(([name, minor]) => [name, amountOf(minor, currency)]),
  ) as Record<K, JsonAmount>;

/** The member with what a sender wrote, or what was sent to a gateway: it is shown as it is. */
const VERBATIM = 'body';
/** Names of times, which the program has in milliseconds since the epoch. */
const TIME = /^(?:at|date|since|until|notAfter|dueBy|\w+(?:At|Since|Until))$/;
const MINOR = /^(\w+)Minor$/;

/**
 * The one form of values in JSON: a time is ISO 8601 in UTC, and an amount has its currency.
 * `xMinor` becomes the amount `x`, in the currency that stands beside it or around it, or
 * `xAmount` where there is an `x` beside it.
 */
export const jsonOf = (value: unknown, currency?: string): unknown => {
  if (Array.isArray(value)) return value.map((one) => jsonOf(one, currency));
  if (typeof value !== 'object' || value === null) return value;
  const own: unknown = 'currency' in value ? value.currency : undefined;
  const inside = typeof own === 'string' ? own.toUpperCase() : currency;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]: [string, unknown]) =>
      typeof member === 'number'
        ? numberOf(name, member, { currency: inside, beside: value })
        : [name, name === VERBATIM ? member : jsonOf(member, inside)],
    ),
  );
};

const numberOf = (
  name: string,
  value: number,
  { currency, beside }: { readonly currency: string | undefined; readonly beside: object },
): readonly [string, unknown] => {
  if (TIME.test(name)) {
    // The gateway takes no evidence, so that none is due.
    const isNever = !Number.isFinite(value) || (name === 'dueBy' && value === 0);
    return [name, isNever ? null : isoOf(value)];
  }
  const [, amount] = MINOR.exec(name) ?? [];
  if (amount === undefined || currency === undefined) return [name, value];
  return [amount in beside ? `${amount}Amount` : amount, amountOf(value, currency)];
};

const isoOf = (ms: number): string => new Date(ms).toISOString();
