import * as Invoice from '../domain/invoice/index.ts';
import type { InvoiceRow } from './ports/invoiceView.ts';

/** The one way from a stream to a row, so that a rebuild writes the bytes that the live path wrote. */
export const toInvoiceRow = ({
  document,
  version,
}: Extract<Invoice.State, { status: 'issued' }>): InvoiceRow => ({
  orderId: document.orderId,
  version,
  document: Invoice.toText(document),
});
