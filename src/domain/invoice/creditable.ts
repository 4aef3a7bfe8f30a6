import { err, ok, type Result } from 'neverthrow';
import { allocate, type PricedLine, type Totals } from '../money/index.ts';

export type CreditLine = {
  /** Its number on the invoice, from 1. */
  readonly line: number;
  /** How many pieces; 0 where an amount is refunded and not pieces. */
  readonly quantity: number;
  readonly netMinor: number;
  readonly taxMinor: number;
};

/** The part that is to be refunded: an amount, pieces of lines, or all that is left. */
export type CreditRequest =
  | { readonly type: 'Amount'; readonly amountMinor: number }
  | {
      readonly type: 'Lines';
      readonly lines: readonly { readonly line: number; readonly quantity: number }[];
    }
  | { readonly type: 'Rest' };

export type NotCreditable = { readonly type: 'NotCreditable'; readonly reason: string };

const amountOf = ({ netMinor, taxMinor }: CreditLine): number => netMinor + taxMinor;

export const totalsOf = (lines: readonly CreditLine[]): Totals => {
  const sum = (part: 'netMinor' | 'taxMinor') =>
    lines.reduce((total, line) => total + line[part], 0);
  const [netMinor, taxMinor] = [sum('netMinor'), sum('taxMinor')];
  return { netMinor, taxMinor, totalMinor: netMinor + taxMinor };
};

/**
 * The rest of an invoice's lines after the refunds that were made, or are about to be. Every refund
 * takes its lines out of what is left before it is asked for, so that all of an invoice's credit
 * notes together are the invoice, line by line, net and tax, to the last minor unit (ADR 0013).
 */
export const creditable = (
  invoiced: readonly PricedLine[],
  taken: readonly CreditLine[],
): readonly CreditLine[] =>
  invoiced.map(({ quantity, netMinor, taxMinor }, index) =>
    taken
      .filter(({ line }) => line === index + 1)
      .reduce(
        (left, gone) => ({
          line: left.line,
          quantity: left.quantity - gone.quantity,
          netMinor: left.netMinor - gone.netMinor,
          taxMinor: left.taxMinor - gone.taxMinor,
        }),
        { line: index + 1, quantity, netMinor, taxMinor },
      ),
  );

/** An amount falls on every line, net and tax, in proportion. */
export const credit = (
  left: readonly CreditLine[],
  wanted: CreditRequest,
): Result<readonly CreditLine[], NotCreditable> => {
  const lines = pick(left, wanted);
  return lines.andThen((picked) => {
    const credited = picked.filter((line) => amountOf(line) > 0);
    return credited.length > 0 ? ok(credited) : refused('nothing is left to refund');
  });
};

const pick = (
  left: readonly CreditLine[],
  wanted: CreditRequest,
): Result<readonly CreditLine[], NotCreditable> => {
  switch (wanted.type) {
    case 'Rest':
      return ok(left);
    case 'Amount':
      return pickAmount(left, wanted.amountMinor);
    case 'Lines':
      return pickLines(left, wanted.lines);
  }
};

const pickAmount = (
  left: readonly CreditLine[],
  amountMinor: number,
): Result<readonly CreditLine[], NotCreditable> => {
  if (amountMinor > totalsOf(left).totalMinor) return refused('more than is left');
  const shares = allocate(
    amountMinor,
    left.flatMap(({ netMinor, taxMinor }) => [netMinor, taxMinor]),
  );
  return ok(
    left.map(({ line }, index) => ({
      line,
      quantity: 0,
      netMinor: shares[index * 2] ?? 0,
      taxMinor: shares[index * 2 + 1] ?? 0,
    })),
  );
};

/** Pieces take their part of their line; the last piece takes all that is left of it. */
const pickLines = (
  left: readonly CreditLine[],
  wanted: readonly { readonly line: number; readonly quantity: number }[],
): Result<readonly CreditLine[], NotCreditable> => {
  const picked: CreditLine[] = [];
  for (const { line, quantity } of wanted) {
    const from = left[line - 1];
    if (from === undefined) return refused(`the invoice has no line ${line}`);
    if (picked.some((other) => other.line === line)) return refused(`line ${line} stands twice`);
    if (quantity > from.quantity) return refused(`line ${line} has ${from.quantity} left`);
    const part = (minor: number) => allocate(minor, [quantity, from.quantity - quantity])[0] ?? 0;
    picked.push({ line, quantity, netMinor: part(from.netMinor), taxMinor: part(from.taxMinor) });
  }
  return ok(picked);
};

const refused = (reason: string): Result<never, NotCreditable> =>
  err({ type: 'NotCreditable', reason });
