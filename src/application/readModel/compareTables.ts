import { err, ok, okAsync, safeTry, type ResultAsync } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { InvoiceRow, InvoiceView } from '../ports/invoiceView.ts';
import { createThrottlingRetry } from '../log/rateLimit.ts';
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
  (
    { current, rebuilt }: Tables,
    { signal, onDifference }: CompareTablesOptions,
  ): ResultAsync<TableComparison, ReplayError> => {
    const retry = createThrottlingRetry({ clock, signal });
    const compareRow = createCompareRow({ store, clock, retry, signal });
    const compared = { rows: 0, differences: 0, unfit: 0 };

    /** An invoice that no row can hold is in neither table. */
    const copy = (row: InvoiceRow): ResultAsync<void, ReplayError> =>
      retry(() => rebuilt.putIfNewer(row))
        .map(() => undefined)
        .orElse((error) => (error.type === 'RowTooLarge' ? ok(undefined) : err(error)));

    /** An order that cannot be read cannot be judged, so that its row is copied as it is. */
    const keep = (orderId: string): ResultAsync<void, ReplayError> =>
      retry(() => current.get(orderId)).andThen((row) =>
        row === undefined ? okAsync(undefined) : copy(row),
      );

    const settleRow = (orderId: string): ResultAsync<void, ReplayError> =>
      safeTry(async function* () {
        const currentRow = await compareRow(current, orderId);
        if (currentRow.isErr() && currentRow.error.type === 'CorruptStream') return keep(orderId);
        const { expected, difference } = yield* currentRow;
        if (expected !== undefined) yield* copy(expected);
        const { difference: unfit } = yield* compareRow(rebuilt, orderId);
        if (difference !== undefined) {
          compared.differences += 1;
          onDifference?.('current', difference);
        }
        if (unfit !== undefined) {
          compared.unfit += 1;
          onDifference?.('rebuilt', unfit);
        }
        return ok(undefined);
      });

    /** Settles each row of a table that does not agree with its counterpart in the other one. */
    const visitRows = (
      table: InvoiceView,
      other: InvoiceView,
      isSettled: (row: InvoiceRow, counterpart: InvoiceRow | undefined) => boolean,
    ): ResultAsync<number, ReplayError> =>
      safeTry(async function* () {
        let rows = 0;
        for await (const page of table.list(signal && { signal })) {
          const found = yield* page;
          const orderIds = found.map(({ orderId }) => orderId);
          const counterparts = yield* retry(() => other.getMany(orderIds));
          const unsettled: string[] = [];
          for (const row of found) {
            const counterpart = yield* counterparts.get(row.orderId) ?? ok(undefined);
            if (!isSettled(row, counterpart)) unsettled.push(row.orderId);
          }
          rows += found.length;
          yield* mapConcurrent(unsettled, settleRow, signal);
        }
        return ok(rows);
      });

    return visitRows(rebuilt, current, isSameRow).andThen((rows) =>
      // Rows that are in both tables have just been compared.
      visitRows(current, rebuilt, (_row, counterpart) => counterpart !== undefined).map(() => ({
        ...compared,
        rows,
      })),
    );
  };
