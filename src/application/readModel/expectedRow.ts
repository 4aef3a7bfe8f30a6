import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { toInvoiceRow } from './invoiceRow.ts';
import type { CorruptStream, RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';
import { foldOrder, locateEvents } from '../log/eventStreams.ts';

/** What the read model has to show by the events of one order; nothing where nothing was invoiced. */
export const expectedRow = (
  streamId: string,
  commits: readonly RecordedCommit[],
): Result<InvoiceRow | undefined, CorruptStream> =>
  locateEvents(commits, Order.codec).andThen((located) => {
    const { invoice, version } = foldOrder(located);
    if (invoice.status === 'issued') return ok(toInvoiceRow(invoice));
    if (!located.some(({ event }) => event.type === 'InvoiceIssued')) return ok(undefined);
    const why = 'an invoice without its order';
    return err<never, CorruptStream>({ type: 'CorruptStream', streamId, version, why });
  });
