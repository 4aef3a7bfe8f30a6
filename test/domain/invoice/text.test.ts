import { expect } from 'chai';
import {
  readCreditLines,
  toCurrentText,
  toText,
  type CreditNote,
  type InvoiceDocument,
} from '../../../src/domain/invoice/index.ts';
import { isSameRow, toInvoiceRow } from '../../../src/application/readModel/invoiceRow.ts';
import { ROW_BYTES_MAX, rowBytes } from '../../../src/application/ports/invoiceView.ts';
import { LINES_MAX } from '../../../src/domain/order/content.ts';
import { REFUNDS_MAX } from '../../../src/domain/order/decide.ts';

const line = (sku: string) => ({
  sku,
  description: `${sku}, "quoted"`,
  quantity: 3,
  unitPriceMinor: 1_000,
  taxRateBps: 1_900,
  netMinor: 3_000,
  taxMinor: 570,
});
const NUMBER = { year: 2026, seriesVersion: 2, issuedAt: 1_780_000_000_000 };
const totals = { netMinor: 6_000, taxMinor: 1_140, totalMinor: 7_140 };
const INVOICE: InvoiceDocument = {
  orderId: 'o-1',
  label: 'INV-2026-000001',
  series: 'INV',
  number: 1,
  ...NUMBER,
  customerId: 'c-1',
  currency: 'EUR',
  lines: [line('A'), line('B')],
  ...totals,
  paymentReference: 'pi_1',
  creditNotes: [],
};
const named = ({ lines }: InvoiceDocument) =>
  lines.map(({ sku, description, taxRateBps }, at) => ({
    line: at + 1,
    sku,
    description,
    quantity: at,
    taxRateBps,
    netMinor: 100,
    taxMinor: 19,
  }));
const noteOf = (document: InvoiceDocument, id: string): CreditNote => ({
  refundId: id,
  label: `CN-${id}`,
  series: 'CN',
  number: 1,
  ...NUMBER,
  lines: named(document),
  netMinor: 200,
  taxMinor: 38,
  totalMinor: 238,
  refundReference: `re_${id}`,
});
const CREDITED: InvoiceDocument = { ...INVOICE, creditNotes: [noteOf(INVOICE, 'r-1')] };
/** As a release before this one wrote it. */
const formerText = (document: InvoiceDocument): string =>
  JSON.stringify({
    ...JSON.parse(toText(document)),
    creditNotes: (JSON.parse(toText(document)) as InvoiceDocument).creditNotes.map((note, at) => ({
      ...note,
      lines: document.creditNotes[at]?.lines,
    })),
  });

describe('the text of an invoice', () => {
  it('has been these bytes since the first release, where nothing was refunded', () => {
    expect(toText(INVOICE)).to.equal(
      '{"orderId":"o-1","label":"INV-2026-000001","series":"INV","year":2026,"number":1,' +
        '"seriesVersion":2,"issuedAt":1780000000000,"customerId":"c-1","currency":"EUR","lines":' +
        '[{"sku":"A","description":"A, \\"quoted\\"","quantity":3,"unitPriceMinor":1000,' +
        '"taxRateBps":1900,"netMinor":3000,"taxMinor":570},{"sku":"B","description":"B, \\"quoted\\"",' +
        '"quantity":3,"unitPriceMinor":1000,"taxRateBps":1900,"netMinor":3000,"taxMinor":570}],' +
        '"netMinor":6000,"taxMinor":1140,"totalMinor":7140,"paymentReference":"pi_1","creditNotes":[]}',
    );
  });

  it('has the number and amounts of the lines that were refunded, and no names', () => {
    expect(toText(CREDITED)).to.include('"lines":"1.0.2s.j 2.1.2s.j"');
  });

  it('says of such lines what they are called on the invoice', () => {
    expect(readCreditLines('1.0.2s.j 2.1.2s.j', INVOICE.lines)).to.deep.equal(named(INVOICE));
    for (const text of ['', '1.0.2s', '3.0.2s.j', '0.0.2s.j', '1.0.2s.j  2.1.2s.j', '1.0.-2.j']) {
      expect(readCreditLines(text, INVOICE.lines), text).to.equal(undefined);
    }
  });

  it('is the same as one of the former shape, unless that one contradicts itself', () => {
    const former = formerText(CREDITED);
    expect(former).to.include('"lines":[{"line":1,"sku":"A"');
    expect(toCurrentText(former)).to.equal(toText(CREDITED));
    for (const wrong of [
      former.replace('"line":2,"sku":"B"', '"line":2,"sku":"C"'),
      former.replace('{"line":1,', '{"line":9,'),
      former.replace('"netMinor":100', '"netMinor":101'),
      `${former}x`,
    ]) {
      expect(toCurrentText(wrong), wrong).not.to.equal(toText(CREDITED));
    }
    expect(toCurrentText(toText(CREDITED))).to.equal(toText(CREDITED));
  });

  it('makes rows the same that say the same, in whichever shape', () => {
    const row = toInvoiceRow({ status: 'issued', document: CREDITED, version: 9 });
    const former = { ...row, document: formerText(CREDITED) };
    expect(isSameRow(row, former)).to.equal(true);
    expect(isSameRow(former, { ...row, version: 8 })).to.equal(false);
    expect(isSameRow(undefined, former)).to.equal(false);
    expect(isSameRow(undefined, undefined)).to.equal(true);
  });

  it('A2: fits into a row whatever an order and its refunds may have', () => {
    // Four bytes for each character that there may be, and the most that an order may come to, so
    // that the 10,000 amounts that are refunded have the most digits that amounts of that sum can
    // have.
    const widest = '😀';
    const lines = Array.from({ length: LINES_MAX }, () => ({
      sku: widest.repeat(64),
      description: widest.repeat(200),
      quantity: 1_000_000,
      unitPriceMinor: 9_999,
      taxRateBps: 10_000,
      netMinor: 5_000_000_000,
      taxMinor: 5_000_000_000,
    }));
    const id = 'x'.repeat(64);
    const document: InvoiceDocument = {
      ...INVOICE,
      orderId: id,
      customerId: id,
      lines,
      creditNotes: Array.from({ length: REFUNDS_MAX }, () => ({
        ...noteOf(INVOICE, id),
        label: 'CREDIT-NOTES-OF-THE-SHOP-2026-000000000001',
        refundReference: 're_3QwErTyUiOpAsDfGhJkLzXcVbNm',
        lines: lines.map(({ sku, description, taxRateBps }, at) => ({
          line: at + 1,
          sku,
          description,
          taxRateBps,
          quantity: 10_000,
          netMinor: 60_466_176,
          taxMinor: 60_466_176,
        })),
        netMinor: 9_999_999_999,
        taxMinor: 9_999_999_999,
        totalMinor: 9_999_999_999,
      })),
    };
    const row = toInvoiceRow({ status: 'issued', document, version: 9_999 });
    expect(rowBytes(row)).to.be.within(350_000, ROW_BYTES_MAX);
    expect(rowBytes({ ...row, document: formerText(document) })).to.be.above(10 * ROW_BYTES_MAX);
  });
});
