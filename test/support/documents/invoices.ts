import type {
  CreditNote,
  CreditNoteLine,
  InvoiceDocument,
} from '../../../src/domain/invoice/document.ts';
import type { TaxAmount, TaxedLine } from '../../../src/domain/money/index.ts';

/** A line with German VAT, or with what is said instead. */
export const aTaxedLine = (changes: Partial<TaxedLine> = {}): TaxedLine => ({
  kind: 'item',
  sku: 'coffee-1kg',
  description: 'Filter coffee, 1 kg',
  quantity: '2',
  unit: '',
  unitPrice: '9.99',
  allowances: [],
  charges: [],
  taxes: [aTax({ taxMinor: 319 })],
  netMinor: 1_679,
  taxMinor: 319,
  ...changes,
});

export const aTax = (changes: Partial<TaxAmount> = {}): TaxAmount => ({
  name: 'VAT',
  category: 'standard',
  rate: '19',
  reason: '',
  taxMinor: 0,
  ...changes,
});

const sum = (amounts: readonly number[]): number => amounts.reduce((total, one) => total + one, 0);

/** Of two items and shipping, at two rates, prices with tax, by card. Totals are of the lines. */
export const anInvoice = (changes: Partial<InvoiceDocument> = {}): InvoiceDocument => {
  const lines = changes.lines ?? [
    aTaxedLine({ allowances: [{ reason: 'Summer sale', amountMinor: 100 }] }),
    aTaxedLine({
      sku: 'tea',
      description: 'Green tea',
      quantity: '0.25',
      unit: 'KGM',
      unitPrice: '40',
      taxes: [aTax({ rate: '7', taxMinor: 65 })],
      netMinor: 935,
      taxMinor: 65,
    }),
    aTaxedLine({
      kind: 'charge',
      sku: '',
      description: 'Shipping',
      quantity: '1',
      unitPrice: '4.9',
      taxes: [aTax({ taxMinor: 78 })],
      netMinor: 412,
      taxMinor: 78,
    }),
  ];
  const netMinor = sum(lines.map((line) => line.netMinor));
  const taxMinor = sum(lines.map((line) => line.taxMinor));
  const prepaidMinor = sum((changes.prepaid ?? []).map(({ amountMinor }) => amountMinor));
  return {
    orderId: 'o-1',
    customerId: 'c-1',
    currency: 'EUR',
    language: '',
    priceMode: 'gross',
    series: 'INV',
    year: 2026,
    number: 7,
    seriesVersion: 7,
    label: 'INV-2026-000007',
    issuedAt: Date.UTC(2026, 10, 18, 23, 30),
    issuedOn: '2026-11-19',
    orderReference: '',
    buyerReference: '',
    supplyDate: '',
    paymentTerms: '',
    lines,
    netMinor,
    taxMinor,
    totalMinor: netMinor + taxMinor,
    roundingMinor: 0,
    prepaidMinor,
    payableMinor: netMinor + taxMinor + (changes.roundingMinor ?? 0) - prepaidMinor,
    prepaid: [],
    paymentMeans: 'card',
    paymentReference: 'pi_1',
    creditNotes: [],
    ...changes,
  };
};

/** Seller and buyer with all that an invoice can say of them. */
export const PARTIES = {
  seller: {
    name: 'Kontor Köln GmbH',
    address: {
      street: 'Domplatz 1',
      addition: '',
      postalCode: '50667',
      city: 'Köln',
      region: '',
      country: 'DE',
    },
    vatId: 'DE123456789',
    taxNumber: '215/123/45678',
    registration: 'HRB 12345, Amtsgericht Köln',
    email: 'shop@kontor.example',
    phone: '+49 221 123456',
    bankName: 'Sparkasse KölnBonn',
    iban: 'DE02370501980001802057',
    bic: 'COLSDE33',
    electronicAddress: '',
    footer: 'Kontor Köln GmbH · Geschäftsführerin: Maria Muster · kontor.example',
  },
  buyer: {
    name: 'Ada Lovelace',
    company: 'Analytical Engines Ltd',
    address: {
      street: '12 St James’s Square',
      addition: '2nd floor',
      postalCode: 'SW1Y 4JH',
      city: 'London',
      region: '',
      country: 'GB',
    },
    delivery: {
      street: 'Ockham Park',
      addition: '',
      postalCode: 'GU23 6NQ',
      city: 'Ockham',
      region: 'Surrey',
      country: 'GB',
    },
    vatId: 'GB123456789',
    electronicAddress: '',
  },
} satisfies Partial<InvoiceDocument>;

/** One coffee back, and an amount on shipping. */
export const aCreditNote = (changes: Partial<CreditNote> = {}): CreditNote => {
  const lines: readonly CreditNoteLine[] = [
    {
      line: 1,
      kind: 'item',
      sku: 'coffee-1kg',
      description: 'Filter coffee, 1 kg',
      unit: '',
      quantity: '1',
      taxes: [aTax({ taxMinor: 160 })],
      netMinor: 839,
      taxMinor: 160,
    },
    {
      line: 3,
      kind: 'charge',
      sku: '',
      description: 'Shipping',
      unit: '',
      quantity: '0',
      taxes: [aTax({ taxMinor: 16 })],
      netMinor: 84,
      taxMinor: 16,
    },
  ];
  return {
    refundId: 'r-1',
    refundReference: 're_1',
    series: 'CN',
    year: 2026,
    number: 3,
    seriesVersion: 3,
    label: 'CN-2026-000003',
    issuedAt: Date.UTC(2026, 10, 20),
    issuedOn: '2026-11-20',
    lines,
    netMinor: 923,
    taxMinor: 176,
    totalMinor: 1_099,
    roundingMinor: 0,
    prepaidMinor: 0,
    payableMinor: 1_099,
    ...changes,
  };
};
