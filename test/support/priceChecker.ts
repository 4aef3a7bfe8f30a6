import currencyCodes from 'currency-codes';
import { Decimal } from 'decimal.js';
import type { Adjustment, PriceTerms, Tax } from '../../src/domain/money/index.ts';

/*
 * An order's prices a second time, written after docs/prices.md and not after the code that it
 * checks, of which it takes types alone: in major units, with a decimal library, and shares are
 * given out unit by unit.
 */

/** Halves go up, or down as in some shops. No order needs a tenth of the digits. */
const arithmetic = (halves: 'up' | 'down') =>
  Decimal.clone({
    precision: 400,
    rounding: halves === 'up' ? Decimal.ROUND_HALF_UP : Decimal.ROUND_HALF_DOWN,
    toExpPos: 400,
    toExpNeg: -400,
  });

export type CheckedLine = {
  readonly net: string;
  readonly taxes: readonly string[];
  readonly gross: string;
  readonly allowances: readonly string[];
  readonly charges: readonly string[];
};

/** Texts with the decimals of the currency: `12.30`. */
export type CheckedOrder = {
  /** Items, and the order's charges behind them. */
  readonly lines: readonly CheckedLine[];
  readonly net: string;
  readonly tax: string;
  readonly total: string;
  readonly rounding: string;
  readonly prepaid: string;
  readonly payable: string;
};

/** What the order comes to, whatever the shop itself says of it. */
export const checkPrices = (order: PriceTerms, halves: 'up' | 'down' = 'up'): CheckedOrder => {
  const Exact = arithmetic(halves);
  const digits = currencyCodes.code(order.currency)?.digits ?? 2;
  const unit = new Exact(10).pow(-digits);
  const minor = (amount: number): Decimal => unit.times(amount);
  const cut = (value: Decimal): Decimal => value.toDecimalPlaces(digits);
  const total = (values: readonly Decimal[]): Decimal =>
    values.reduce((all, value) => all.plus(value), new Exact(0));
  const share = (value: Decimal, weights: readonly Decimal[]) => shareOut(value, weights, unit);
  const adjust = (by: Adjustment, of: Decimal): Decimal =>
    'percent' in by ? cut(of.times(by.percent).dividedBy(100)) : minor(by.amountMinor);

  const items = order.lines.map((line) => {
    const product = cut(new Exact(line.quantity).times(line.unitPrice));
    const charges = line.charges.map((charge) => adjust(charge, product));
    let amount = product.plus(total(charges));
    const allowances: Decimal[] = [];
    for (const allowance of line.allowances) {
      // Two halves of an odd amount, each rounded up, are more than it.
      const taken = Exact.min(adjust(allowance, product), amount);
      allowances.push(taken);
      amount = amount.minus(taken);
    }
    return { allowances, charges, amount, taxes: line.taxes };
  });
  const goods = total(items.map(({ amount }) => amount));
  for (const allowance of order.allowances) {
    const left = items.map(({ amount }) => amount);
    const shares = share(Exact.min(adjust(allowance, goods), total(left)), left);
    for (const [index, item] of items.entries()) {
      const part = shares[index] ?? new Exact(0);
      item.amount = item.amount.minus(part);
      if (!part.isZero()) item.allowances.push(part);
    }
  }
  const extras = order.charges.map(({ amountMinor, taxes }) => ({
    allowances: [],
    charges: [],
    amount: minor(amountMinor),
    taxes,
  }));
  const all: readonly Item[] = [...items, ...extras];

  const taxes = all.map(({ taxes: borne }) => borne.map(() => new Exact(0)));
  const put = (line: number, position: number, value: Decimal): void => {
    (taxes[line] ?? [])[position] = value;
  };
  const rateOf = (tax: Tax | undefined): Decimal => new Exact(tax?.rate ?? 0).dividedBy(100);
  const sumOfRates = (borne: readonly Tax[]): Decimal => total(borne.map(rateOf));

  if (order.priceMode === 'net' && order.rounding === 'line') {
    for (const [index, { amount, taxes: borne }] of all.entries()) {
      for (const [at, tax] of borne.entries()) put(index, at, cut(amount.times(rateOf(tax))));
    }
  } else if (order.priceMode === 'net') {
    const kinds = new Set(all.flatMap(({ taxes: borne }) => borne.map(nameOf)));
    for (const kind of kinds) {
      const bearing = all.flatMap(({ taxes: borne, amount }, line) =>
        borne.flatMap((tax, at) => (nameOf(tax) === kind ? [{ line, at, tax, amount }] : [])),
      );
      const amounts = bearing.map(({ amount }) => amount);
      const shares = share(cut(total(amounts).times(rateOf(bearing[0]?.tax))), amounts);
      for (const [index, { line, at }] of bearing.entries()) {
        put(line, at, shares[index] ?? new Exact(0));
      }
    }
  } else {
    const groups =
      order.rounding === 'line'
        ? all.map((_, index) => [index])
        : [...new Set(all.map((item) => kindOf(item)))].map((kind) =>
            all.flatMap((item, index) => (kindOf(item) === kind ? [index] : [])),
          );
    for (const group of groups) {
      const borne = all[group[0] ?? 0]?.taxes ?? [];
      const amounts = group.map((index) => all[index]?.amount ?? new Exact(0));
      const rate = sumOfRates(borne);
      const inside = cut(total(amounts).times(rate).dividedBy(rate.plus(1)));
      let room = share(inside, amounts);
      for (const [at, part] of share(inside, borne.map(rateOf)).entries()) {
        const shares = share(part, room);
        for (const [index, line] of group.entries()) put(line, at, shares[index] ?? part);
        room = room.map((rest, index) => rest.minus(shares[index] ?? 0));
      }
    }
  }

  const lines = all.map(({ amount, allowances, charges }, index) => {
    const tax = total(taxes[index] ?? []);
    const net = order.priceMode === 'net' ? amount : amount.minus(tax);
    return { net, tax, taxes: taxes[index] ?? [], allowances, charges };
  });
  const net = total(lines.map((line) => line.net));
  const tax = total(lines.map((line) => line.tax));
  const prepaid = total(order.prepaid.map(({ amountMinor }) => minor(amountMinor)));
  const rest = net.plus(tax).minus(prepaid);
  const step = minor(order.cashRounding?.stepMinor ?? 1);
  // Payable is always rounded half up, whatever the shop does with its taxes.
  const payable = rest.dividedBy(step).plus('0.5').floor().times(step);

  const print = (value: Decimal): string => value.toFixed(digits);
  return {
    lines: lines.map((line) => ({
      net: print(line.net),
      taxes: line.taxes.map(print),
      gross: print(line.net.plus(line.tax)),
      allowances: line.allowances.map(print),
      charges: line.charges.map(print),
    })),
    net: print(net),
    tax: print(tax),
    total: print(net.plus(tax)),
    rounding: print(payable.minus(rest)),
    prepaid: print(prepaid),
    payable: print(payable),
  };
};

