import { ok, ResultAsync, type Result } from 'neverthrow';
import { createAudit } from '../audit/audit.ts';
import type { AuditError } from '../audit/check.ts';
import { createObligationsCheck } from '../audit/checks/obligationsCheck.ts';
import { createUnknownCheck } from '../audit/checks/unknownCheck.ts';
import type { WaitingItem, WaitingList } from '../audit/waiting.ts';
import type { ScanBounds } from '../log/scanStreams.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type * as Registry from '../../domain/registry/index.ts';

/** The number of those that wait, and when the oldest began to; absent where there is none. */
export type WaitingCount = { readonly count: number; readonly since?: number };

/** The orders that wait, as of a time. */
export type OrdersStanding = {
  /** `audit`: the last audit counted it. `log`: the log was read for this. */
  readonly source: 'audit' | 'log';
  readonly at: number;
  /** Orders that a worker has to drive on. */
  readonly open: WaitingCount;
  /** Requests to move money whose outcome is not known yet. */
  readonly unknown: WaitingCount;
  /** Payments and refunds that wait for a person. An audit does not count them by reason. */
  readonly inReview: WaitingCount;
  readonly reviews: readonly (WaitingCount & { readonly reason: string })[];
  /** Open disputes, and those whose bank takes no more evidence. An audit does not record them. */
  readonly disputes?: WaitingCount;
  readonly disputesOverdue?: WaitingCount;
  /**
   * Whether the log was read to its end; otherwise it was stopped at the bound, and there may be
   * more.
   */
  readonly isWhole: boolean;
  readonly commits: number;
};

const waiting = (count: number, since: number | undefined): WaitingCount =>
  count === 0 || since === undefined || since === 0 ? { count } : { count, since };

export const standingOfAudit = (audit: Registry.AuditConclusion): OrdersStanding => ({
  source: 'audit',
  at: audit.startedAt,
  open: waiting(audit.open, audit.openSince),
  unknown: waiting(audit.unknown, audit.unknownSince),
  inReview: waiting(audit.inReview, audit.inReviewSince),
  reviews: [],
  isWhole: true,
  commits: audit.commits,
});

type Scan = Omit<ScanBounds, 'signal'> & {
  readonly commitsMax: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (commits: number, total: number | undefined) => void;
};

/** The number of items of each kind that are remembered: the oldest ones. */
const LISTED_MAX = 10_000;

/**
 * Reads the standing from the log, by the checks of an audit, which find nothing here and only
 * count.
 */
export const readStanding = (
  {
    store,
    clock,
  }: { readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>; readonly clock: Clock },
  scan: Scan,
): ResultAsync<OrdersStanding, AuditError> => new ResultAsync(count({ store, clock }, scan));

const count = async (
  reading: { readonly store: Pick<EventStore, 'scan' | 'load' | 'size'>; readonly clock: Clock },
  { commitsMax, onProgress, signal, ...bounds }: Scan,
): Promise<Result<OrdersStanding, AuditError>> => {
  const obligations = createObligationsCheck(reading, { graceMs: 0, listedMax: LISTED_MAX });
  const requests = createUnknownCheck(reading, { overdueMs: Infinity, listedMax: LISTED_MAX });
  const enough = new AbortController();
  const at = reading.clock.now();
  const audited = await createAudit(reading)({
    ...bounds,
    checks: [obligations, requests],
    signal: AbortSignal.any([enough.signal, ...(signal === undefined ? [] : [signal])]),
    onProgress: ({ commits, commitsTotal }) => {
      onProgress?.(commits, commitsTotal);
      if (commits >= commitsMax) enough.abort();
    },
  });
  return audited.andThen(({ commits, unreadable }) => {
    const inReview = obligations.inReview();
    return ok<OrdersStanding>({
      source: 'log',
      at,
      open: waitingIn(obligations.open()),
      unknown: waitingIn(requests.unknown()),
      inReview: waitingIn(inReview),
      reviews: byReason(inReview.oldest),
      disputes: waitingIn(obligations.disputes()),
      disputesOverdue: waitingIn(obligations.disputesOverdue()),
      isWhole: !enough.signal.aborted && signal?.aborted !== true && unreadable === 0,
      commits,
    });
  });
};

const waitingIn = ({ count: all, oldest }: WaitingList): WaitingCount =>
  waiting(all, oldest[0]?.since);

const byReason = (items: readonly WaitingItem[]): OrdersStanding['reviews'] =>
  Object.entries(Object.groupBy(items, ({ why }) => why)).map(([reason, group = []]) => ({
    reason,
    ...waiting(group.length, group[0]?.since),
  }));
