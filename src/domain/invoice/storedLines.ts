import { err, ok } from 'neverthrow';
import type { Json } from '../codec.ts';
import {
  list,
  oneOf,
  row,
  string,
  unread,
  whole,
  type DecodeError,
  type Decoder,
} from '../decode.ts';
import {
  TAX_CATEGORIES,
  type PricedAdjustment,
  type Tax,
  type TaxAmount,
  type TaxedLine,
} from '../money/index.ts';
import type { CreditLine } from './creditable.ts';

/*
 * Taxes and lines as they are stored: the few taxes of an order once, and in each of up to a
 * thousand lines the places of its taxes among them, from 0.
 */

const TAX_PARTS = {
  name: string,
  category: oneOf(...TAX_CATEGORIES),
  rate: string,
  reason: string,
} as const;

export const taxes: Decoder<readonly Tax[]> = list(row(TAX_PARTS));

type Bearing = { readonly taxes: readonly Tax[] };

export type TaxTable = {
  readonly rows: readonly Json[];
  readonly placeOf: (tax: Tax) => number;
};

/** Each tax of these lines once, in the order in which they come. */
export const taxTableOf = (bearing: readonly Bearing[]): TaxTable => {
  const places = new Map<string, number>();
  const rows: Json[] = [];
  for (const { name, category, rate, reason } of bearing.flatMap((one) => one.taxes)) {
    const tax = [name, category, rate, reason];
    const key = JSON.stringify(tax);
    if (places.has(key)) continue;
    places.set(key, rows.length);
    rows.push(tax);
  }
  return {
    rows,
    placeOf: ({ name, category, rate, reason }) =>
      places.get(JSON.stringify([name, category, rate, reason])) ?? -1,
  };
};

/** Replaces the places in each line by the taxes that they stand for. */
export const withTaxes = <T extends { readonly taxes: readonly unknown[] }>(
  all: readonly Tax[],
  bearing: readonly T[],
  path: string,
) => {
  const found: (Omit<T, 'taxes'> & { readonly taxes: readonly Tax[] })[] = [];
  for (const [index, one] of bearing.entries()) {
    const borne: Tax[] = [];
    for (const [at, place] of one.taxes.entries()) {
      const tax = taxAt(all, place);
      if (tax === undefined) return err(noTax(`${path}[${index}].taxes[${at}]`));
      borne.push(tax);
    }
    found.push({ ...one, taxes: borne });
  }
  return ok(found);
};

const taxAt = (all: readonly Tax[], place: unknown): Tax | undefined =>
  typeof place === 'number' ? all[place] : undefined;

const noTax = (path: string): DecodeError => ({ path, why: 'is the place of no tax' });

const adjustments: Decoder<readonly PricedAdjustment[]> = list(
  row({ reason: string, amountMinor: whole }),
);

const adjustmentRows = (of: readonly PricedAdjustment[]): readonly Json[] =>
  of.map(({ reason, amountMinor }) => [reason, amountMinor]);

const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);

const storedLines = list(
  row({
    kind: oneOf('item', 'charge'),
    sku: string,
    description: string,
    quantity: string,
    unit: string,
    unitPrice: string,
    allowances: adjustments,
    charges: adjustments,
    taxes: list(row({ tax: unread, taxMinor: whole })),
    netMinor: whole,
  }),
);

/**
 * Reads lines as `taxedLineRow` writes them. The tax of a line is the sum of its taxes, and not
 * stored.
 */
export const taxedLines =
  (all: readonly Tax[]): Decoder<readonly TaxedLine[]> =>
  (value, path) => {
    const stored = storedLines(value, path);
    if (stored.isErr()) return err(stored.error);
    const lines: TaxedLine[] = [];
    for (const [index, line] of stored.value.entries()) {
      const amounts: TaxAmount[] = [];
      for (const [at, { tax: place, taxMinor }] of line.taxes.entries()) {
        const tax = taxAt(all, place);
        if (tax === undefined) return err(noTax(`${path}[${index}].taxes[${at}].tax`));
        amounts.push({ ...tax, taxMinor });
      }
      const taxMinor = sum(amounts.map((amount) => amount.taxMinor));
      lines.push({ ...line, taxes: amounts, taxMinor });
    }
    return ok(lines);
  };

export const taxedLineRow = (line: TaxedLine, { placeOf }: TaxTable): Json => [
  line.kind,
  line.sku,
  line.description,
  line.quantity,
  line.unit,
  line.unitPrice,
  adjustmentRows(line.allowances),
  adjustmentRows(line.charges),
  line.taxes.map((tax) => [placeOf(tax), tax.taxMinor]),
  line.netMinor,
];

/** Whether two documents show the same lines. */
export const isSameLines = (one: readonly TaxedLine[], other: readonly TaxedLine[]): boolean =>
  linesText(one) === linesText(other);

/** The lines as they are stored. */
export const linesText = (lines: readonly TaxedLine[]): string => {
  const table = taxTableOf(lines);
  return JSON.stringify([table.rows, lines.map((line) => taxedLineRow(line, table))]);
};

/** A line of a refund as `creditLineRow` writes it, for ever in the order of the parts. */
const storedCreditLine = row({
  line: whole,
  quantity: string,
  netMinor: whole,
  taxesMinor: list(whole),
});

export const creditLine: Decoder<CreditLine> = (value, path) =>
  storedCreditLine(value, path).map((line) => ({ ...line, taxMinor: sum(line.taxesMinor) }));

export const creditLineRow = ({ line, quantity, netMinor, taxesMinor }: CreditLine): Json => [
  line,
  quantity,
  netMinor,
  taxesMinor,
];
