import type { PeekedQueue } from '../deadLetters/peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageQueue } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { assessDeadLetters, triedSince, type TrialCheck } from './assessDeadLetters.ts';
import { createCheckSeries, type SeriesCheckOptions, type SeriesReport } from './checkSeries.ts';
import type { NumberFinding } from './checkNumbers.ts';
import { loadLastAudit } from '../registry/auditRecords.ts';
import { createLoadOrder, type KnownOrder, type LoadOrder } from '../log/loadOrder.ts';
import { createPush, type PushResult } from './pushes.ts';
import { createReadGatewayEvents, type GatewayEventDependencies } from './readGatewayEvents.ts';
import { DEAD_LETTERS_MAX, readDeadLetters } from '../deadLetters/deadLetter.ts';
import {
  auditReport,
  failureReport,
  gatewayEventReport,
  deadLetterReport,
  numberReport,
  reviewReport,
  roundReport,
  type ReconcileFailure,
  type RoundReport,
} from './report.ts';

/**
 * By their types these can send, append and record, and list the gateway's events, but neither
 * charge, mail nor delete a message.
 */
export type ReconcileDependencies = {
  readonly store: EventStore;
  readonly payments: Pick<MessageQueue, 'send'>;
  readonly paymentsDlq: PeekedQueue;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Pick<Telemetry, 'record'>;
  readonly series: readonly string[];
} & Pick<GatewayEventDependencies, 'gatewayEvents' | 'claims' | 'knownDeployment'>;

export type RoundOptions = {
  /** Checks every number again, not only those behind the stored cursor. */
  readonly fromStart?: boolean;
  /** Sends, stores and records nothing, and reports the pushes that would be made. */
  readonly dryRun?: boolean;
  readonly commitsMax?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: SeriesCheckOptions['onProgress'];
};

export type Reconcile = (options?: RoundOptions) => Promise<RoundReport>;

/**
 * One round: the dead-letter queue, every series, the gateway's list of events, and the counts of
 * the last audit. A part that fails is reported, keeps no other from being done, and is done again
 * in the next round. Reconcilers may work side by side.
 */
export const createReconcile = (deps: ReconcileDependencies): Reconcile => {
  const { clock, series } = deps;
  const loadOrder = createLoadOrder(deps);
  const sendPushes = createPush(deps);
  const readGatewayEvents = createReadGatewayEvents(deps);
  const checks = [...new Set(series)].map((name) => ({
    name,
    check: createCheckSeries(name, deps),
  }));

  return async (options = {}) => {
    const { fromStart = false, dryRun = false, commitsMax = Infinity, signal } = options;
    const notes = createNotes(deps, dryRun);
    const push = async (orders: readonly KnownOrder[]): Promise<void> =>
      notes.pushed(await sendPushes(orders, { dryRun }));

    const found = await checkDeadLetters(deps, { loadOrder, signal, notes, push });
    const reports: SeriesReport[] = [];
    for (const { name, check } of checks) {
      const checked = await check({
        fromStart,
        dryRun,
        commitsMax,
        signal,
        onProgress: options.onProgress ?? (() => undefined),
        onFindings: async (findings) => {
          for (const finding of findings) notes.record(numberReport(finding, clock.now()));
          await push(toPush(findings, found?.isTried ?? (() => false)));
        },
      });
      if (checked.isErr()) notes.fail({ part: `series ${name}`, error: checked.error });
      else reports.push(checked.value);
    }

    const read = await readGatewayEvents({ dryRun, signal });
    if (read.isErr()) notes.fail({ part: 'gateway events', error: read.error });
    else notes.record(gatewayEventReport(read.value, clock.now()));

    const audited = await loadLastAudit(deps.store);
    if (audited.isErr()) notes.fail({ part: 'last audit', error: audited.error });
    else if (audited.value !== undefined) notes.record(auditReport(audited.value, clock.now()));

    const report: RoundReport = {
      series: reports,
      ...(read.isOk() && { gatewayEvents: read.value }),
      reviews: found?.reviews ?? [],
      ...notes.ends(),
      ...(found && { deadLetters: found.deadLetters }),
    };
    if (signal?.aborted !== true) notes.record(roundReport(report, clock.now()));
    return report;
  };
};

const createNotes = ({ telemetry }: Pick<ReconcileDependencies, 'telemetry'>, dryRun: boolean) => {
  const pushed = new Set<string>();
  const failures: ReconcileFailure[] = [];
  const record: Telemetry['record'] = (fields) => void (dryRun || telemetry.record(fields));
  const fail = (failure: ReconcileFailure): void => {
    // An aborted call is no failure: this round was asked to stop.
    if (failure.error.type === 'Aborted') return;
    failures.push(failure);
    record(failureReport(failure));
  };
  return {
    record,
    fail,
    pushed: ({ orderIds, failure }: PushResult): void => {
      for (const orderId of orderIds) pushed.add(orderId);
      if (failure !== undefined) fail({ part: 'pushes', error: failure });
    },
    ends: () => ({ pushed: [...pushed], failures }),
  };
};

type DeadLetterCheck = {
  readonly loadOrder: LoadOrder;
  readonly signal: AbortSignal | undefined;
  readonly notes: ReturnType<typeof createNotes>;
  readonly push: (orders: readonly KnownOrder[]) => Promise<void>;
};

/** Undefined where the dead-letter queue or an order could not be read, or the round is to stop. */
const checkDeadLetters = async (
  { clock, paymentsDlq }: Pick<ReconcileDependencies, 'clock' | 'paymentsDlq'>,
  { loadOrder, signal, notes: { record, fail }, push }: DeadLetterCheck,
) => {
  const read = await readDeadLetters(paymentsDlq, {
    of: 'payments',
    clock,
    deadLettersMax: DEAD_LETTERS_MAX,
    ...(signal && { signal }),
    onKept: (count) =>
      record({ level: 'warn', event: 'reconcile.dead_letters_kept', facts: { count } }),
  });
  if (read.isErr()) return fail({ part: 'dead letters', error: read.error });
  const isTried = triedSince(read.value);
  const assessed = await assessDeadLetters(read.value, { loadOrder, isTried, signal });
  if (assessed.isErr()) return fail({ part: 'dead letters', error: assessed.error });
  if (signal?.aborted === true) return undefined;
  const { deadLetters, reviews, needPush } = assessed.value;
  for (const deadLetter of deadLetters) record(deadLetterReport(deadLetter, clock.now()));
  for (const review of reviews) record(reviewReport(review, clock.now()));
  await push(needPush);
  return { deadLetters, reviews, isTried };
};

/** An order that is driven on looks into the series first, also where it is in review (R8). */
const toPush = (findings: readonly NumberFinding[], isTried: TrialCheck): readonly KnownOrder[] =>
  findings.flatMap(({ type, order, number: { date } }) => {
    if (type !== 'Undocumented' || order === undefined) return [];
    return isTried(order.orderId, Math.max(order.changedAt, date)) ? [] : [order];
  });
