import { expect } from 'chai';
import { creditNoteSheet } from '../../../src/application/documents/creditNoteSheet.ts';
import { invoiceSheet } from '../../../src/application/documents/invoiceSheet.ts';
import { de } from '../../../src/application/language/de.ts';
import { en } from '../../../src/application/language/en.ts';
import { TAX_CATEGORIES, taxBreakdown } from '../../../src/domain/money/index.ts';
import {
  aCreditNote,
  anInvoice,
  aTax,
  aTaxedLine,
  PARTIES,
} from '../../support/documents/invoices.ts';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');
const pairs = (texts: readonly { readonly label: string; readonly text: string }[]) =>
  texts.map(({ label, text }) => `${label}: ${plain(text)}`);

describe('an invoice as people read it', () => {
  it('has in its head what the law and the order say, and nothing that is empty', () => {
    const sheet = invoiceSheet(anInvoice(), en);
    expect(sheet.title).to.equal('Invoice INV-2026-000007');
    expect(pairs(sheet.facts)).to.deep.equal([
      'Number: INV-2026-000007',
      'Date: 19 November 2026',
      'Date of supply: 19 November 2026',
      'Order: o-1',
      'Customer: c-1',
      'Payment: Card',
      'Payment reference: pi_1',
    ]);
    const full = invoiceSheet(
      anInvoice({
        supplyDate: '2026-11-03',
        orderReference: 'PO 7',
        buyerReference: '04011000-12345-34',
        paymentTerms: 'At once.',
        paymentMeans: 'transfer',
        paymentReference: 'RF18',
      }),
      de,
    );
    expect(pairs(full.facts).slice(2)).to.deep.equal([
      'Leistungsdatum: 3. November 2026',
      'Bestellung: o-1',
      'Kunde: c-1',
      'Ihre Bestellnummer: PO 7',
      'Ihre Referenz: 04011000-12345-34',
      'Zahlungsbedingungen: At once.',
      'Zahlung: Überweisung',
      'Zahlungsreferenz: RF18',
    ]);
  });

  it('names seller, buyer, and where the goods went', () => {
    const { parties, footer } = invoiceSheet(anInvoice(PARTIES), en);
    expect(parties.map(({ label }) => label)).to.deep.equal(['Seller', 'Bill to', 'Deliver to']);
    expect(parties[0]?.lines).to.deep.equal([
      'Kontor Köln GmbH',
      'Domplatz 1',
      '50667 Köln',
      'DE',
      'VAT ID DE123456789',
      'Tax number 215/123/45678',
      'HRB 12345, Amtsgericht Köln',
      'Email shop@kontor.example',
      'Phone +49 221 123456',
      'Bank Sparkasse KölnBonn',
      'IBAN DE02370501980001802057',
      'BIC COLSDE33',
    ]);
    expect(parties[1]?.lines.slice(0, 2)).to.deep.equal(['Analytical Engines Ltd', 'Ada Lovelace']);
    expect(parties[2]?.lines).to.deep.equal(['Ockham Park', 'GU23 6NQ Ockham', 'Surrey', 'GB']);
    expect(footer).to.equal(PARTIES.seller.footer);
    expect(invoiceSheet(anInvoice(), en)).to.deep.include({ parties: [], footer: '' });
  });

  it('shows each line with tax where prices are with tax, and without where they are not', () => {
    const gross = invoiceSheet(anInvoice(), de);
    expect(gross.heads.amount).to.equal('Brutto (EUR)');
    expect(gross.notes).to.deep.equal(['Preise einschließlich Steuer.']);
    expect(gross.lines.map(({ amount }) => amount)).to.deep.equal(['19,98', '10,00', '4,90']);
    expect(gross.lines[0]?.details).to.deep.equal(['coffee-1kg', 'Summer sale: -1,00']);
    expect(gross.lines.map(({ quantity }) => plain(quantity))).to.deep.equal(['2', '0,25 kg', '1']);
    expect(gross.lines.map(({ unitPrice }) => unitPrice)).to.deep.equal(['9,99', '40,00', '4,90']);
    const net = invoiceSheet(anInvoice({ priceMode: 'net' }), en);
    expect(net.heads.amount).to.equal('Net (EUR)');
    expect(net.notes).to.deep.equal(['Prices are without tax.']);
    expect(net.lines.map(({ amount }) => amount)).to.deep.equal(['16.79', '9.35', '4.12']);
  });

  it('has totals that add up as they are shown, prepaid means and rounding among them', () => {
    const { totals } = invoiceSheet(
      anInvoice({
        currency: 'CHF',
        roundingMinor: 2,
        prepaid: [
          { type: 'gift-card', reference: 'GC-42', amountMinor: 1_000 },
          { type: 'deposit', reference: '', amountMinor: 500 },
        ],
      }),
      en,
    );
    expect(pairs(totals)).to.deep.equal([
      'Total without tax: CHF 30.26',
      'Total tax: CHF 4.62',
      'Total: CHF 34.88',
      'Rounding: CHF 0.02',
      'Gift card GC-42: CHF -10.00',
      'Deposit: CHF -5.00',
      'Paid by card: CHF 19.90',
    ]);
    const free = { paymentMeans: 'none', payableMinor: 0, paymentReference: '' } as const;
    expect(pairs(invoiceSheet(anInvoice(free), en).totals).at(-1)).to.equal('To be paid: EUR 0.00');
  });

  it('breaks tax down by name, category and rate, of lines with several taxes too', () => {
    const quebec = aTaxedLine({
      netMinor: 10_000,
      taxMinor: 1_498,
      taxes: [
        aTax({ name: 'GST', rate: '5', taxMinor: 500 }),
        aTax({ name: 'QST', rate: '9.975', taxMinor: 998 }),
      ],
    });
    const freight = aTaxedLine({
      netMinor: 1_000,
      taxMinor: 50,
      taxes: [aTax({ name: 'GST', rate: '5', taxMinor: 50 })],
    });
    const sheet = invoiceSheet(anInvoice({ lines: [quebec, freight], currency: 'CAD' }), en);
    expect(sheet.lines.map(({ taxRate }) => taxRate)).to.deep.equal([
      'GST 5%, QST 9.975%',
      'GST 5%',
    ]);
    expect(sheet.breakdown.rows).to.deep.equal([
      { tax: 'GST 5%', taxable: '110.00', amount: '5.50' },
      { tax: 'QST 9.975%', taxable: '100.00', amount: '9.98' },
    ]);
    const rows = taxBreakdown([quebec, freight]);
    expect(rows.reduce((sum, row) => sum + row.taxMinor, 0)).to.equal(1_548);
  });

  for (const category of TAX_CATEGORIES) {
    it(`says why no tax is due, once: ${category}`, () => {
      const untaxed = (reason: string) =>
        aTaxedLine({ taxMinor: 0, taxes: [aTax({ category, rate: '0', reason })] });
      const said = invoiceSheet(anInvoice({ lines: [untaxed(''), untaxed('')] }), de);
      const isSaid = category !== 'standard' && category !== 'zero';
      expect(said.notes.slice(0, -1)).to.deep.equal(
        isSaid ? [de.document.exemption[category]] : [],
      );
      expect(said.lines[0]?.taxRate).to.equal(
        isSaid ? `VAT ${de.document.category[category]}` : 'VAT 0\u00A0%',
      );
      const own = invoiceSheet(anInvoice({ lines: [untaxed('§ 4 Nr. 11 UStG')] }), de);
      expect(own.notes[0]).to.equal('§ 4 Nr. 11 UStG');
    });
  }

  it('of an order of version 1 shows a rate without a name', () => {
    const line = aTaxedLine({ taxes: [aTax({ name: '', taxMinor: 319 })] });
    expect(invoiceSheet(anInvoice({ lines: [line] }), en).lines[0]?.taxRate).to.equal('19%');
  });

  it('lets no text steer whoever reads it, wherever it came from', () => {
    const hostile = 'a\u202Eb\u2066c\nd\u0007';
    const parties = JSON.parse(
      JSON.stringify(PARTIES, (_, value: unknown) => (typeof value === 'string' ? hostile : value)),
    ) as typeof PARTIES;
    const line = aTaxedLine({
      sku: hostile,
      description: hostile,
      allowances: [{ reason: hostile, amountMinor: 1 }],
      charges: [{ reason: hostile, amountMinor: 1 }],
      taxes: [aTax({ name: hostile, category: 'exempt', reason: hostile })],
    });
    const invoice = anInvoice({
      ...parties,
      lines: [line],
      orderReference: hostile,
      buyerReference: hostile,
      paymentTerms: hostile,
      paymentReference: hostile,
      prepaid: [{ type: 'voucher', reference: hostile, amountMinor: 1 }],
    });
    const note = aCreditNote({
      refundReference: hostile,
      lines: aCreditNote().lines.map((one) => ({
        ...one,
        sku: hostile,
        description: hostile,
        taxes: line.taxes,
      })),
    });
    for (const sheet of [invoiceSheet(invoice, en), creditNoteSheet(invoice, note, en)]) {
      const { language: _, ...texts } = sheet;
      expect(JSON.stringify(texts)).to.not.match(/\\u00|\\n|[\u202E\u2066]/);
    }
  });
});

