import { err, ok, type Result, type ResultAsync } from 'neverthrow';
import { orderStreamId } from '../log/eventStreams.ts';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { ThrottlingRetry } from '../log/rateLimit.ts';
import type { ScannedStream } from '../log/scanStreams.ts';
import type { CorruptStream } from '../ports/eventStore.ts';
import {
  ROW_BYTES_MAX,
  rowBytes,
  type InvoiceRow,
  type RowTooLarge,
} from '../ports/invoiceView.ts';
import { createCompareRow, type CompareRow } from './compareRow.ts';
import { expectedInvoice, isSameRow, toInvoiceRow, type IssuedInvoice } from './invoiceRow.ts';
import {
  NO_COUNTS,
  sumCounts,
  countUpcasts,
  type ReplayCounts,
  type ReplayDependencies,
  type ReplayError,
  type ReplayOptions,
  type GrowingReplayCounts,
} from './replayCounts.ts';

type PageResult = Promise<Result<ReplayCounts, ReplayError>>;

type PageParts = Pick<ReplayDependencies, 'invoices'> & {
  readonly retry: ThrottlingRetry;
  readonly compareRow: CompareRow;
  readonly onFinding: OnFinding;
};

type OnFinding = ReplayOptions['onFinding'];

/** Writes, or in a dry run compares, the rows of the invoices in a page of streams. */
export const createReplayPage = (
  dependencies: ReplayDependencies & { readonly retry: ThrottlingRetry },
  { dryRun, signal, onFinding }: ReplayOptions,
): ((streams: ScannedStream[]) => PageResult) => {
  const parts = {
    ...dependencies,
    onFinding,
    compareRow: createCompareRow({ ...dependencies, signal }),
  };
  const settle = dryRun ? compareAll : writeAll;
  return async (streams) => {
    const { counts, issued } = judge(streams.splice(0), onFinding);
    const done = issued.length === 0 ? ok([]) : await settle(issued, parts);
    return done.map((settled) => sumCounts([counts, ...settled]));
  };
};

const ORDER = orderStreamId('');

/** Counts the events of the streams and finds their invoices, before any row is read. */
const judge = (streams: readonly ScannedStream[], onFinding: OnFinding) => {
  const counts: GrowingReplayCounts = { ...NO_COUNTS, upcast: {} };
  const issued: IssuedInvoice[] = [];
  const report = (corrupt: CorruptStream): void => {
    onFinding?.({ type: 'Unreadable', streamId: corrupt.streamId, corrupt });
    counts.unreadable += 1;
  };
  for (const { streamId, commits, corrupt, again } of streams) {
    if (corrupt !== undefined) {
      report(corrupt);
      continue;
    }
    if (!again) counts.commits += commits.length;
    if (!streamId.startsWith(ORDER)) continue;
    if (!again) countUpcasts(counts.upcast, commits);
    const invoice = expectedInvoice(streamId, commits);
    if (invoice.isErr()) report(invoice.error);
    else if (invoice.value !== undefined) {
      if (!again) counts.invoices += 1;
      issued.push(invoice.value);
    }
  }
  return { counts, issued };
};

type RowResult = Promise<Result<Partial<ReplayCounts>, ReplayError>>;

type RowResults = ResultAsync<readonly Partial<ReplayCounts>[], ReplayError>;

/** Writes only where it may change something: a write that is refused costs as much. */
const writeAll = (issued: readonly IssuedInvoice[], parts: PageParts): RowResults => {
  const { invoices, retry } = parts;
  return retry(() => invoices.versionsOf(idsOf(issued))).andThen((versions) => {
    const older = issued.filter(
      ({ document, version }) => (versions.get(document.orderId) ?? 0) < version,
    );
    const alreadyThere = issued.length - older.length;
    return mapConcurrent(older.map(toInvoiceRow), (row) => write(row, parts)).map((written) => [
      { alreadyThere },
      ...written,
    ]);
  });
};

const write = async (row: InvoiceRow, { invoices, retry, onFinding }: PageParts): RowResult => {
  const put = await retry(() => invoices.putIfNewer(row));
  if (put.isOk()) return ok(put.value === 'Written' ? { written: 1 } : { alreadyThere: 1 });
  if (put.error.type !== 'RowTooLarge') return err(put.error);
  return ok(reportTooLarge(put.error, onFinding));
};

/** Reports a row that cannot be written. It does not stop the replay of the others. */
const reportTooLarge = (tooLarge: RowTooLarge, onFinding: OnFinding): Partial<ReplayCounts> => {
  onFinding?.(tooLarge);
  return { differences: 1 };
};

const compareAll = (issued: readonly IssuedInvoice[], parts: PageParts): RowResults => {
  const { invoices, retry } = parts;
  return retry(() => invoices.getMany(idsOf(issued))).andThen((found) =>
    mapConcurrent(issued.map(toInvoiceRow), async (row) => {
      const there = found.get(row.orderId) ?? ok(undefined);
      return there.isErr() ? err(there.error) : await compare(row, there.value, parts);
    }),
  );
};

const compare = async (
  expected: InvoiceRow,
  found: InvoiceRow | undefined,
  { invoices, compareRow, onFinding }: PageParts,
): RowResult => {
  const { orderId } = expected;
  const bytes = rowBytes(expected);
  if (bytes > ROW_BYTES_MAX) {
    return ok(reportTooLarge({ type: 'RowTooLarge', orderId, bytes }, onFinding));
  }
  if (isSameRow(found, expected)) return ok({ alreadyThere: 1 });
  return (await compareRow(invoices, orderId)).map(({ difference }) => {
    if (difference === undefined) return { alreadyThere: 1 };
    onFinding?.(difference);
    return { differences: 1 };
  });
};

const idsOf = (issued: readonly IssuedInvoice[]): readonly string[] =>
  issued.map(({ document }) => document.orderId);
