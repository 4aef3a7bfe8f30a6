import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { toInvoiceRow } from '../invoiceRow.ts';
import type { EventStore, LoadError, RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { decodeCommits, orderStreamId } from '../streams.ts';

/** No gateway, queue or notifier can be given to it: a replay causes nothing but rows. */
export type ReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly invoices: InvoiceView;
};

/** What the read model lacks, or shows otherwise than the events say. */
export type Difference =
  | { readonly type: 'Missing'; readonly orderId: string; readonly expected: InvoiceRow }
  | {
      readonly type: 'Differs';
      readonly orderId: string;
      readonly expected: InvoiceRow;
      readonly found: InvoiceRow;
    }
  /** A row for which the log holds no invoice. Reported, never deleted. */
  | { readonly type: 'Unfounded'; readonly orderId: string; readonly found: InvoiceRow };

export type ReplayProgress = {
  readonly commits: number;
  /** Roughly how many there are; left out where that cannot be had. */
  readonly commitsTotal?: number;
  readonly invoices: number;
  readonly written: number;
  readonly alreadyThere: number;
  readonly differences: number;
};

export type ReplayOptions = {
  /** Parts of the log that are read side by side. */
  readonly segments: number;
  /** Writes nothing, and reports every difference instead. */
  readonly dryRun: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReplayProgress) => void;
  readonly onDifference?: (difference: Difference) => void;
};

export type ReplayError = LoadError | ViewError;

/** Rows compared or written at once by one segment. With the page being read, all that is held in memory. */
const ROWS_AT_ONCE = 16;

/**
 * Rebuilds the invoice read model from the events alone. Each row is guarded by its version, so this may run
 * beside live traffic and as often as one likes. Memory is bounded by one page for each segment.
 */
export const createReplayInvoices =
  ({ store, invoices }: ReplayDependencies) =>
  async (options: ReplayOptions): Promise<Result<ReplayProgress, ReplayError>> => {
    const progress = { commits: 0, invoices: 0, written: 0, alreadyThere: 0, differences: 0 };
    // Nothing depends on it but what is shown meanwhile, so that a refusal is no reason to stop.
    const size = (await store.size())
      .map((commitsTotal) => (commitsTotal === 0 ? {} : { commitsTotal }))
      .unwrapOr({});
    // One segment's failure stops the others at their next page.
    const failed = new AbortController();
    const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);

    const report = (difference: Difference): void => {
      progress.differences += 1;
      options.onDifference?.(difference);
    };

    const apply = async (expected: InvoiceRow): Promise<Result<void, ReplayError>> => {
      const { orderId } = expected;
      progress.invoices += 1;
      if (!options.dryRun) {
        return invoices.putIfNewer(expected).map((put) => {
          progress[put === 'Written' ? 'written' : 'alreadyThere'] += 1;
        });
      }
      return invoices.get(orderId).map((found) => {
        if (found === undefined) report({ type: 'Missing', orderId, expected });
        else if (found.version !== expected.version || found.document !== expected.document) {
          report({ type: 'Differs', orderId, expected, found });
        } else progress.alreadyThere += 1;
      });
    };

    const replaySegment = async (segment: number): Promise<Result<void, ReplayError>> => {
      // A stream's commits follow each other, also over the end of a page; it is whole when another begins.
      let group: RecordedCommit[] = [];
      const applyAll = (streams: readonly (readonly RecordedCommit[])[]) =>
        inBatches(streams.filter(hasDocument), async (stream) => {
          const row = await rowOf(store, stream);
          return row.isErr() ? err(row.error) : apply(row.value);
        });
      for await (const page of store.scan({ segment, segments: options.segments, signal })) {
        if (page.isErr()) return err(page.error);
        const ended: RecordedCommit[][] = [];
        for (const commit of page.value.commits) {
          if (group.length > 0 && group[0]?.streamId !== commit.streamId) {
            ended.push(group);
            group = [];
          }
          group.push(commit);
        }
        const done = await applyAll(ended);
        if (done.isErr()) return done;
        progress.commits += page.value.commits.length;
        options.onProgress?.({ ...progress, ...size });
      }
      // A scan that was told to stop may have ended in the middle of a stream.
      return signal.aborted ? ok(undefined) : applyAll([group]);
    };

    const findUnfounded = async (): Promise<Result<void, ReplayError>> => {
      for await (const page of invoices.list({ signal })) {
        if (page.isErr()) return err(page.error);
        const done = await inBatches(page.value, async (found) => {
          const { orderId } = found;
          return (await loadOrder(store, orderId)).map(({ invoice }) => {
            if (invoice.status === 'none') report({ type: 'Unfounded', orderId, found });
          });
        });
        if (done.isErr()) return done;
      }
      return ok(undefined);
    };

    const results = await Promise.all(
      Array.from({ length: options.segments }, async (_, segment) => {
        const result = await replaySegment(segment);
        if (result.isErr()) failed.abort();
        return result;
      }),
    );
    const broken = results.find((result) => result.isErr());
    if (broken?.isErr()) return err(broken.error);
    if (options.dryRun) {
      const checked = await findUnfounded();
      if (checked.isErr()) return err(checked.error);
    }
    return ok(progress);
  };

const hasDocument = (stream: readonly RecordedCommit[]): boolean =>
  stream.some(({ events }) =>
    events.some(({ type }) => type === 'InvoiceIssued' || type === 'CreditNoteIssued'),
  );

/** The first failure stops it, after its batch. */
const inBatches = async <T>(
  items: readonly T[],
  act: (item: T) => Promise<Result<void, ReplayError>>,
): Promise<Result<void, ReplayError>> => {
  for (let from = 0; from < items.length; from += ROWS_AT_ONCE) {
    const results = await Promise.all(items.slice(from, from + ROWS_AT_ONCE).map(act));
    const broken = results.find((result) => result.isErr());
    if (broken !== undefined) return broken;
  }
  return ok(undefined);
};

const loadOrder = async (
  store: Pick<EventStore, 'load'>,
  orderId: string,
): Promise<Result<Order.State, LoadError>> =>
  store
    .load(orderStreamId(orderId))
    .andThen(({ commits }) => decodeCommits(commits, Order.codec))
    .map((events) => Order.fold(events));

/**
 * The row of a stream that a scan has just shown. DynamoDB does not promise that a scan shows
 * a stream whole and in order: where it did not, the stream is loaded.
 */
const rowOf = async (
  store: Pick<EventStore, 'load'>,
  commits: readonly RecordedCommit[],
): Promise<Result<InvoiceRow, LoadError>> => {
  const streamId = commits[0]?.streamId ?? orderStreamId('');
  const orderId = streamId.slice(orderStreamId('').length);
  const whole = commits.every(({ version, previousHash }, index) => {
    const before = commits[index - 1];
    return before === undefined
      ? version === 1
      : version === before.version + before.events.length && previousHash === before.hash;
  });
  const state = whole
    ? decodeCommits(commits, Order.codec).map((events) => Order.fold(events))
    : await loadOrder(store, orderId);
  return state.andThen(({ invoice, version }): Result<InvoiceRow, LoadError> =>
    invoice.status === 'issued'
      ? ok(toInvoiceRow(invoice))
      : err({ type: 'CorruptStream', streamId, version, why: 'an invoice without its order' }),
  );
};
