import { err, ok, type Result } from 'neverthrow';
import type { CorruptStream } from '../ports/eventStore.ts';
import {
  ROW_BYTES_MAX,
  rowBytes,
  type InvoiceRow,
  type RowTooLarge,
} from '../ports/invoiceView.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import type { ThrottlingRetry } from '../log/retryThrottled.ts';
import type { ReplayDependencies, ReplayError, ReplayOptions } from './replayOptions.ts';
import type { ScannedStream } from '../log/scanStreams.ts';
import { upcastIn, type ReplayCounts } from './replayCounts.ts';
import { expectedRow } from './invoiceRow.ts';
import { createCompareRow } from './compareRow.ts';
import { isSameRow } from './invoiceRow.ts';

type ReplayStreamResult = Promise<Result<Partial<ReplayCounts>, ReplayError>>;

const ORDER = orderStreamId('');

/** Handles one stream in a replay: writes the row of its invoice, or compares it in a dry run. */
export const createReplayStream = (
  dependencies: ReplayDependencies & { readonly retry: ThrottlingRetry },
  { dryRun, signal, onFinding }: ReplayOptions,
): ((stream: ScannedStream) => ReplayStreamResult) => {
  const { invoices, retry } = dependencies;
  const compareRow = createCompareRow({ ...dependencies, signal });

  /** It does not stop the replay: the other rows are written. */
  const reportTooLarge = (tooLarge: RowTooLarge): Partial<ReplayCounts> => {
    onFinding?.(tooLarge);
    return { differences: 1 };
  };

  const write = async (row: InvoiceRow): ReplayStreamResult => {
    const put = await retry(() => invoices.putIfNewer(row));
    if (put.isOk()) return ok(put.value === 'Written' ? { written: 1 } : { alreadyThere: 1 });
    return put.error.type === 'RowTooLarge' ? ok(reportTooLarge(put.error)) : err(put.error);
  };

  const compare = async (expected: InvoiceRow): ReplayStreamResult => {
    const { orderId } = expected;
    const bytes = rowBytes(expected);
    if (bytes > ROW_BYTES_MAX) return ok(reportTooLarge({ type: 'RowTooLarge', orderId, bytes }));
    const found = await retry(() => invoices.get(expected.orderId));
    if (found.isErr()) return err(found.error);
    if (isSameRow(found.value, expected)) return ok({ alreadyThere: 1 });
    return (await compareRow(invoices, expected.orderId)).map(({ difference }) => {
      if (difference === undefined) return { alreadyThere: 1 };
      onFinding?.(difference);
      return { differences: 1 };
    });
  };

  const report = (corrupt: CorruptStream): Partial<ReplayCounts> => {
    onFinding?.({ type: 'Unreadable', streamId: corrupt.streamId, corrupt });
    return { unreadable: 1 };
  };

  return async ({ streamId, commits, corrupt, again }) => {
    if (corrupt !== undefined) return ok(report(corrupt));
    if (!streamId.startsWith(ORDER)) return ok(again ? {} : { commits: commits.length });
    const about = again ? {} : { commits: commits.length, upcast: upcastIn(commits) };
    const expected = expectedRow(streamId, commits);
    if (expected.isErr()) return ok({ ...about, ...report(expected.error) });
    if (expected.value === undefined) return ok(about);
    const done = await (dryRun ? compare(expected.value) : write(expected.value));
    return done.map((more) => ({ ...about, ...(again ? {} : { invoices: 1 }), ...more }));
  };
};
