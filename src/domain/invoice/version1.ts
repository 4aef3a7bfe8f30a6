import type { Result } from 'neverthrow';
import { list, object, row, string, whole, type DecodeError } from '../decode.ts';
import { inMajorUnits, type OrderLine, type OrderTotals, type Tax } from '../money/index.ts';
import type { CreditLine } from './creditable.ts';
import {
  NUMBER_PARTS,
  type DocumentNumber,
  type CreditNoteContent,
  type InvoiceContent,
} from './issued.ts';
import type { InvoiceTerms } from './parties.ts';

/*
 * Version 1 had net prices in whole minor units, whole quantities and one tax in basis points. This
 * file expresses it in the terms of version 2.
 */

/** The parts of a line of version 1, in the order in which they are stored. */
export const LINE_V1_PARTS = {
  sku: string,
  description: string,
  quantity: whole,
  unitPriceMinor: whole,
  taxRateBps: whole,
} as const;

export type LineV1 = {
  readonly sku: string;
  readonly description: string;
  readonly quantity: number;
  /** The price of a unit before tax. */
  readonly unitPriceMinor: number;
  /** The rate in basis points: 1900 is 19 %. */
  readonly taxRateBps: number;
};

/** The rate as `19`, `8.88` or `0`. It is exact, as a basis point is a hundredth of a per cent. */
export const taxOfBps = (taxRateBps: number): Tax => ({
  name: '',
  category: taxRateBps === 0 ? 'zero' : 'standard',
  rate: String(taxRateBps / 100),
  reason: '',
});

export const orderLineOf = (line: LineV1, currency: string): OrderLine => ({
  sku: line.sku,
  description: line.description,
  quantity: String(line.quantity),
  unit: '',
  unitPrice: inMajorUnits(line.unitPriceMinor, currency),
  allowances: [],
  charges: [],
  taxes: [taxOfBps(line.taxRateBps)],
});

/** The totals of version 1, which had no rounding and nothing paid before. */
export const totalsOfV1 = ({
  netMinor,
  taxMinor,
  totalMinor,
}: Pick<OrderTotals, 'netMinor' | 'taxMinor' | 'totalMinor'>): OrderTotals => ({
  netMinor,
  taxMinor,
  totalMinor,
  roundingMinor: 0,
  prepaidMinor: 0,
  payableMinor: totalMinor,
});

/** The date in UTC: version 1 knew of no other. */
export const dateInUtc = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Returns the value, or throws: what cannot be read cannot be upcast. */
export const mustRead = <T>(read: Result<T, DecodeError>): T => {
  if (read.isErr()) throw new Error(`${read.error.path} ${read.error.why}`);
  return read.value;
};

const TOTALS = { netMinor: whole, taxMinor: whole, totalMinor: whole } as const;
type TotalsV1 = Pick<OrderTotals, keyof typeof TOTALS>;

const invoiceIssued = object({
  ...NUMBER_PARTS,
  lines: list(row({ ...LINE_V1_PARTS, netMinor: whole, taxMinor: whole })),
  ...TOTALS,
});

const CREDIT_LINE_V1_PARTS = {
  line: whole,
  quantity: whole,
  netMinor: whole,
  taxMinor: whole,
} as const;

type CreditLineV1 = { readonly [K in keyof typeof CREDIT_LINE_V1_PARTS]: number };

const creditNoteIssued = object({
  refundId: string,
  ...NUMBER_PARTS,
  lines: list(row(CREDIT_LINE_V1_PARTS)),
  ...TOTALS,
});

type InvoiceV1 = DocumentNumber &
  TotalsV1 & {
    readonly lines: readonly (LineV1 & { readonly netMinor: number; readonly taxMinor: number })[];
  };

type CreditNoteV1 = DocumentNumber &
  TotalsV1 & { readonly refundId: string; readonly lines: readonly CreditLineV1[] };

export const NO_TERMS: InvoiceTerms = {
  orderReference: '',
  buyerReference: '',
  supplyDate: '',
  paymentTerms: '',
};

export const invoiceOfV1 = (
  { lines, netMinor, taxMinor, totalMinor, ...number }: InvoiceV1,
  currency: string,
): InvoiceContent => ({
  ...number,
  issuedOn: dateInUtc(number.issuedAt),
  language: '',
  priceMode: 'net',
  lines: lines.map((line) => {
    const { sku, description, quantity, unit, unitPrice } = orderLineOf(line, currency);
    return {
      kind: 'item',
      sku,
      description,
      quantity,
      unit,
      unitPrice,
      allowances: [],
      charges: [],
      taxes: [{ ...taxOfBps(line.taxRateBps), taxMinor: line.taxMinor }],
      netMinor: line.netMinor,
      taxMinor: line.taxMinor,
    };
  }),
  ...totalsOfV1({ netMinor, taxMinor, totalMinor }),
  prepaid: [],
  ...NO_TERMS,
  paymentMeans: 'card',
});

export const creditLineOfV1 = ({
  line,
  quantity,
  netMinor,
  taxMinor,
}: CreditLineV1): CreditLine => ({
  line,
  quantity: String(quantity),
  netMinor,
  taxMinor,
  taxesMinor: [taxMinor],
});

const creditNoteOfV1 = ({
  lines,
  netMinor,
  taxMinor,
  totalMinor,
  ...note
}: CreditNoteV1): CreditNoteContent => ({
  ...note,
  issuedOn: dateInUtc(note.issuedAt),
  lines: lines.map(creditLineOfV1),
  ...totalsOfV1({ netMinor, taxMinor, totalMinor }),
});

/**
 * Reads the events as they were stored. They named no currency, and needed one tax and whole
 * quantities.
 */
export const readInvoiceIssuedV1 = (data: unknown, currency: string): InvoiceContent =>
  invoiceOfV1(mustRead(invoiceIssued(data, 'InvoiceIssued')), currency);

export const readCreditNoteIssuedV1 = (data: unknown): CreditNoteContent =>
  creditNoteOfV1(mustRead(creditNoteIssued(data, 'CreditNoteIssued')));

export const readCreditLineV1 = (stored: unknown): CreditLine =>
  creditLineOfV1(mustRead(row(CREDIT_LINE_V1_PARTS)(stored, 'line')));
