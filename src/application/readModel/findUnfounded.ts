import { err, ok, type Result } from 'neverthrow';
import { mapConcurrent } from '../log/mapConcurrent.ts';
import type { RecordedCommit } from '../ports/eventStore.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import { createRateLimit } from '../log/rateLimit.ts';
import type { ThrottlingRetry } from '../log/retryThrottled.ts';
import type { ReplayDependencies, ReplayError, ReplayOptions } from './replayOptions.ts';
import type { ReplayCounts } from './replayCounts.ts';
import { expectedRow } from './invoiceRow.ts';
import { createCompareRow } from './compareRow.ts';

/**
 * A strongly consistent read of this many bytes costs one unit, and an order's stream is rarely
 * larger.
 */
const UNIT_BYTES = 4_096;

/**
 * Finds rows without an event. Each row's stream is read, within the budget, and none is kept in
 * memory.
 */
export const findUnfounded = async (
  dependencies: ReplayDependencies & { readonly retry: ThrottlingRetry },
  { readUnitsPerSecond, signal, onFinding }: ReplayOptions,
): Promise<Result<Partial<ReplayCounts>, ReplayError>> => {
  const { store, invoices, clock, retry } = dependencies;
  const compareRow = createCompareRow({ ...dependencies, signal });
  const rateLimit = createRateLimit(readUnitsPerSecond, clock);
  let differences = 0;

  const check = async (orderId: string): Promise<Result<void, ReplayError>> => {
    const streamId = orderStreamId(orderId);
    const settle = await rateLimit.take(1, signal);
    const loaded = await retry(() => store.load(streamId));
    settle(loaded.isOk() ? unitsOf(loaded.value.commits) : 1);
    const expected = loaded.andThen(({ commits }) => expectedRow(streamId, commits));
    if (expected.isErr()) {
      // The scan has already reported that the stream cannot be read.
      return expected.error.type === 'CorruptStream' ? ok() : err(expected.error);
    }
    if (expected.value !== undefined) return ok();
    return (await compareRow(invoices, orderId)).map(({ difference }) => {
      if (difference === undefined) return;
      differences += 1;
      onFinding?.(difference);
    });
  };

  for await (const page of invoices.list(signal && { signal })) {
    if (page.isErr()) return err(page.error);
    const checked = await mapConcurrent(page.value, ({ orderId }) => check(orderId), signal);
    if (checked.isErr()) return err(checked.error);
  }
  return ok({ differences });
};

const unitsOf = (commits: readonly RecordedCommit[]): number =>
  Math.max(1, Math.ceil(JSON.stringify(commits).length / UNIT_BYTES));
