import { err, ok, type Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { InvoiceRow, InvoiceView } from '../ports/invoiceView.ts';
import { createThrottlingRetry, type ThrottlingRetry } from '../log/rateLimit.ts';
import type { ReplayDependencies, ReplayError, ReplayOptions } from './replayCounts.ts';
import { createCompareRow, type RowDifference } from './compareRow.ts';
import { isSameRow } from './invoiceRow.ts';

export type TableComparison = {
  readonly rows: number;
  /** Orders whose row in the current table differs from the events; a switch fixes them. */
  readonly differences: number;
  /** Orders whose rebuilt row differs and cannot be fixed: they prevent a switch. */
  readonly unfit: number;
};

type Tables = { readonly current: InvoiceView; readonly rebuilt: InvoiceView };

type CompareTablesOptions = Pick<ReplayOptions, 'signal'> & {
  readonly onDifference?: (table: keyof Tables, difference: RowDifference) => void;
};

/**
 * Compares two read models row by row, both ways. Where they disagree the log decides. Rows that
 * live traffic has written only to the current table are copied.
 */
export const createCompareTables =
  ({ store, clock }: Pick<ReplayDependencies, 'store' | 'clock'>) =>
  async (
    { current, rebuilt }: Tables,
    { signal, onDifference }: CompareTablesOptions,
  ): Promise<Result<TableComparison, ReplayError>> => {
    const retry = createThrottlingRetry({ clock, signal });
    const compareRow = createCompareRow({ store, clock, retry, signal });
    const compared = { rows: 0, differences: 0, unfit: 0 };

    /** An invoice that no row can hold is in neither table. */
    const copy = async (row: InvoiceRow): Promise<Result<void, ReplayError>> => {
      const put = await retry(() => rebuilt.putIfNewer(row));
      if (put.isOk()) return ok();
      const { error } = put;
      return error.type === 'RowTooLarge' ? ok() : err(error);
    };

    const settleRow = async (orderId: string): Promise<Result<void, ReplayError>> => {
      const currentRow = await compareRow(current, orderId);
      if (currentRow.isErr()) {
        return currentRow.error.type === 'CorruptStream' ? keep(orderId) : err(currentRow.error);
      }
      const { expected, difference } = currentRow.value;
      if (expected !== undefined) {
        const copied = await copy(expected);
        if (copied.isErr()) return err(copied.error);
      }
      const rebuiltRow = await compareRow(rebuilt, orderId);
      if (rebuiltRow.isErr()) return err(rebuiltRow.error);
      if (difference !== undefined) {
        compared.differences += 1;
        onDifference?.('current', difference);
      }
      if (rebuiltRow.value.difference !== undefined) {
        compared.unfit += 1;
        onDifference?.('rebuilt', rebuiltRow.value.difference);
      }
      return ok();
    };

    /** An order that cannot be read cannot be judged, so that its row is copied as it is. */
    const keep = async (orderId: string): Promise<Result<void, ReplayError>> => {
      const row = await retry(() => current.get(orderId));
      if (row.isErr()) return err(row.error);
      const { value } = row;
      if (value === undefined) return ok();
      return copy(value);
    };

    const visitRows = createVisitRows({ retry, settleRow, signal });
    const rebuiltRows = await visitRows(rebuilt, current, isSameRow);
    if (rebuiltRows.isErr()) return err(rebuiltRows.error);
    // Rows that are in both tables have just been compared.
    const currentRows = await visitRows(
      current,
      rebuilt,
      (_row, counterpart) => counterpart !== undefined,
    );
    return currentRows.map(() => ({ ...compared, rows: rebuiltRows.value }));
  };

/** Settles each row of a table that does not agree with its counterpart in the other one. */
const createVisitRows =
  ({
    retry,
    settleRow,
    signal,
  }: {
    readonly retry: ThrottlingRetry;
    readonly settleRow: (orderId: string) => Promise<Result<void, ReplayError>>;
    readonly signal: AbortSignal | undefined;
  }) =>
  async (
    table: InvoiceView,
    other: InvoiceView,
    isSettled: (row: InvoiceRow, counterpart: InvoiceRow | undefined) => boolean,
  ): Promise<Result<number, ReplayError>> => {
    let rows = 0;
    for await (const page of table.list(signal && { signal })) {
      if (page.isErr()) return err(page.error);
      rows += page.value.length;
      const done = await mapConcurrent(
        page.value,
        async (row): Promise<Result<void, ReplayError>> => {
          const counterpart = await retry(() => other.get(row.orderId));
          if (counterpart.isErr()) return err(counterpart.error);
          return isSettled(row, counterpart.value) ? ok() : settleRow(row.orderId);
        },
        signal,
      );
      if (done.isErr()) return err(done.error);
    }
    return ok(rows);
  };
