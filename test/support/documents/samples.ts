import type { CreditNote, InvoiceDocument } from '../../../src/domain/invoice/document.ts';
import type { Address, Buyer, Seller } from '../../../src/domain/invoice/parties.ts';
import type { Tax, TaxedLine } from '../../../src/domain/money/index.ts';

/** Documents as shops have them, whose figures a person can check. */

export const address = (parts: Partial<Address> = {}): Address => ({
  street: 'Aachener Straße 12',
  addition: '',
  postalCode: '50674',
  city: 'Köln',
  region: '',
  country: 'DE',
  ...parts,
});

export const seller = (parts: Partial<Seller> = {}): Seller => ({
  name: 'Muster & Söhne GmbH',
  address: address(),
  vatId: 'DE123456788',
  taxNumber: '215/5815/0815',
  registration: 'HRB 12345, Amtsgericht Köln',
  email: 'rechnung@example.com',
  phone: '+49 221 555010',
  bankName: 'Sparkasse KölnBonn',
  iban: 'DE02370501980001802057',
  bic: 'COLSDE33XXX',
  electronicAddress: '9930:DE123456788',
  footer: 'Geschäftsführung: Erika Muster',
  ...parts,
});

export const buyer = (parts: Partial<Buyer> = {}): Buyer => ({
  name: 'Zoë Ångström',
  company: 'Håndværk A/S',
  address: address({
    street: 'Nørrebrogade 5',
    addition: '2. th',
    postalCode: '2200',
    city: 'København',
    country: 'DK',
  }),
  vatId: 'DK12345674',
  electronicAddress: '0184:12345674',
  ...parts,
});

export const VAT_19: Tax = { name: 'USt.', category: 'standard', rate: '19', reason: '' };
const VAT_7: Tax = { name: 'USt.', category: 'standard', rate: '7', reason: '' };

export const line = ({
  tax = VAT_19,
  ...parts
}: Partial<TaxedLine> & { readonly tax?: Tax } = {}): TaxedLine => {
  const taxMinor = parts.taxMinor ?? 380;
  return {
    kind: 'item',
    sku: 'MUG-1',
    description: 'Becher, emailliert',
    quantity: '2',
    unit: '',
    unitPrice: '10',
    allowances: [],
    charges: [],
    taxes: [{ ...tax, taxMinor }],
    netMinor: 2000,
    taxMinor,
    ...parts,
  };
};

const sum = (lines: readonly TaxedLine[], part: 'netMinor' | 'taxMinor'): number =>
  lines.reduce((total, each) => total + each[part], 0);

/** Totals are those of its lines. */
export const invoice = (parts: Partial<InvoiceDocument> = {}): InvoiceDocument => {
  const lines = parts.lines ?? [line()];
  const prepaid = parts.prepaid ?? [];
  const roundingMinor = parts.roundingMinor ?? 0;
  const netMinor = sum(lines, 'netMinor');
  const taxMinor = sum(lines, 'taxMinor');
  const totalMinor = netMinor + taxMinor;
  const prepaidMinor = prepaid.reduce((total, { amountMinor }) => total + amountMinor, 0);
  return {
    orderId: 'order-1001',
    customerId: 'customer-7',
    currency: 'EUR',
    language: 'de',
    priceMode: 'net',
    issuedOn: '2026-11-29',
    label: 'INV-2026-000123',
    series: 'INV',
    year: 2026,
    number: 123,
    seriesVersion: 77,
    issuedAt: Date.UTC(2026, 10, 29, 12),
    seller: seller(),
    buyer: buyer(),
    prepaid,
    orderReference: 'PO-4711',
    buyerReference: '',
    supplyDate: '',
    paymentTerms: '',
    paymentMeans: 'card',
    paymentReference: 'pi_3QabcDEF',
    creditNotes: [],
    netMinor,
    taxMinor,
    totalMinor,
    roundingMinor,
    prepaidMinor,
    payableMinor: totalMinor + roundingMinor - prepaidMinor,
    ...parts,
    lines,
  };
};

/** Credits lines of an invoice: all of each, or as given. */
export const creditNote = (parts: Partial<CreditNote> & Pick<CreditNote, 'lines'>): CreditNote => {
  const total = (part: 'netMinor' | 'taxMinor') =>
    parts.lines.reduce((all, each) => all + each[part], 0);
  const netMinor = total('netMinor');
  const taxMinor = total('taxMinor');
  const { roundingMinor = 0, prepaidMinor = 0 } = parts;
  return {
    refundId: 'return-1',
    refundReference: 're_3QabcDEF',
    label: 'CN-2026-000009',
    series: 'CN',
    year: 2026,
    number: 9,
    seriesVersion: 9,
    issuedAt: Date.UTC(2026, 11, 3, 12),
    issuedOn: '2026-12-03',
    roundingMinor,
    prepaidMinor,
    netMinor,
    taxMinor,
    totalMinor: netMinor + taxMinor,
    payableMinor: netMinor + taxMinor + roundingMinor - prepaidMinor,
    ...parts,
  };
};

export type Sample = {
  readonly name: string;
  readonly document: InvoiceDocument;
  readonly note?: CreditNote;
};

