import { formatAmount } from './currencies.ts';

/** The calculated amount of a line and, where the shop gave one, its own. Amounts are printed. */
export type LineFigures = {
  /** `lines[3]`, or `charges[0]` for a charge of the order. */
  readonly path: string;
  readonly said?: string;
  readonly calculated: string;
};

/** Why an order cannot be priced with the shop's figures. Every amount is printed: `EUR 9.99`. */
export type PricingRefusal =
  /** Amounts beyond what whole numbers in JSON carry exactly. */
  | { readonly type: 'Overflow' }
  /** The shop says one amount, and its own prices come to another. */
  | {
      readonly type: 'AmountsDiffer';
      /** The part of the order that is wrong: `lines[3].given.taxMinor`, `expectedTotalMinor`. */
      readonly path: string;
      readonly said: string;
      readonly calculated: string;
      /**
       * For the order's total: the lines that differ, or every line with its amount where the shop
       * gave none. At most `LINES_TOLD_MAX`.
       */
      readonly lines: readonly LineFigures[];
      readonly linesLeftOut: number;
    }
  /** More is deducted than there is. */
  | {
      readonly type: 'DeductsTooMuch';
      /** The part that deducts: `lines[3].allowances`, `allowances[1]`, `prepaid`. */
      readonly path: string;
      readonly said: string;
      readonly atMost: string;
    };

/** The bound keeps a refusal readable, and small enough for a dead letter. */
export const LINES_TOLD_MAX = 10;

/** One sentence for a person, as the door and `submit` print it. */
export const pricingRefusalText = (refusal: PricingRefusal): string => {
  switch (refusal.type) {
    case 'Overflow':
      return 'lines: the amounts are greater than can be calculated exactly';
    case 'DeductsTooMuch':
      return `${refusal.path}: ${refusal.said} is more than the ${refusal.atMost} it is taken from`;
    case 'AmountsDiffer': {
      const { path, said, calculated, lines, linesLeftOut } = refusal;
      const more = linesLeftOut === 0 ? '' : `, and ${linesLeftOut} more`;
      const each = lines.length === 0 ? '' : ` (${lines.map(lineText).join(', ')}${more})`;
      return `${path}: the order says ${said}, and its prices come to ${calculated}${each}`;
    }
  }
};

const lineText = ({ path, said, calculated }: LineFigures): string =>
  said === undefined ? `${path} ${calculated}` : `${path} says ${said}, comes to ${calculated}`;

/** Prints amounts of the order's currency for a refusal. */
export const printedIn =
  (currency: string) =>
  (amountMinor: bigint | number): string =>
    formatAmount(Number(amountMinor), currency);
