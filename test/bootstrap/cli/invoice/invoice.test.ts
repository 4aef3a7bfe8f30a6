import { expect } from 'chai';
import { documentOf } from '../../../../src/bootstrap/cli/invoice/invoice.ts';
import { toText, type InvoiceDocument } from '../../../../src/domain/invoice/index.ts';
import {
  creditNoteLine,
  invoiceLine,
  PLAIN_INVOICE,
  totalsOf,
} from '../../../support/documents/versionOne.ts';

const NUMBER = { series: 'INV', year: 2026, number: 1, seriesVersion: 2, issuedAt: 1 };
const NAMED = { sku: 'A', description: 'A, "quoted"', rate: '19' };
const MONEY = { netMinor: 100, taxMinor: 19 };
const INVOICE: InvoiceDocument = {
  orderId: 'o-1',
  label: 'INV-1',
  ...NUMBER,
  customerId: 'c-1',
  currency: 'EUR',
  lines: [invoiceLine({ ...NAMED, quantity: 1, unitPrice: '1.00', ...MONEY })],
  ...PLAIN_INVOICE,
  ...totalsOf(100, 19),
  paymentReference: 'pi_1',
  creditNotes: [
    {
      refundId: 'r-1',
      label: 'CN-1',
      ...NUMBER,
      issuedOn: '2026-06-15',
      lines: [creditNoteLine({ line: 1, quantity: 0, ...NAMED, ...MONEY })],
      ...totalsOf(100, 19),
      refundReference: 're_1',
    },
  ],
};
const read = (document: string) => documentOf({ orderId: 'o-1', document, version: 9 });

describe('the document of an invoice’s row', () => {
  it('is read with what the lines of its credit notes are called', () => {
    expect(read(toText(INVOICE))._unsafeUnwrap()).to.deep.equal(INVOICE);
  });

  it('is corrupt where this system would not have written it so', () => {
    const text = toText(INVOICE);
    for (const wrong of [
      text.slice(1),
      '{}',
      'null',
      text.replace('"orderId"', '"more":1,"orderId"'),
      text.replace(/"currency":"EUR",/, ''),
      text.replace('"1.0.2s.j"', '"2.0.2s.j"'),
      text.replace('"1.0.2s.j"', '"1.0.2s"'),
    ]) {
      const { type, orderId } = read(wrong)._unsafeUnwrapErr();
      expect({ type, orderId }, wrong).to.deep.equal({ type: 'CorruptRow', orderId: 'o-1' });
    }
  });
});
