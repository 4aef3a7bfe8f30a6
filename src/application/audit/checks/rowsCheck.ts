import { err, errAsync, ok, okAsync, type ResultAsync } from 'neverthrow';
import * as Invoice from '../../../domain/invoice/index.ts';
import { isSameRow, toInvoiceRow } from '../../readModel/invoiceRow.ts';
import type { Ids } from '../../ports/ids.ts';
import {
  ROW_BYTES_MAX,
  rowBytes,
  type CorruptRow,
  type InvoiceRow,
  type InvoiceView,
  type ViewError,
} from '../../ports/invoiceView.ts';
import { orderStreamId } from '../../log/eventStreams.ts';
import {
  asResult,
  NO_FINDINGS,
  type AuditCheck,
  type CheckDependencies,
  type CheckResult,
  type Finding,
  type MatchBounds,
} from '../check.ts';
import { createTwoSidedMatch } from '../twoSidedMatch.ts';
import { loadOrder, orderIn, type DecodedOrder } from '../decodedStreams.ts';

type RowsCheckDependencies = CheckDependencies & {
  readonly invoices: Pick<InvoiceView, 'get' | 'list'>;
  readonly ids: Pick<Ids, 'fingerprint'>;
};

/**
 * S9: the read model equals the events, both ways. The table is read once, after the log, and
 * compared by fingerprints. Differences are read again, the row first, so that live traffic causes
 * no finding.
 */
export const createRowsCheck = (
  { store, invoices, clock, ids }: RowsCheckDependencies,
  { graceMs, heldMax }: MatchBounds,
): AuditCheck => {
  let inProgress = 0;
  const keyed = ({ orderId, version, document }: InvoiceRow) => ({
    key: `${orderId}|${version}|${ids.fingerprint(Invoice.toCurrentText(document))}`,
    about: orderId,
  });

  const judge = (orderId: string): CheckResult =>
    getRow(invoices, orderId).andThen((row) =>
      loadOrder(store, orderId).map((order) => {
        if (order === undefined) return [];
        if (row.type === 'CorruptRow') return [corruptRow(row)];
        const found = differenceOf(order, row.found);
        if (found === undefined) return [];
        if (found.isLate && clock.now() - newest(order) < graceMs) {
          inProgress += 1;
          return [];
        }
        return [found.finding];
      }),
    );

  const match = createTwoSidedMatch<string>({ judge, heldMax });
  return {
    proves: ['rows'],
    visit: (stream) => {
      const invoice = orderIn(stream)?.state.invoice;
      return invoice?.status === 'issued'
        ? match.see('orders', [keyed(toInvoiceRow(invoice))])
        : NO_FINDINGS;
    },
    conclude: async function* (signal) {
      for await (const page of invoices.list(signal && { signal })) {
        if (page.isOk()) yield await asResult(match.see('others', page.value.map(keyed)));
        else if (page.error.type === 'CorruptRow') yield ok([corruptRow(page.error)]);
        else yield err(page.error);
      }
      yield* match.conclude(signal);
    },
    inProgress: () => inProgress,
    // The table is read after the log, so that only orders have no counterpart yet.
    part: function* () {
      for (const { key, about: orderId } of match.unmatched()) yield { of: 'row', key, orderId };
    },
    join: (item) =>
      item.of === 'row'
        ? match.see('orders', [{ key: item.key, about: item.orderId }])
        : NO_FINDINGS,
  };
};

type FoundRow = { readonly type: 'Row'; readonly found: InvoiceRow | undefined } | CorruptRow;

const getRow = (
  invoices: Pick<InvoiceView, 'get'>,
  orderId: string,
): ResultAsync<FoundRow, Exclude<ViewError, CorruptRow>> =>
  invoices
    .get(orderId)
    .map((found): FoundRow => ({ type: 'Row', found }))
    .orElse((error) => (error.type === 'CorruptRow' ? okAsync(error) : errAsync(error)));

const newest = ({ commits }: DecodedOrder): number => commits.at(-1)?.committedAt ?? 0;

const corruptRow = ({ orderId, why }: CorruptRow): Finding => ({
  invariant: 'rows',
  streamId: orderStreamId(orderId),
  why: `its row is not one that this system writes: ${why}`,
  evidence: {},
});

/** `isLate`: the row may be on its way, since the live path writes it after the events. */
const differenceOf = (
  { id, state: { invoice } }: DecodedOrder,
  row: InvoiceRow | undefined,
): { readonly isLate: boolean; readonly finding: Finding } | undefined => {
  const streamId = orderStreamId(id);
  const found = (why: string, version: number, isLate: boolean) => {
    const evidence = { rowVersion: row?.version ?? 0, foldVersion: foldVersion ?? 0 };
    return { isLate, finding: { invariant: 'rows', streamId, version, why, evidence } as const };
  };
  const expected = invoice.status === 'issued' ? toInvoiceRow(invoice) : undefined;
  const foldVersion = expected?.version;
  if (expected === undefined) {
    if (row === undefined) return undefined;
    return found('a row that no event stands for', row.version, false);
  }
  const { version } = expected;
  if (rowBytes(expected) > ROW_BYTES_MAX) {
    return found('no row can hold the invoice: it is larger than an item may be', version, false);
  }
  if (row === undefined) return found('the row is missing', version, true);
  if (row.version < version) return found('the row is older than the events', version, true);
  if (row.version > version)
    return found('the row is of events that the log lacks', version, false);
  return isSameRow(row, expected)
    ? undefined
    : found('the row is not what the events say', version, false);
};
