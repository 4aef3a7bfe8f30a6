import { err, okAsync, type ResultAsync } from 'neverthrow';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadError } from '../ports/eventStore.ts';
import type { InvoiceTables } from '../ports/invoiceTables.ts';
import type { InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { loadSwitch } from './switchStream.ts';

/** What a process knows of where the invoices are, it asks for again when it is older than this. */
export const KNOWN_FOR_MS = 30_000;

type CurrentTableDependencies = {
  readonly store: Pick<EventStore, 'tip'>;
  readonly tables: InvoiceTables;
  readonly clock: Pick<Clock, 'now'>;
};

/** The name of the table that the invoices are in, and its rows. */
export type CurrentTable = { readonly table: string; readonly view: InvoiceView };

/**
 * The invoices wherever the log says that they are; in the table `home` as long as nobody has switched. It
 * costs one read of the log in half a minute, for which nobody waits in between. Where that read fails, so
 * does what was asked: a row in a table that nobody reads any more would be lost.
 */
export const createCurrentTable = (
  { store, tables, clock }: CurrentTableDependencies,
  home: string,
): InvoiceView & { readonly current: () => ResultAsync<CurrentTable, ViewError> } => {
  let cached: (CurrentTable & { readonly asOf: number }) | undefined;
  let reading: ResultAsync<CurrentTable, ViewError> | undefined;

  const read = (): ResultAsync<CurrentTable, ViewError> => {
    const asOf = clock.now();
    return loadSwitch(store)
      .map(({ switched }) => {
        const table = switched?.table ?? home;
        reading = undefined;
        cached = { table, view: tables.open(table), asOf };
        return cached;
      })
      .mapErr((error) => {
        reading = undefined;
        return toViewError(error);
      });
  };

  const current = (): ResultAsync<CurrentTable, ViewError> => {
    const age = cached === undefined ? Infinity : clock.now() - cached.asOf;
    // A clock that was set back tells nothing about what is known.
    if (cached !== undefined && age >= 0 && age < KNOWN_FOR_MS) return okAsync(cached);
    reading ??= read();
    return reading;
  };

  return {
    current,
    putIfNewer: (row) => current().andThen(({ view }) => view.putIfNewer(row)),
    get: (orderId) => current().andThen(({ view }) => view.get(orderId)),
    list: async function* (options) {
      const found = await current();
      if (found.isErr()) yield err(found.error);
      else yield* found.value.view.list(options);
    },
  };
};

/** For who asks for rows, a stream that cannot be read is a thing that only a person can mend. */
const toViewError = (error: LoadError): ViewError =>
  error.type === 'CorruptStream'
    ? {
        type: 'Misconfigured',
        dependency: 'InvoiceView',
        cause: `${error.streamId}, version ${error.version}: ${error.why}`,
      }
    : error;
