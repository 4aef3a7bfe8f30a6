import { ok, safeTry, type ResultAsync } from 'neverthrow';
import { isSameRow, expectedRow } from './invoiceRow.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, LoadedStream, LoadError } from '../ports/eventStore.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { orderStreamId } from '../log/eventStreams.ts';
import type { ThrottlingRetry } from '../log/rateLimit.ts';

export type RowDifference =
  | { readonly type: 'Missing'; readonly orderId: string; readonly expected: InvoiceRow }
  | {
      readonly type: 'Differs';
      readonly orderId: string;
      readonly expected: InvoiceRow;
      readonly found: InvoiceRow;
    }
  /** A row for which the log holds no invoice. It is reported, and never deleted. */
  | { readonly type: 'Unfounded'; readonly orderId: string; readonly found: InvoiceRow };

export type RowComparison = {
  readonly expected: InvoiceRow | undefined;
  readonly difference: RowDifference | undefined;
};

/** The live path writes the row after the events: a younger one may be on its way. */
const UNDER_WAY_MS = 60_000;
const PAUSE_MS = 1_000;

export type CompareRow = (
  view: Pick<InvoiceView, 'get'>,
  orderId: string,
) => ResultAsync<RowComparison, LoadError | ViewError>;

/**
 * Compares a row that seems wrong with the log itself. The row is read before the events, so that
 * live traffic in between only makes it look late. A row that is late and new is read once more.
 */
export const createCompareRow =
  ({
    store,
    clock,
    retry,
    signal,
    onLoaded,
  }: {
    readonly store: Pick<EventStore, 'load'>;
    readonly clock: Clock;
    readonly retry: ThrottlingRetry;
    readonly signal?: AbortSignal | undefined;
    readonly onLoaded?: (stream: LoadedStream) => void;
  }): CompareRow =>
  (view, orderId) =>
    safeTry(async function* () {
      const streamId = orderStreamId(orderId);
      for (let isLast = false; ; isLast = true) {
        const found = yield* retry(() => view.get(orderId));
        const loaded = yield* retry(() => store.load(streamId));
        onLoaded?.(loaded);
        const { commits } = loaded;
        const expected = yield* expectedRow(streamId, commits);
        const difference = differenceOf(orderId, expected, found);
        const isLate = (found?.version ?? 0) < (expected?.version ?? 0);
        const age = clock.now() - (commits.at(-1)?.committedAt ?? 0);
        if (difference === undefined || isLast || !isLate || age > UNDER_WAY_MS) {
          return ok({ expected, difference });
        }
        await clock.sleep(PAUSE_MS, signal);
      }
    });

const differenceOf = (
  orderId: string,
  expected: InvoiceRow | undefined,
  found: InvoiceRow | undefined,
): RowDifference | undefined => {
  if (isSameRow(expected, found)) return undefined;
  if (expected === undefined) {
    return found === undefined ? undefined : { type: 'Unfounded', orderId, found };
  }
  return found === undefined
    ? { type: 'Missing', orderId, expected }
    : { type: 'Differs', orderId, expected, found };
};
