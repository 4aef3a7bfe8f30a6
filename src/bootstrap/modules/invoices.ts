import { createCurrentTable } from '../../application/readModel/currentTable.ts';
import { from } from '../tokens.ts';

/** The invoices wherever the log says that they are, on any set of tables. */
export const invoices = from(
  ['store', 'clock', 'invoiceTables', 'invoicesHome'],
  ({ store, clock, invoiceTables: tables, invoicesHome }) =>
    createCurrentTable({ store, clock, tables }, invoicesHome),
);
