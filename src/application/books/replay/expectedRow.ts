import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../../domain/order/index.ts';
import { toInvoiceRow } from '../../invoiceRow.ts';
import type { CorruptStream, RecordedCommit } from '../../ports/eventStore.ts';
import type { InvoiceRow } from '../../ports/invoiceView.ts';
import { decodeCommits } from '../../streams.ts';

/** What the read model has to show by the events of one order; nothing where nothing was invoiced. */
export const expectedRow = (
  streamId: string,
  commits: readonly RecordedCommit[],
): Result<InvoiceRow | undefined, CorruptStream> =>
  decodeCommits(commits, Order.codec).andThen((events) => {
    const { invoice, version } = Order.fold(events);
    if (invoice.status === 'issued') return ok(toInvoiceRow(invoice));
    if (!events.some(({ type }) => type === 'InvoiceIssued')) return ok(undefined);
    const why = 'an invoice without its order';
    return err<never, CorruptStream>({ type: 'CorruptStream', streamId, version, why });
  });
