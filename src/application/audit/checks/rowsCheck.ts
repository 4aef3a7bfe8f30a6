import { errAsync, ok, okAsync, Result, type ResultAsync } from 'neverthrow';
import * as Invoice from '../../../domain/invoice/index.ts';
import { isSameRow, toInvoiceRow } from '../../readModel/invoiceRow.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
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
import type { AuditError, AuditCheck, CheckResult, Finding } from '../check.ts';
import { createTwoSidedMatch, decideAll, type UnmatchedItem } from '../twoSidedMatch.ts';
import { loadOrder, orderIn, type DecodedOrder } from '../decodedStreams.ts';

type RowsCheckDependencies = {
  readonly store: Pick<EventStore, 'load'>;
  readonly invoices: Pick<InvoiceView, 'get' | 'list'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'fingerprint'>;
};

type OrderItem = { readonly orderId: string };

/**
 * S9: the read model equals the events, both ways. The table is read once, after the log, and
 * compared by fingerprints. Differences are read again, the row first, so that live traffic causes
 * no finding.
 */
export const createRowsCheck = (
  { store, invoices, clock, ids }: RowsCheckDependencies,
  { graceMs, heldMax }: { readonly graceMs: number; readonly heldMax?: number },
): AuditCheck => {
  const matching = createTwoSidedMatch<OrderItem>(heldMax);
  let inProgress = 0;
  const keyOf = ({ orderId, version, document }: InvoiceRow): string =>
    `${orderId}|${version}|${ids.fingerprint(Invoice.toCurrentText(document))}`;

  const judge = ({ about: { orderId } }: UnmatchedItem<OrderItem>): CheckResult =>
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

  const judgeThese = async (
    all: readonly UnmatchedItem<OrderItem>[],
  ): Promise<Result<readonly Finding[], AuditError>> =>
    Result.combine(await Promise.all(all.map(judge))).map((found) => found.flat());

  return {
    proves: ['rows'],
    visit: async (stream) => {
      const order = orderIn(stream);
      if (order?.state.invoice.status !== 'issued') return ok([]);
      const key = keyOf(toInvoiceRow(order.state.invoice));
      return judgeThese(matching.see({ side: 'orders', key, about: { orderId: order.id } }));
    },
    conclude: async function* (signal) {
      for await (const page of invoices.list(signal && { signal })) {
        if (page.isErr()) {
          yield page.error.type === 'CorruptRow'
            ? ok([corruptRow(page.error)])
            : page.map(() => []);
          continue;
        }
        const overflow = page.value.flatMap((row) =>
          matching.see({ side: 'others', key: keyOf(row), about: { orderId: row.orderId } }),
        );
        yield* decideAll(overflow, judge, signal);
      }
      yield* decideAll(matching.rest(), judge, signal);
    },
    inProgress: () => inProgress,
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
