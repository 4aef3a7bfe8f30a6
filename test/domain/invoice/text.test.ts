import { expect } from 'chai';
import {
  readText,
  toCurrentText,
  toText,
  type CreditNote,
  type InvoiceDocument,
  unknownBuyer,
} from '../../../src/domain/invoice/index.ts';
import { isSameRow, toInvoiceRow } from '../../../src/application/readModel/invoiceRow.ts';
import { ROW_BYTES_MAX, rowBytes } from '../../../src/application/ports/invoiceView.ts';
import { LINES_V1_MAX } from '../../../src/domain/order/index.ts';
import { REFUNDS_MAX } from '../../../src/domain/order/decide.ts';
import {
  creditNoteLine,
  invoiceLine,
  PLAIN_INVOICE,
  totalsOf,
} from '../../support/documents/versionOne.ts';

const line = (sku: string) =>
  invoiceLine({
    sku,
    description: `${sku}, "quoted"`,
    quantity: 3,
    unitPrice: '10.00',
    rate: '19',
    netMinor: 3_000,
    taxMinor: 570,
  });
const NUMBER = { year: 2026, seriesVersion: 2, issuedAt: 1_780_000_000_000 };
const issuedOn = '2026-05-28';
const INVOICE: InvoiceDocument = {
  ...PLAIN_INVOICE,
  orderId: 'o-1',
  label: 'INV-2026-000001',
  series: 'INV',
  number: 1,
  ...NUMBER,
  issuedOn,
  customerId: 'c-1',
  currency: 'EUR',
  lines: [line('A'), line('B')],
  ...totalsOf(6_000, 1_140),
  paymentReference: 'pi_1',
  creditNotes: [],
};
const noteOf = (id: string): CreditNote => ({
  refundId: id,
  label: `CN-${id}`,
  series: 'CN',
  number: 1,
  ...NUMBER,
  issuedOn,
  lines: ['A', 'B'].map((sku, at) =>
    creditNoteLine({
      line: at + 1,
      sku,
      description: `${sku}, "quoted"`,
      quantity: at,
      rate: '19',
      netMinor: 100,
      taxMinor: 19,
    }),
  ),
  ...totalsOf(200, 38),
  refundReference: `re_${id}`,
});
const CREDITED: InvoiceDocument = { ...INVOICE, creditNotes: [noteOf('r-1')] };

/** As releases before orders of version 2 wrote it: these very bytes. */
const FORMER =
  '{"orderId":"o-1","label":"INV-2026-000001","series":"INV","year":2026,"number":1,' +
  '"seriesVersion":2,"issuedAt":1780000000000,"customerId":"c-1","currency":"EUR","lines":' +
  '[{"sku":"A","description":"A, \\"quoted\\"","quantity":3,"unitPriceMinor":1000,' +
  '"taxRateBps":1900,"netMinor":3000,"taxMinor":570},{"sku":"B","description":"B, \\"quoted\\"",' +
  '"quantity":3,"unitPriceMinor":1000,"taxRateBps":1900,"netMinor":3000,"taxMinor":570}],' +
  '"netMinor":6000,"taxMinor":1140,"totalMinor":7140,"paymentReference":"pi_1","creditNotes":[]}';
const NOTE =
  '{"refundId":"r-1","label":"CN-r-1","series":"CN","year":2026,"number":1,"seriesVersion":2,' +
  '"issuedAt":1780000000000,"lines":LINES,"netMinor":200,"taxMinor":38,"totalMinor":238,' +
  '"refundReference":"re_r-1"}';
const withNote = (lines: string): string =>
  FORMER.replace('"creditNotes":[]', `"creditNotes":[${NOTE.replace('LINES', lines)}]`);
const SHORT = withNote('"1.0.2s.j 2.1.2s.j"');
/** The oldest shape repeated what the lines are called. */
const NAMED = withNote(
  '[{"line":1,"sku":"A","description":"A, \\"quoted\\"","quantity":0,"taxRateBps":1900,' +
    '"netMinor":100,"taxMinor":19},{"line":2,"sku":"B","description":"B, \\"quoted\\"",' +
    '"quantity":1,"taxRateBps":1900,"netMinor":100,"taxMinor":19}]',
);

/** Everything that an invoice can have. */
const GST = { name: 'GST', category: 'standard', rate: '5', reason: '' } as const;
const QST = { name: 'QST', category: 'standard', rate: '9.975', reason: '' } as const;
const NOBODY = { street: '', addition: '', postalCode: '', city: '', region: '', country: 'CA' };
const RICH: InvoiceDocument = {
  ...INVOICE,
  language: 'fr',
  priceMode: 'gross',
  seller: {
    name: 'S',
    address: { ...NOBODY, city: 'Québec' },
    vatId: 'v',
    taxNumber: 't',
    registration: 'r',
    email: 'e',
    phone: 'p',
    bankName: 'b',
    iban: 'i',
    bic: 'c',
    electronicAddress: '0088:1',
    footer: 'f',
  },
  buyer: {
    name: 'B',
    company: 'C',
    address: NOBODY,
    delivery: { ...NOBODY, street: 'd' },
    vatId: '',
    electronicAddress: '',
  },
  lines: [
    {
      kind: 'item',
      sku: 'A',
      description: 'a',
      quantity: '0.5',
      unit: 'KGM',
      unitPrice: '4.0042',
      allowances: [{ reason: 'ripe', amountMinor: 10 }],
      charges: [{ reason: 'cut', amountMinor: 5 }],
      taxes: [
        { ...GST, taxMinor: 10 },
        { ...QST, taxMinor: 20 },
      ],
      netMinor: 200,
      taxMinor: 30,
    },
  ],
  ...totalsOf(200, 30),
  roundingMinor: -2,
  prepaidMinor: 28,
  payableMinor: 200,
  prepaid: [{ type: 'voucher', reference: 'W-1', amountMinor: 28 }],
  orderReference: 'PO-1',
  buyerReference: 'b-1',
  supplyDate: '2026-05-01',
  paymentTerms: 'at once',
  creditNotes: [
    {
      ...noteOf('r-2'),
      lines: [
        {
          line: 1,
          kind: 'item',
          sku: 'A',
          description: 'a',
          quantity: '0.5',
          unit: 'KGM',
          netMinor: 100,
          taxMinor: 15,
          taxes: [
            { ...GST, taxMinor: 5 },
            { ...QST, taxMinor: 10 },
          ],
        },
      ],
      ...totalsOf(100, 15),
      roundingMinor: -3,
      prepaidMinor: 2,
      payableMinor: 110,
    },
  ],
};

