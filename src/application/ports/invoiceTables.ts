import type { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';
import type { InvoiceView } from './invoiceView.ts';

/** The tables of invoice rows. There are several side by side while one is being rebuilt. */
export interface InvoiceTables {
  /**
   * Creates the table if it is missing, and waits until it can be used. A table of another shape is
   * an error.
   */
  ensure(table: string): ResultAsync<'Created' | 'AlreadyThere', Misconfiguration | Unavailable>;

  /** The rows of one table. A missing table shows when it is first used. */
  open(table: string): InvoiceView;
}
