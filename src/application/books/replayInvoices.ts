import { err, ok, type Result } from 'neverthrow';
import * as Order from '../../domain/order/index.ts';
import { toInvoiceRow } from '../invoiceRow.ts';
import { inBatches } from '../inBatches.ts';
import type { Clock } from '../ports/clock.ts';
import type { CorruptStream, EventStore, LoadError, RecordedCommit } from '../ports/eventStore.ts';
import type { InvoiceRow, InvoiceView, ViewError } from '../ports/invoiceView.ts';
import { decodeCommits, orderStreamId } from '../streams.ts';
import { scanStreams, type ScannedStream } from './scanStreams.ts';

/** No gateway, queue or notifier can be given to it: a replay causes nothing but rows. */
export type ReplayDependencies = {
  readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>;
  readonly invoices: InvoiceView;
  readonly clock: Clock;
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

/**
 * Rebuilds the invoice read model from the events alone. Each row is guarded by its version, so this may run
 * beside live traffic and as often as one likes. Memory is bounded by one page for each segment.
 */
export const createReplayInvoices =
  ({ store, invoices, clock }: ReplayDependencies) =>
  async (options: ReplayOptions): Promise<Result<ReplayProgress, ReplayError>> => {
    const progress = { commits: 0, invoices: 0, written: 0, alreadyThere: 0, differences: 0 };
    // Nothing depends on it but what is shown meanwhile, so that a refusal is no reason to stop.
    const size = (await store.size())
      .map((commitsTotal) => (commitsTotal === 0 ? {} : { commitsTotal }))
      .unwrapOr({});
    const listing = options.signal === undefined ? {} : { signal: options.signal };

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

    const visit = (streams: readonly ScannedStream[]): Promise<Result<void, ReplayError>> =>
      inTurns(streams, async (stream) => {
        if (stream.corrupt !== undefined) return err(stream.corrupt);
        if (!hasDocument(stream.commits)) return ok();
        const row = rowOf(stream);
        return row.isErr() ? err(row.error) : apply(row.value);
      });

    const findUnfounded = async (): Promise<Result<void, ReplayError>> => {
      for await (const page of invoices.list(listing)) {
        if (page.isErr()) return err(page.error);
        const done = await inTurns(page.value, async (found) => {
          const { orderId } = found;
          return (await loadOrder(store, orderId)).map(({ invoice }) => {
            if (invoice.status === 'none') report({ type: 'Unfounded', orderId, found });
          });
        });
        if (done.isErr()) return done;
      }
      return ok(undefined);
    };

    const scanned = await scanStreams(
      { store, clock },
      {
        segments: options.segments,
        signal: options.signal,
        visit,
        onPage: (_segment, _place, { commits }) => {
          progress.commits = commits;
          options.onProgress?.({ ...progress, ...size });
        },
      },
    );
    if (scanned.isErr()) return err(scanned.error);
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

const inTurns = async <T>(
  items: readonly T[],
  act: (item: T) => Promise<Result<void, ReplayError>>,
): Promise<Result<void, ReplayError>> => (await inBatches(items, act)).map(() => undefined);

const loadOrder = async (
  store: Pick<EventStore, 'load'>,
  orderId: string,
): Promise<Result<Order.State, LoadError>> =>
  store
    .load(orderStreamId(orderId))
    .andThen(({ commits }) => decodeCommits(commits, Order.codec))
    .map((events) => Order.fold(events));

const rowOf = ({ streamId, commits }: ScannedStream): Result<InvoiceRow, CorruptStream> =>
  decodeCommits(commits, Order.codec)
    .map((events) => Order.fold(events))
    .andThen(({ invoice, version }): Result<InvoiceRow, CorruptStream> =>
      invoice.status === 'issued'
        ? ok(toInvoiceRow(invoice))
        : err({
            type: 'CorruptStream',
            streamId,
            version,
            why: 'an invoice without its order',
          }),
    );
