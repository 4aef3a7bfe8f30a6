import type { PeekedQueue } from '../deadLetters/peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageQueue, QueueError } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import {
  assessDeadLetters,
  triedSince,
  type TrialCheck,
  type DeadLetterReport,
  type ReviewReport,
} from './assessDeadLetters.ts';
import {
  createCheckSeries,
  type SeriesCheckError,
  type SeriesCheckOptions,
  type SeriesReport,
} from './checkSeries.ts';
import type { NumberFinding } from './checkNumbers.ts';
import { createLoadOrder, type KnownOrder } from './loadOrder.ts';
import { createPushes, type PushError } from './pushes.ts';
import { DEAD_LETTERS_MAX, readDeadLetters } from '../deadLetters/read.ts';
import {
  failureReport,
  deadLetterReport,
  numberReport,
  reviewReport,
  roundReport,
} from './report.ts';

/** By type it can send, append and record, and neither charge nor mail nor delete a message. */
export type ReconcileDependencies = {
  readonly store: EventStore;
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly paymentsDlq: PeekedQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Pick<Telemetry, 'record'>;
  /** Names of the series whose numbers must have documents. */
  readonly series: readonly string[];
};

export type RoundOptions = {
  /** Checks every number again, not only those behind the stored cursor. */
  readonly fromStart?: boolean;
  /** Sends, stores and records nothing, and reports what would be done. */
  readonly dryRun?: boolean;
  readonly commitsMax?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: SeriesCheckOptions['onProgress'];
};

export type ReconcileFailure = {
  /** What is not named was done. */
  readonly part: `series ${string}` | 'dead letters' | 'pushes';
  readonly error: SeriesCheckError | QueueError | PushError;
};

export type RoundReport = {
  readonly series: readonly SeriesReport[];
  /** Absent where the dead-letter queue could not be read. */
  readonly letters?: readonly DeadLetterReport[];
  readonly reviews: readonly ReviewReport[];
  /** The orders that were sent a `ResumeOrder`, or would be. */
  readonly pushed: readonly string[];
  readonly failures: readonly ReconcileFailure[];
};

export type Reconcile = (options?: RoundOptions) => Promise<RoundReport>;

/**
 * One round: what lies in the dead-letter queue, then every series. A part that fails is reported, keeps no
 * other from being done, and is done again in the next round. Reconcilers may work side by side.
 */
export const createReconcile = (deps: ReconcileDependencies): Reconcile => {
  const { clock, telemetry, paymentsDlq, series } = deps;
  const loadOrder = createLoadOrder(deps);
  const pushes = createPushes(deps);
  const audits = [...new Set(series)].map((name) => ({
    name,
    audit: createCheckSeries(name, deps),
  }));

  return async (options = {}) => {
    const { fromStart = false, dryRun = false, commitsMax = Infinity, signal } = options;
    const record: Telemetry['record'] = (told) => void (dryRun || telemetry.record(told));
    const pushed = new Set<string>();
    const failures: ReconcileFailure[] = [];

    const fail = (failure: ReconcileFailure): void => {
      // Whoever stopped this round knows it.
      if (failure.error.type === 'Aborted') return;
      failures.push(failure);
      record(failureReport(failure));
    };
    const push = async (orders: readonly KnownOrder[]): Promise<void> => {
      const { orderIds, failure } = await pushes.send(orders, { dryRun });
      for (const orderId of orderIds) pushed.add(orderId);
      if (failure !== undefined) fail({ part: 'pushes', error: failure });
    };

    const checkDeadLetters = async () => {
      const read = await readDeadLetters(paymentsDlq, {
        of: 'payments',
        clock,
        deadLettersMax: DEAD_LETTERS_MAX,
        ...(signal && { signal }),
        onKept: (count) =>
          record({ level: 'warn', event: 'reconcile.letters_kept', facts: { count } }),
      });
      if (read.isErr()) return fail({ part: 'dead letters', error: read.error });
      const isTried = triedSince(read.value);
      const assessed = await assessDeadLetters(read.value, { loadOrder, isTried, signal });
      if (assessed.isErr()) return fail({ part: 'dead letters', error: assessed.error });
      if (signal?.aborted === true) return undefined;
      const { letters: deadLetters, reviews, needPush } = assessed.value;
      for (const deadLetter of deadLetters) record(deadLetterReport(deadLetter, clock.now()));
      for (const review of reviews) record(reviewReport(review, clock.now()));
      await push(needPush);
      return { letters: deadLetters, reviews, isTried };
    };

    const seen = await checkDeadLetters();
    const reports: SeriesReport[] = [];
    for (const { name, audit } of audits) {
      const audited = await audit({
        fromStart,
        dryRun,
        commitsMax,
        signal,
        onProgress: options.onProgress ?? (() => undefined),
        onFindings: async (findings) => {
          for (const finding of findings) record(numberReport(finding, clock.now()));
          await push(toPush(findings, seen?.isTried ?? (() => false)));
        },
      });
      if (audited.isErr()) fail({ part: `series ${name}`, error: audited.error });
      else reports.push(audited.value);
    }

    const report: RoundReport = {
      series: reports,
      reviews: seen?.reviews ?? [],
      pushed: [...pushed],
      failures,
      ...(seen && { letters: seen.letters }),
    };
    if (signal?.aborted !== true) record(roundReport(report, clock.now()));
    return report;
  };
};

/** Whoever drives the order looks into the series first, also where a person was to look (R8). */
const toPush = (findings: readonly NumberFinding[], isTried: TrialCheck): readonly KnownOrder[] =>
  findings.flatMap(({ type, order, number: { date } }) => {
    if (type !== 'Undocumented' || order === undefined) return [];
    return isTried(order.orderId, Math.max(order.changedAt, date)) ? [] : [order];
  });