type Item = {
  readonly allowances: readonly Decimal[];
  readonly charges: readonly Decimal[];
  readonly amount: Decimal;
  readonly taxes: readonly Tax[];
};

const nameOf = ({ name, category, rate, reason }: Tax): string =>
  [name, category, new Decimal(rate).toFixed(), reason].join('|');

const kindOf = ({ taxes }: Pick<Item, 'taxes'>): string => taxes.map(nameOf).join('&');

/**
 * Whole units of each share first; then a unit to whoever is the furthest behind, the first among
 * equals, until nothing is left. How far behind is compared times the sum, so that it is exact.
 */
const shareOut = (
  value: Decimal,
  weights: readonly Decimal[],
  unit: Decimal,
): readonly Decimal[] => {
  const sum = weights.reduce((all, weight) => all.plus(weight), value.minus(value));
  if (sum.isZero()) return weights.map(() => sum);
  const shares = weights.map((weight) => {
    const whole = value.times(weight).dividedToIntegerBy(sum.times(unit)).times(unit);
    return { whole, behind: value.times(weight).minus(whole.times(sum)) };
  });
  let left = value.minus(shares.reduce((all, { whole }) => all.plus(whole), sum.minus(sum)));
  while (left.greaterThan(0)) {
    let [most] = shares;
    for (const share of shares) if (most && share.behind.greaterThan(most.behind)) most = share;
    if (most === undefined) break;
    most.whole = most.whole.plus(unit);
    most.behind = most.behind.minus(sum.times(unit));
    left = left.minus(unit);
  }
  return shares.map(({ whole }) => whole);
};
