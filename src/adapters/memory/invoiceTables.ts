import { okAsync } from 'neverthrow';
import type { InvoiceTables } from '../../application/ports/invoiceTables.ts';
import type { InvoiceView } from '../../application/ports/invoiceView.ts';
import { createMemoryInvoiceView } from './invoiceView.ts';

/** Tables that forget everything with their process. One that was not made is made when it is opened. */
export const createMemoryInvoiceTables = (): InvoiceTables => {
  const views = new Map<string, InvoiceView>();
  const open = (table: string): InvoiceView => {
    const view = views.get(table) ?? createMemoryInvoiceView();
    views.set(table, view);
    return view;
  };
  return {
    ensure: (table) => {
      const outcome = views.has(table) ? 'AlreadyThere' : 'Created';
      open(table);
      return okAsync(outcome);
    },
    open,
  };
};
