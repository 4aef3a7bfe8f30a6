import { createFollowedView } from '../../application/view/followedView.ts';
import { from } from '../tokens.ts';

/** The invoices wherever the log says that they are, on any set of tables. */
export const invoices = from(
  ['store', 'clock', 'invoiceTables', 'invoicesHome'],
  ({ store, clock, invoiceTables: tables, invoicesHome }) =>
    createFollowedView({ store, clock, tables }, invoicesHome),
);
