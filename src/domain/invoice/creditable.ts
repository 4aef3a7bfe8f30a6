import { err, ok, type Result } from 'neverthrow';
import { allocate, type OrderTotals, type TaxedOrder } from '../money/index.ts';
import { fromMicros, toMicros } from './quantity.ts';

export type CreditLine = {
  /** The line's number on the invoice, from 1. */
  readonly line: number;
  /** The refunded quantity, a decimal; `0` where an amount is refunded and not pieces. */
  readonly quantity: string;
  readonly netMinor: number;
  /** The sum of its taxes. */
  readonly taxMinor: number;
  /** The taxes in the order of those of the invoice's line. */
  readonly taxesMinor: readonly number[];
};

/**
 * The part of an invoice that one refund takes: lines, and parts of its rounding and its prepaid.
 */
export type Credit = {
  readonly lines: readonly CreditLine[];
  /** It is below zero where less is refunded than the lines come to. */
  readonly roundingMinor: number;
  /** The shop returns this part to gift cards, vouchers and deposits. */
  readonly prepaidMinor: number;
};

/** The part that is to be refunded: an amount, pieces of lines, or all that is left. */
export type CreditRequest =
  | { readonly type: 'Amount'; readonly amountMinor: number }
  | {
      readonly type: 'Lines';
      readonly lines: readonly { readonly line: number; readonly quantity: string }[];
    }
  | { readonly type: 'Rest' };

export type NotCreditable = { readonly type: 'NotCreditable'; readonly reason: string };

const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);

/** Sums up a credit. `payableMinor` is refunded by the means by which the order was paid. */
export const totalsOf = ({ lines, roundingMinor, prepaidMinor }: Credit): OrderTotals => {
  const netMinor = sum(lines.map((line) => line.netMinor));
  const taxMinor = sum(lines.map((line) => line.taxMinor));
  const totalMinor = netMinor + taxMinor;
  const payableMinor = totalMinor + roundingMinor - prepaidMinor;
  return { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor };
};

/** The rest of an invoice, and the totals of the whole of it. */
export type CreditLeft = Credit & { readonly invoiced: OrderTotals };

/**
 * The rest of an invoice after the refunds that were made, or are about to be. Every refund takes
 * its part out of what is left before it is asked for, so that all of an invoice's credit notes
 * together are the invoice, line by line, net and each tax, to the last minor unit (ADR 0013).
 */
export const creditable = (invoiced: TaxedOrder, taken: readonly Credit[]): CreditLeft => {
  const micros = invoiced.lines.map(({ quantity }) => toMicros(quantity));
  const nets = invoiced.lines.map(({ netMinor }) => netMinor);
  const taxes = invoiced.lines.map((line) => line.taxes.map(({ taxMinor }) => taxMinor));
  for (const gone of taken.flatMap(({ lines }) => lines)) {
    const at = gone.line - 1;
    micros[at] = (micros[at] ?? 0) - toMicros(gone.quantity);
    nets[at] = (nets[at] ?? 0) - gone.netMinor;
    taxes[at] = (taxes[at] ?? []).map((tax, index) => tax - (gone.taxesMinor[index] ?? 0));
  }
  return {
    invoiced,
    lines: invoiced.lines.map((_, at) => ({
      line: at + 1,
      quantity: fromMicros(micros[at] ?? 0),
      ...amounts(nets[at] ?? 0, taxes[at] ?? []),
    })),
    roundingMinor: invoiced.roundingMinor - sum(taken.map((one) => one.roundingMinor)),
    prepaidMinor: invoiced.prepaidMinor - sum(taken.map((one) => one.prepaidMinor)),
  };
};

const amounts = (netMinor: number, taxesMinor: readonly number[]) => ({
  netMinor,
  taxMinor: sum(taxesMinor),
  taxesMinor,
});

/**
 * The part of the invoice that a refund takes. Money goes back first by the means by which the
 * order was paid, and only the excess goes back to what was prepaid. It goes back in steps of
 * `stepMinor`, by which the order was rounded; the difference is rounding. With the last of the
 * money goes everything that is left of the lines, also where rounding has made the whole order
 * free.
 */
export const credit = (
  left: CreditLeft,
  wanted: CreditRequest,
  stepMinor = 1,
): Result<Credit, NotCreditable> =>
  pick(left, wanted, stepMinor).andThen((taken) => {
    const { payableMinor, prepaidMinor, totalMinor } = totalsOf(taken);
    if (totalMinor === 0) return refused('nothing is left to refund');
    const isLast = payableMinor + prepaidMinor === moneyOf(left);
    if (payableMinor + prepaidMinor <= 0 && !isLast) {
      return refused(`comes to nothing, as money goes back in steps of ${stepMinor}`);
    }
    const { lines, ...rest } = isLast ? everything(left, taken.lines) : taken;
    return ok({
      ...rest,
      lines: lines.filter(({ netMinor, taxMinor }) => netMinor + taxMinor > 0),
    });
  });