describe('the text of an invoice', () => {
  it('is read as it was written, but for the buyer', () => {
    for (const document of [INVOICE, CREDITED, RICH]) {
      const { buyer, ...others } = readText(toText(document))._unsafeUnwrap();
      const { buyer: named, ...written } = document;
      expect(others).to.deep.equal(written);
      expect(buyer).to.deep.equal(named && unknownBuyer('encrypted'));
    }
  });

  it('names no buyer, whoever writes it: with what is personal, or without', () => {
    const anonymous = { ...RICH, buyer: unknownBuyer('erased') };
    expect(toText(RICH)).to.equal(toText(anonymous));
  });

  it('has each tax once, and of lines that were refunded their numbers and amounts', () => {
    expect(toText(CREDITED)).to.include('"taxes":[["","standard","19",""]]');
    expect(toText(CREDITED)).to.include('"lines":"1.0.2s.j 2.1.2s.j"');
    expect(toText(RICH)).to.include('"lines":"1.0:apsw.2s.5.a"');
  });

  it('is read in every shape that releases have written', () => {
    expect(readText(FORMER)._unsafeUnwrap()).to.deep.equal(INVOICE);
    for (const former of [SHORT, NAMED]) {
      expect(readText(former)._unsafeUnwrap(), former).to.deep.equal(CREDITED);
      expect(toCurrentText(former)).to.equal(toText(CREDITED));
    }
    expect(toCurrentText(toText(CREDITED))).to.equal(toText(CREDITED));
  });

  it('stays as it is where it contradicts itself, or is of no shape', () => {
    for (const wrong of [
      NAMED.replace('"line":2,"sku":"B"', '"line":2,"sku":"C"'),
      NAMED.replace('{"line":1,', '{"line":9,'),
      NAMED.replace('"taxRateBps":1900,"netMinor":100', '"taxRateBps":700,"netMinor":100'),
      SHORT.replace('1.0.2s.j', '3.0.2s.j'),
      SHORT.replace('1.0.2s.j', '0.0.2s.j'),
      SHORT.replace('1.0.2s.j', '1.0.2s'),
      SHORT.replace('1.0.2s.j 2', '1.0.2s.j  2'),
      SHORT.replace('1.0.2s.j', '1.0.-2.j'),
      SHORT.replace('"orderId"', '"more":1,"orderId"'),
      `${SHORT}x`,
      '{}',
      'null',
    ]) {
      expect(toCurrentText(wrong), wrong).to.equal(wrong);
    }
    expect(toCurrentText(NAMED.replace('"netMinor":100', '"netMinor":101'))).not.to.equal(
      toText(CREDITED),
    );
  });

  it('makes rows the same that say the same, in whichever shape', () => {
    const row = toInvoiceRow({ status: 'issued', document: CREDITED, version: 9 });
    for (const document of [SHORT, NAMED]) {
      const former = { ...row, document };
      expect(isSameRow(row, former)).to.equal(true);
      expect(isSameRow(former, { ...row, version: 8 })).to.equal(false);
      expect(isSameRow(undefined, former)).to.equal(false);
    }
    expect(isSameRow(row, { ...row, document: FORMER })).to.equal(false);
    expect(isSameRow(undefined, undefined)).to.equal(true);
  });

  it('A2: fits into a row whatever an order of version 1 and its refunds may have', () => {
    // Four bytes for each character that there may be, and the most that an order may come to, so
    // that the 10,000 amounts that are refunded have the most digits that amounts of that sum can
    // have.
    const widest = '😀';
    const named = { sku: widest.repeat(64), description: widest.repeat(200), rate: '99.99' };
    const lines = Array.from({ length: LINES_V1_MAX }, () =>
      invoiceLine({
        ...named,
        quantity: 1_000_000,
        unitPrice: '99.99',
        netMinor: 5_000_000_000,
        taxMinor: 5_000_000_000,
      }),
    );
    const id = 'x'.repeat(64);
    const document: InvoiceDocument = {
      ...INVOICE,
      orderId: id,
      customerId: id,
      lines,
      creditNotes: Array.from({ length: REFUNDS_MAX }, () => ({
        ...noteOf(id),
        label: 'CREDIT-NOTES-OF-THE-SHOP-2026-000000000001',
        refundReference: 're_3QwErTyUiOpAsDfGhJkLzXcVbNm',
        lines: lines.map((_, at) =>
          creditNoteLine({
            ...named,
            line: at + 1,
            quantity: 10_000,
            netMinor: 60_466_176,
            taxMinor: 60_466_176,
          }),
        ),
        ...totalsOf(9_999_999_999, 9_999_999_999),
      })),
    };
    const row = toInvoiceRow({ status: 'issued', document, version: 9_999 });
    expect(rowBytes(row)).to.be.within(350_000, ROW_BYTES_MAX);
  });
});