describe('a credit note as people read it', () => {
  it('names its invoice, and shows what is credited of each line', () => {
    const sheet = creditNoteSheet(anInvoice(), aCreditNote(), de);
    expect(sheet.title).to.equal('Rechnungskorrektur CN-2026-000003');
    expect(pairs(sheet.facts)).to.deep.equal([
      'Nummer: CN-2026-000003',
      'Datum: 20. November 2026',
      'Zur Rechnung: INV-2026-000007, 19. November 2026',
      'Bestellung: o-1',
      'Kunde: c-1',
      'Erstattungsreferenz: re_1',
    ]);
    expect(sheet.lines.map((line) => [line.position, line.quantity, line.amount])).to.deep.equal([
      ['1', '1', '9,99'],
      ['3', '', '1,00'],
    ]);
    expect(pairs(sheet.totals)).to.deep.equal([
      'Summe ohne Steuer: 9,23 EUR',
      'Summe Steuer: 1,76 EUR',
      'Gesamtbetrag: 10,99 EUR',
      'Erstattet: 10,99 EUR',
    ]);
    expect(sheet.breakdown.rows).to.deep.equal([
      { tax: 'VAT 19\u00A0%', taxable: '9,23', amount: '1,76' },
    ]);
  });

  it('says what goes to gift cards, and its rounding', () => {
    const note = aCreditNote({ roundingMinor: -4, prepaidMinor: 500, payableMinor: 595 });
    expect(pairs(creditNoteSheet(anInvoice(), note, en).totals).slice(3)).to.deep.equal([
      'Rounding: EUR -0.04',
      'To gift cards, vouchers and deposits: EUR -5.00',
      'Refunded: EUR 5.95',
    ]);
  });
});
