import { formatAmount } from './currencies.ts';

/**
 * The amounts that a gateway moves in one currency: minor units of ISO 4217, both limits included.
 */
export type AmountLimits = {
  readonly leastMinor: number;
  readonly mostMinor: number;
  /** Every amount is a multiple of it. */
  readonly stepMinor: number;
};

/**
 * Why a gateway does not move an amount, with every figure as it is printed; undefined if it does.
 * `use` is what the amount is for.
 */
export const limitRefusal = (
  use: 'paid' | 'refunded',
  { amountMinor, currency }: { readonly amountMinor: number; readonly currency: string },
  { leastMinor, mostMinor, stepMinor }: AmountLimits,
): string | undefined => {
  const printed = (minor: number): string => formatAmount(minor, currency);
  const says = (limit: string): string =>
    `${printed(amountMinor)} is to be ${use}, and the gateway takes ${limit}`;
  if (amountMinor < leastMinor) return says(`${printed(leastMinor)} at least`);
  if (amountMinor > mostMinor) return says(`${printed(mostMinor)} at most`);
  if (amountMinor % stepMinor === 0) return undefined;
  const below = amountMinor - (amountMinor % stepMinor);
  const allowed = [below, below + stepMinor].filter(
    (minor) => minor >= leastMinor && minor <= mostMinor,
  );
  return says(`multiples of ${printed(stepMinor)}, such as ${allowed.map(printed).join(' or ')}`);
};
