import { err, ok, type Result } from 'neverthrow';
import * as Invoice from '../../domain/invoice/index.ts';
import * as Order from '../../domain/order/index.ts';
import type { CorruptStream, RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow } from '../ports/invoiceView.ts';
import { foldOrder, locateEvents } from '../log/eventStreams.ts';

export type IssuedInvoice = Extract<Invoice.State, { status: 'issued' }>;

/**
 * The only way from a stream to a row, so that a rebuild writes the same bytes as the live path.
 */
export const toInvoiceRow = ({ document, version }: IssuedInvoice): InvoiceRow => ({
  orderId: document.orderId,
  version,
  document: Invoice.toText(document),
});

export const expectedRow = (
  streamId: string,
  commits: readonly RecordedCommit[],
): Result<InvoiceRow | undefined, CorruptStream> =>
  expectedInvoice(streamId, commits).map((invoice) => invoice && toInvoiceRow(invoice));

/** The invoice that the row is made of. Making it costs as much as folding the events. */
export const expectedInvoice = (
  streamId: string,
  commits: readonly RecordedCommit[],
): Result<IssuedInvoice | undefined, CorruptStream> =>
  locateEvents(commits, Order.codec).andThen((located) => {
    if (!located.some(({ event }) => event.type === 'InvoiceIssued')) return ok(undefined);
    const { invoice, version } = foldOrder(located);
    if (invoice.status === 'issued') return ok(invoice);
    const why = 'an invoice without its order';
    return err<never, CorruptStream>({ type: 'CorruptStream', streamId, version, why });
  });

/** Whether two rows have the same content, even if one was written in the former shape. */
export const isSameRow = (one: InvoiceRow | undefined, other: InvoiceRow | undefined): boolean =>
  one?.version === other?.version && currentOf(one) === currentOf(other);

const currentOf = (row: InvoiceRow | undefined): string | undefined =>
  row && Invoice.toCurrentText(row.document);
