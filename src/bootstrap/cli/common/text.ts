import { formatAmount, type OrderTotals } from '../../../domain/money/index.ts';
import type * as Order from '../../../domain/order/index.ts';

export const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ');

/** An age such as `3 d 4 h`. */
export const ageText = (ms: number): string => {
  const minutes = Math.floor(Math.max(ms, 0) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes % 60} min` : `${minutes} min`;
};

/** A duration such as `12 ms`, `10 s` or `2 h 5 min`. */
export const durationOf = (ms: number): string => {
  if (ms >= 60_000) return ageText(ms);
  return ms >= 1_000 ? `${Math.floor(ms / 1_000)} s` : `${Math.max(0, Math.round(ms))} ms`;
};

export const moneyText = ({
  amountMinor,
  currency,
}: Omit<Order.MoneyMovement, 'reference'>): string => formatAmount(amountMinor, currency);

export const movedText = (moved: Order.MoneyMovement): string =>
  `${moneyText(moved)}${asReference(moved)}`;

/** The gateway has no name for a payment if nothing is payable, nor for what the shop pays back. */
export const asReference = ({ reference }: { readonly reference: string }): string =>
  reference === '' ? '' : ` as ${reference}`;

export const totalsText = (
  { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor }: OrderTotals,
  currency: string,
): string => {
  const amount = (minor: number): string => formatAmount(minor, currency);
  const total = `${amount(netMinor)} + tax ${amount(taxMinor)} = ${amount(totalMinor)}`;
  const more = [
    ...(roundingMinor === 0 ? [] : [`rounding ${amount(roundingMinor)}`]),
    ...(prepaidMinor === 0 ? [] : [`prepaid ${amount(prepaidMinor)}`]),
    ...(payableMinor === totalMinor ? [] : [`payable ${amount(payableMinor)}`]),
  ];
  return [total, ...more].join(', ');
};

/** The total of the order, and the amount that is charged if that is another one. */
export const orderTotalText = (
  { totalMinor, payableMinor }: Pick<OrderTotals, 'totalMinor' | 'payableMinor'>,
  currency: string,
): string =>
  payableMinor === totalMinor
    ? formatAmount(totalMinor, currency)
    : `${formatAmount(totalMinor, currency)}, payable ${formatAmount(payableMinor, currency)}`;

export const dollarsOf = (microUsd: number): string => (microUsd / 1_000_000).toFixed(6);

/** The command that records refunds which were made at the gateway itself. */
export const adoptCommand = (orderId: string): string =>
  `\`paidonce review adopt ${orderId} --by WHO --reason TEXT\``;

type Amount = { readonly amountMinor: number; readonly currency: string };

/** One amount for each currency, the currencies in the order of their codes. */
export const sumsOf = (amounts: readonly Amount[]): readonly Amount[] =>
  [...Map.groupBy(amounts, ({ currency }) => currency)]
    .map(([currency, those]) => ({
      currency,
      amountMinor: those.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    }))
    .toSorted((one, other) => one.currency.localeCompare(other.currency));

/** Sums such as `EUR 12.34, JPY 500`. */
export const sumsText = (sums: readonly Amount[]): string =>
  sums.map(({ amountMinor, currency }) => formatAmount(amountMinor, currency)).join(', ');
