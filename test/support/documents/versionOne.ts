import * as Invoice from '../../../src/domain/invoice/index.ts';
import type { OrderTotals, Tax, TaxedLine } from '../../../src/domain/money/index.ts';

/** One nameless tax, as orders of version 1 have it. */
const taxOf = (rate: string): Tax => ({
  name: '',
  category: rate === '0' ? 'zero' : 'standard',
  rate,
  reason: '',
});

type Line = Pick<TaxedLine, 'sku' | 'description' | 'unitPrice' | 'netMinor' | 'taxMinor'> & {
  readonly quantity: number;
  readonly rate: string;
};

/** A line of an invoice with one tax, and whole pieces. */
export const invoiceLine = ({ quantity, rate, ...line }: Line): TaxedLine => ({
  kind: 'item',
  unit: '',
  allowances: [],
  charges: [],
  ...line,
  quantity: String(quantity),
  taxes: [{ ...taxOf(rate), taxMinor: line.taxMinor }],
});

type Credited = {
  readonly line: number;
  readonly quantity: number;
  readonly netMinor: number;
  readonly taxMinor: number;
};

/** A line of a refund, with one tax. */
export const creditLine = ({ quantity, ...line }: Credited): Invoice.CreditLine => ({
  ...line,
  quantity: String(quantity),
  taxesMinor: [line.taxMinor],
});

/** The same with what it is called on the invoice. */
export const creditNoteLine = ({
  quantity,
  rate,
  ...line
}: Credited & Pick<Line, 'sku' | 'description' | 'rate'>): Invoice.CreditNoteLine => ({
  kind: 'item',
  unit: '',
  ...line,
  quantity: String(quantity),
  taxes: [{ ...taxOf(rate), taxMinor: line.taxMinor }],
});

/** Without rounding, and with nothing paid before. */
export const totalsOf = (netMinor: number, taxMinor: number): OrderTotals =>
  Invoice.totalsOfV1({ netMinor, taxMinor, totalMinor: netMinor + taxMinor });

/** What an invoice of an order of version 1 says beside its lines and totals. */
export const PLAIN_INVOICE = {
  issuedOn: '2026-06-15',
  language: '',
  priceMode: 'net',
  prepaid: [],
  ...Invoice.NO_TERMS,
  paymentMeans: 'card',
} as const;
