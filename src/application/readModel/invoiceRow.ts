import * as Invoice from '../../domain/invoice/index.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';

/** The one way from a stream to a row, so that a rebuild writes the bytes that the live path wrote. */
export const toInvoiceRow = ({
  document,
  version,
}: Extract<Invoice.State, { status: 'issued' }>): InvoiceRow => ({
  orderId: document.orderId,
  version,
  document: Invoice.toText(document),
});

/** Whether two rows say the same, also where one was written in the former shape. */
export const isSameRow = (one: InvoiceRow | undefined, other: InvoiceRow | undefined): boolean =>
  one?.version === other?.version && currentOf(one) === currentOf(other);

const currentOf = (row: InvoiceRow | undefined): string | undefined =>
  row && Invoice.toCurrentText(row.document);
