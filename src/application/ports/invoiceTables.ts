import type { ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';
import type { InvoiceView } from './invoiceView.ts';

/** Where the rows are kept: several tables side by side while one is being rebuilt. */
export interface InvoiceTables {
  /** Makes the table if it is missing, and waits until it can be used; one of another shape is an error. */
  ensure(table: string): ResultAsync<'Created' | 'AlreadyThere', Misconfiguration | Unavailable>;

  /** The rows of one table. Whether it is there shows when it is used. */
  open(table: string): InvoiceView;
}
