import type { Result, ResultAsync } from 'neverthrow';
import type { DependencyError } from './failures.ts';

/**
 * One row of the read model. `document` is the invoice as canonical JSON text. It is a pure
 * function of the order's stream up to `version`, so that a rebuild gives the same bytes.
 */
export type InvoiceRow = {
  readonly orderId: string;
  readonly version: number;
  readonly document: string;
};

/** This system did not write the row in the table. */
export type CorruptRow = {
  readonly type: 'CorruptRow';
  readonly orderId: string;
  readonly why: string;
};

/** The row is larger than an item may be; nothing was sent. No other row is affected. */
export type RowTooLarge = {
  readonly type: 'RowTooLarge';
  readonly orderId: string;
  readonly bytes: number;
};

export type ViewError = CorruptRow | DependencyError;

export type PutRowError = RowTooLarge | ViewError;

/** The limit of an item in DynamoDB: 400 KB. */
export const ROW_BYTES_MAX = 409_600;

const utf8 = new TextEncoder();
/** The bound is more than the attribute names and the version take. */
const REST_BYTES = 64;

/** The size of a row towards that limit, in UTF-8, rounded up. */
export const rowBytes = ({ orderId, document }: InvoiceRow): number =>
  utf8.encode(orderId).length + utf8.encode(document).length + REST_BYTES;

/** `AlreadyThere`: the table had a row at least as new, and it was not changed. */
export type PutResult = 'Written' | 'AlreadyThere';

export interface InvoiceView {
  /** Writes the row unless one at least as new is there. It is safe during live traffic. */
  putIfNewer(row: InvoiceRow): ResultAsync<PutResult, PutRowError>;

  get(orderId: string): ResultAsync<InvoiceRow | undefined, ViewError>;

  /**
   * The rows of these orders, if there are any, in few requests; as consistent as `get`. A row that
   * this system did not write is an error of its own.
   */
  getMany(
    orderIds: readonly string[],
  ): ResultAsync<ReadonlyMap<string, Result<InvoiceRow, CorruptRow>>, DependencyError>;

  /** The versions of these orders' rows, without the documents. */
  versionsOf(
    orderIds: readonly string[],
  ): ResultAsync<ReadonlyMap<string, number>, DependencyError>;

  /** Every row, in no guaranteed order; goes on after a row that this system did not write. */
  list(options?: {
    readonly signal?: AbortSignal;
  }): AsyncGenerator<Result<readonly InvoiceRow[], ViewError>, void, void>;
}

/** The tables of invoice rows. There are several side by side while one is being rebuilt. */
export interface InvoiceTables {
  /** Creates the table if it is missing, and waits for it. Another shape is an error. */
  ensure(table: string): ResultAsync<'Created' | 'AlreadyThere', DependencyError>;

  /** Opens the rows of one table. A missing table shows when it is first used. */
  open(table: string): InvoiceView;
}
