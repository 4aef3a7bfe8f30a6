import type { Result, ResultAsync } from 'neverthrow';
import type { Misconfiguration, Unavailable } from './failures.ts';

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

/** The row is larger than an item may be; nothing was sent. It is this row's trouble, and of no other's. */
export type RowTooLarge = {
  readonly type: 'RowTooLarge';
  readonly orderId: string;
  readonly bytes: number;
};

export type ViewError = CorruptRow | Unavailable | Misconfiguration;

export type PutRowError = RowTooLarge | ViewError;

/** An item of DynamoDB has at most 400 KB. */
export const ROW_BYTES_MAX = 409_600;

const utf8 = new TextEncoder();
/** More than the names of the attributes and the version take. */
const REST_BYTES = 64;

/** What a row weighs against that, in UTF-8, rounded up. */
export const rowBytes = ({ orderId, document }: InvoiceRow): number =>
  utf8.encode(orderId).length + utf8.encode(document).length + REST_BYTES;

/** `AlreadyThere`: a row at least as new was in the table and was left as it is. */
export type PutResult = 'Written' | 'AlreadyThere';

export interface InvoiceView {
  /** Writes the row unless one of the same or a newer version is there. Safe beside live traffic. */
  putIfNewer(row: InvoiceRow): ResultAsync<PutResult, PutRowError>;

  get(orderId: string): ResultAsync<InvoiceRow | undefined, ViewError>;

  /** All rows, page by page, in no promised order. It goes on behind a row that this system does not write. */
  list(options?: {
    readonly signal?: AbortSignal;
  }): AsyncGenerator<Result<readonly InvoiceRow[], ViewError>, void, void>;
}
