import { err, ok, type Result } from 'neverthrow';
import { AMOUNT_MINOR_MAX } from './currencies.ts';

/** One basis point is a hundredth of a per cent: 1900 is 19 %. */
const BPS_PER_UNIT = 10_000n;

export type PriceLine = {
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
  /** Before tax. */
  readonly unitPriceMinor: number;
  readonly taxRateBps: number;
};

export type PricedLine = PriceLine & { readonly netMinor: number; readonly taxMinor: number };

export type Totals = {
  readonly netMinor: number;
  readonly taxMinor: number;
  readonly totalMinor: number;
};

export type PricedOrder = Totals & { readonly lines: readonly PricedLine[] };

export type Overflow = { readonly type: 'Overflow' };

/**
 * The one rounding rule (ADR 0006): tax is calculated per line, on quantity × unit price, and a
 * half minor unit is rounded up. Totals are sums of what the lines show, so a reader can add them
 * up.
 */
const taxOf = (netMinor: bigint, taxRateBps: number): bigint =>
  (netMinor * BigInt(taxRateBps) + BPS_PER_UNIT / 2n) / BPS_PER_UNIT;

/** Prices valid lines, in bigint, so that an overflow is seen instead of rounded away. */
export const priceLines = (lines: readonly PriceLine[]): Result<PricedOrder, Overflow> => {
  let net = 0n;
  let tax = 0n;
  const priced: PricedLine[] = [];
  for (const line of lines) {
    const lineNet = BigInt(line.quantity) * BigInt(line.unitPriceMinor);
    const lineTax = taxOf(lineNet, line.taxRateBps);
    net += lineNet;
    tax += lineTax;
    priced.push({ ...line, netMinor: Number(lineNet), taxMinor: Number(lineTax) });
  }
  // All parts are at most the total, so checking the total checks them all.
  if (net + tax > BigInt(AMOUNT_MINOR_MAX)) return err({ type: 'Overflow' });
  return ok({
    lines: priced,
    netMinor: Number(net),
    taxMinor: Number(tax),
    totalMinor: Number(net + tax),
  });
};
