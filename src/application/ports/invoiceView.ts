import type { Result, ResultAsync } from 'neverthrow';
import type { Misconfigured, Unavailable } from './failures.ts';

/**
 * One row of the read model. `document` is the invoice as canonical JSON text: a pure function of the
 * order's stream up to `version`, so that a rebuild gives the same bytes.
 */
export type InvoiceRow = {
  readonly orderId: string;
  readonly version: number;
  readonly document: string;
};

/** The row in the table is not one that this system writes. */
export type CorruptRow = {
  readonly type: 'CorruptRow';
  readonly orderId: string;
  readonly why: string;
};

export type ViewError = CorruptRow | Unavailable | Misconfigured;

/** `AlreadyThere`: a row at least as new was in the table and was left as it is. */
export type PutResult = 'Written' | 'AlreadyThere';

export interface InvoiceView {
  /** Writes the row unless one of the same or a newer version is there. Safe beside live traffic. */
  putIfNewer(row: InvoiceRow): ResultAsync<PutResult, ViewError>;

  get(orderId: string): ResultAsync<InvoiceRow | undefined, ViewError>;

  /** All rows, page by page, in no promised order. It goes on behind a row that this system does not write. */
  list(options?: {
    readonly signal?: AbortSignal;
  }): AsyncGenerator<Result<readonly InvoiceRow[], ViewError>, void, void>;
}