const taxFree = (category: Tax['category'], parts: Partial<TaxedLine> = {}): TaxedLine =>
  line({ tax: { name: '', category, rate: '0', reason: '' }, taxMinor: 0, ...parts });

const manyLines = Array.from({ length: 300 }, (_, index) =>
  line({
    sku: `W-${index + 1}`,
    description: `Schraube M${index % 12}, verzinkt, mit Unterlegscheibe und Mutter nach DIN 934`,
    quantity: '100',
    unitPrice: '0.0842',
    netMinor: 842,
    taxMinor: 160,
  }),
);

const grossLines = [
  line({
    description: 'T-Shirt, Bio-Baumwolle',
    quantity: '3',
    unitPrice: '9.99',
    allowances: [{ reason: 'Herbstaktion 10 %', amountMinor: 300 }],
    netMinor: 2266,
    taxMinor: 431,
  }),
  line({
    sku: 'BOOK',
    description: 'Kochbuch',
    quantity: '1',
    unitPrice: '24.90',
    tax: VAT_7,
    netMinor: 2327,
    taxMinor: 163,
  }),
  line({
    kind: 'charge',
    sku: '',
    description: 'Versand mit DHL',
    quantity: '1',
    unitPrice: '4.90',
    netMinor: 412,
    taxMinor: 78,
  }),
];

const weighed = line({
  sku: 'APPLE',
  description: 'Äpfel, Elstar',
  quantity: '0.735',
  unit: 'KGM',
  unitPrice: '3.99',
  tax: VAT_7,
  charges: [{ reason: '', amountMinor: 25 }],
  netMinor: 318,
  taxMinor: 22,
});

const credited = grossLines.map(
  ({ allowances: _a, charges: _c, unitPrice: _u, ...each }, index) => ({
    ...each,
    line: index + 1,
  }),
);

/** Each is valid by EN 16931 and by Peppol BIS Billing 3.0. */
export const VALID_SAMPLES: readonly Sample[] = [
  { name: 'net prices at 19 %', document: invoice() },
  {
    name: 'gross prices with an allowance, two rates and shipping',
    document: invoice({ priceMode: 'gross', lines: grossLines }),
  },
  {
    name: 'credit note over all lines',
    document: invoice({ priceMode: 'gross', lines: grossLines }),
    note: creditNote({ lines: credited }),
  },
  {
    name: 'credit note over an amount',
    document: invoice(),
    note: creditNote({
      lines: [{ ...line({ netMinor: 840, taxMinor: 160 }), quantity: '0', line: 1 }],
    }),
  },
  { name: '300 lines of four decimals', document: invoice({ lines: manyLines }) },
  { name: 'weighed goods with a charge', document: invoice({ lines: [weighed] }) },
  { name: 'reverse charge', document: invoice({ lines: [taxFree('reverse-charge')] }) },
  {
    name: 'intra-Community supply',
    document: invoice({
      lines: [taxFree('intra-community')],
      buyer: buyer({ delivery: address({ country: 'DK', city: 'Aarhus', postalCode: '8000' }) }),
    }),
  },
  { name: 'export', document: invoice({ lines: [taxFree('export')], supplyDate: '2026-11-20' }) },
  {
    name: 'exempt with a reason of its own, and zero-rated',
    document: invoice({
      lines: [
        line({
          tax: { name: '', category: 'exempt', rate: '0', reason: 'Kleinunternehmer, § 19 UStG' },
          taxMinor: 0,
        }),
        taxFree('zero'),
      ],
    }),
  },
  { name: 'outside the scope of VAT', document: invoice({ lines: [taxFree('out-of-scope')] }) },
  {
    name: 'part paid by gift card',
    document: invoice({
      prepaid: [{ type: 'gift-card', reference: 'GC-1', amountMinor: 1000 }],
      paymentTerms: 'Zahlung bei Bestellung',
    }),
  },
  {
    name: 'a coupon of 100 %',
    document: invoice({
      lines: [
        line({
          allowances: [{ reason: 'Gutschein WELCOME', amountMinor: 2000 }],
          netMinor: 0,
          taxMinor: 0,
        }),
      ],
      paymentMeans: 'none',
      paymentReference: '',
    }),
  },
  {
    name: 'Swiss francs rounded to 0.05',
    document: invoice({
      currency: 'CHF',
      roundingMinor: -2,
      lines: [
        line({
          tax: { name: 'MWST', category: 'standard', rate: '8.1', reason: '' },
          netMinor: 2000,
          taxMinor: 162,
        }),
      ],
    }),
  },
  {
    name: 'yen, by transfer',
    document: invoice({
      currency: 'JPY',
      lines: [line({ unitPrice: '1000', tax: { ...VAT_19, rate: '10' }, taxMinor: 200 })],
      paymentMeans: 'transfer',
      paymentReference: 'RF18539007547034',
    }),
  },
  {
    name: 'a rate of six decimals',
    document: invoice({
      lines: [line({ tax: { ...VAT_19, rate: '8.875' }, taxMinor: 178 })],
    }),
  },
];
