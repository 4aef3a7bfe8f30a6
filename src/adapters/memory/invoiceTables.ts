import { okAsync } from 'neverthrow';
import type { InvoiceTables, InvoiceView } from '../../application/ports/invoiceView.ts';
import { createMemoryInvoiceView } from './invoiceView.ts';

/** Tables that are lost with their process. A table that nobody created holds rows too. */
export const createMemoryInvoiceTables = (): InvoiceTables => {
  const made = new Set<string>();
  const views = new Map<string, InvoiceView>();
  return {
    ensure: (table) => {
      const outcome = made.has(table) ? 'AlreadyThere' : 'Created';
      made.add(table);
      return okAsync(outcome);
    },
    open: (table) => {
      const view = views.get(table) ?? createMemoryInvoiceView();
      views.set(table, view);
      return view;
    },
  };
};
