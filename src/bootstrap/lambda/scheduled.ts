import { conclusionOf } from '../../application/audit/conclusion.ts';
import { createLogChecks } from '../../application/audit/logChecks.ts';
import type { Finding } from '../../application/audit/check.ts';
import { ROUND_COMMITS_MAX, ROUND_MAX_MS } from '../../application/reconcile/reconciler.ts';
import type { TelemetryRecord } from '../../application/ports/telemetry.ts';
import { CLOSE_SETTINGS, giveUpMs } from '../config/paymentRules.ts';
import {
  keepServing,
  named,
  openTraced,
  type LambdaContext,
  type Surroundings,
} from './functions.ts';

/** A function that a schedule invokes: whatever its event says, it does the same. */
export type ScheduledFunction = (event: unknown, context: LambdaContext) => Promise<void>;

export const RECONCILER = { services: ['reconcile', 'telemetry'] } as const;

export const AUDIT = {
  services: [
    'audit',
    'store',
    'invoices',
    'clock',
    'ids',
    'telemetry',
    'recordAudit',
    'paymentsDlq',
    'notificationsDlq',
    'countPayments',
  ],
  settings: [...CLOSE_SETTINGS],
} as const;

/**
 * The time before the end of the function in which what is under way ends, and the last records are
 * written.
 */
const STOP_MS = 30_000;
const FLUSH_MS = 5_000;

/** As for `paidonce audit`, younger facts are in progress. */
const GRACE_MS = 15 * 60_000;
const SEGMENTS = 4;
/** The number of findings that are records; all of them are counted. */
const FINDINGS_MAX = 100;

/** Runs one round of the reconciler. What it could not do, the next one does. */
export const createReconcilerFunction = (on: Surroundings): ScheduledFunction => {
  const serve = keepServing(() => openTraced(on, RECONCILER));
  return async (_event, context) => {
    const { reconcile, telemetry } = await serve();
    const signal = endOf(context, ROUND_MAX_MS);
    await reconcile({ commitsMax: ROUND_COMMITS_MAX, signal });
    await telemetry.flush(FLUSH_MS);
    if (signal.aborted) throw named('RoundCut', 'the round took too long; what it passed is kept');
  };
};

/**
 * Runs one audit of the whole log, the read model and the queues. It is recorded in the log, from
 * where the reconciler takes what it counted. A log that takes longer needs a task instead.
 */
export const createAuditFunction = (on: Surroundings): ScheduledFunction => {
  const serve = keepServing(() => openTraced(on, AUDIT));
  return async (_event, context) => {
    const { audit, store, invoices, clock, ids, telemetry, recordAudit, config, ...queues } =
      await serve();
    const startedAt = clock.now();
    const signal = endOf(context, Infinity);
    const bounds = { graceMs: GRACE_MS, giveUpMs: giveUpMs(config), signal };
    const log = createLogChecks({ store, clock, ids, invoices, queues }, bounds);
    let found = 0;
    const audited = await audit({
      segments: SEGMENTS,
      checks: log.checks,
      signal,
      onFinding: (finding) => {
        found += 1;
        if (found <= FINDINGS_MAX) telemetry.record(findingRecord(finding));
      },
    });
    if (audited.isErr()) throw named(audited.error.type, 'the log could not be audited');
    if (signal.aborted) throw named('AuditCut', 'the log is too long to be audited by a function');
    const counted = conclusionOf(audited.value, log.waiting(), startedAt);
    const conclusion = { ...counted, endedAt: clock.now(), manifestSha256: '' };
    const recorded = await recordAudit(conclusion);
    await telemetry.flush(FLUSH_MS);
    if (recorded.isErr()) throw named(recorded.error.type, 'the audit could not be recorded');
  };
};

const findingRecord = ({ invariant, streamId, version, why }: Finding): TelemetryRecord => ({
  level: 'error',
  event: 'audit.finding',
  outcome: invariant,
  facts: { streamId, why, ...(version === undefined ? {} : { version }) },
});

/** Fires in time before the function is cut off, and after `longestMs` at the latest. */
const endOf = (context: LambdaContext, longestMs: number): AbortSignal =>
  AbortSignal.timeout(
    Math.max(1, Math.min(longestMs, context.getRemainingTimeInMillis() - STOP_MS)),
  );