/** Takes all that is left, with no more pieces than are refunded. */
const everything = (left: CreditLeft, taken: readonly CreditLine[]): Credit => {
  const quantities = new Map(taken.map(({ line, quantity }) => [line, quantity]));
  const lines = left.lines.map((line) => ({
    ...line,
    quantity: quantities.get(line.line) ?? '0',
  }));
  return { ...creditIn(left), lines };
};

/** The money that can still go back, by whatever means. */
const moneyOf = (left: Credit): number => {
  const { totalMinor, roundingMinor } = totalsOf(left);
  return totalMinor + roundingMinor;
};

/** Picks the three parts of a credit out of an object that has more. */
export const creditIn = ({ lines, roundingMinor, prepaidMinor }: Credit): Credit => ({
  lines,
  roundingMinor,
  prepaidMinor,
});

const pick = (
  left: CreditLeft,
  wanted: CreditRequest,
  stepMinor: number,
): Result<Credit, NotCreditable> => {
  switch (wanted.type) {
    case 'Rest':
      return ok(creditIn(left));
    case 'Amount':
      return pickAmount(left, wanted.amountMinor, stepMinor);
    case 'Lines':
      return pickLines(left, wanted.lines).map((lines) => ({
        lines,
        ...roundedBack(left, lines, stepMinor),
      }));
  }
};

/** Spreads an amount over every line, net and each tax, in proportion. */
const pickAmount = (
  left: CreditLeft,
  amountMinor: number,
  stepMinor: number,
): Result<Credit, NotCreditable> => {
  const { payableMinor, totalMinor } = totalsOf(left);
  const money = moneyOf(left);
  if (amountMinor > money) return refused('more than is left');
  if (amountMinor === money) return ok(everything(left, []));
  const back = Math.min(amountMinor, payableMinor);
  if (back < payableMinor && back % stepMinor !== 0) {
    return refused(`is not in steps of ${stepMinor}, by which the order was rounded`);
  }
  // A later refund needs lines to stand on, however much of this one is rounding.
  const spareMinor = Math.max(Math.min(totalMinor, 1), totalMinor - (money - amountMinor));
  const linesMinor = amountMinor < totalMinor ? amountMinor : spareMinor;
  const shares = allocate(
    linesMinor,
    left.lines.flatMap(({ netMinor, taxesMinor }) => [netMinor, ...taxesMinor]),
  );
  let at = 0;
  const lines = left.lines.map(({ line, taxesMinor }) => {
    const [netMinor = 0, ...taxes] = shares.slice(at, at + 1 + taxesMinor.length);
    at += 1 + taxesMinor.length;
    return { line, quantity: '0', ...amounts(netMinor, taxes) };
  });
  return ok({ lines, roundingMinor: amountMinor - linesMinor, prepaidMinor: amountMinor - back });
};

/** Takes the pieces' part of their line; the last piece takes all that is left of it. */
const pickLines = (
  left: CreditLeft,
  wanted: readonly { readonly line: number; readonly quantity: string }[],
): Result<readonly CreditLine[], NotCreditable> => {
  const picked = new Map<number, CreditLine>();
  for (const { line, quantity } of wanted) {
    const from = left.lines[line - 1];
    if (from === undefined) return refused(`the invoice has no line ${line}`);
    if (picked.has(line)) return refused(`line ${line} stands twice`);
    const [some, all] = [toMicros(quantity), toMicros(from.quantity)];
    if (some > all) return refused(`line ${line} has ${from.quantity} left`);
    const part = (minor: number) => allocate(minor, [some, all - some])[0] ?? 0;
    picked.set(line, {
      line,
      quantity: fromMicros(some),
      ...amounts(part(from.netMinor), from.taxesMinor.map(part)),
    });
  }
  return ok([...picked.values()]);
};

/**
 * The rounding and the prepaid that go back with these lines. All that went back by now is then the
 * sum of all refunded lines, rounded once.
 */
const roundedBack = (
  left: CreditLeft,
  lines: readonly CreditLine[],
  stepMinor: number,
): Pick<Credit, 'roundingMinor' | 'prepaidMinor'> => {
  const { invoiced } = left;
  const rest = totalsOf(left);
  const taken = totalsOf({ lines, roundingMinor: 0, prepaidMinor: 0 }).totalMinor;
  const creditedMinor = invoiced.totalMinor - rest.totalMinor + taken;
  const rounded = Math.floor((2 * creditedMinor + stepMinor) / (2 * stepMinor)) * stepMinor;
  const dueMinor = Math.min(invoiced.payableMinor, rounded);
  const duePrepaid = Math.max(0, creditedMinor - invoiced.payableMinor);
  const back = clamp(dueMinor - (invoiced.payableMinor - rest.payableMinor), rest.payableMinor);
  const prepaidMinor = clamp(
    duePrepaid - (invoiced.prepaidMinor - rest.prepaidMinor),
    rest.prepaidMinor,
  );
  return { roundingMinor: back + prepaidMinor - taken, prepaidMinor };
};

const clamp = (amountMinor: number, max: number): number => Math.min(Math.max(amountMinor, 0), max);

const refused = (reason: string): Result<never, NotCreditable> =>
  err({ type: 'NotCreditable', reason });
