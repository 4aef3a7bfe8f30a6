import type { AuditConclusion } from '../../domain/registry/index.ts';
import type { Metric, TelemetryRecord } from '../ports/telemetry.ts';
import type { DeadLetterReport, ReviewReport } from './assessDeadLetters.ts';
import type { NumberFinding } from './checkNumbers.ts';
import type { LoadError, RecordError } from '../ports/eventStore.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { SeriesReport } from './checkSeries.ts';
import type { PushError } from './pushes.ts';
import type { GatewayEventError, GatewayEventReport } from './readGatewayEvents.ts';

export type ReconcileFailure = {
  /** Every part that is not named was done. */
  readonly part: `series ${string}` | 'dead letters' | 'gateway events' | 'pushes' | 'last audit';
  readonly error: RecordError | QueueError | PushError | GatewayEventError | LoadError;
};

export type RoundReport = {
  readonly series: readonly SeriesReport[];
  /** Absent where the dead-letter queue could not be read. */
  readonly deadLetters?: readonly DeadLetterReport[];
  readonly reviews: readonly ReviewReport[];
  /** Absent where the gateway's list of events could not be read, or no gateway is known. */
  readonly gatewayEvents?: GatewayEventReport;
  /** The orders to which a `ResumeOrder` was sent, or would be. */
  readonly pushed: readonly string[];
  readonly failures: readonly ReconcileFailure[];
};

/**
 * Reports an alarm: the series says that a document exists, and its order's stream has none or
 * another.
 */
export const numberReport = (
  { type, series, orderId, number: { id, year, number, date }, why }: NumberFinding,
  now: number,
): TelemetryRecord => ({
  level: 'error',
  event:
    type === 'Contradicted' ? 'reconcile.number_contradicted' : 'reconcile.number_without_document',
  orderId,
  outcome: type,
  facts: { series, id, year, number, why, ageMs: now - date },
});

/**
 * Reports that a person has to decide. The age is a metric, so that an alarm can find a neglected
 * review.
 */
export const reviewReport = (
  { orderId, refundId, reason, since }: ReviewReport,
  now: number,
): TelemetryRecord => ({
  level: 'error',
  event: 'review.waiting',
  orderId,
  outcome: reason,
  ...(refundId === undefined ? {} : { facts: { refundId } }),
  metrics: { ReviewAge: one('Seconds', seconds(now - since)) },
});

/** Reports dead letters. It is no alarm: the queue's own metric is one, and fires sooner. */
export const deadLetterReport = (
  { messageId, orderId, command, reason, sentAt, state }: DeadLetterReport,
  now: number,
): TelemetryRecord => ({
  level: 'warn',
  event: 'reconcile.dead_letter',
  messageId,
  ...(orderId === undefined ? {} : { orderId }),
  outcome: state,
  facts: { reason, ageMs: now - sentAt, ...(command === undefined ? {} : { command }) },
});

/** Reports events of which no webhook came. Events that the gateway has forgotten are an alarm. */
export const gatewayEventReport = (
  { from, upTo, events, sent, isGap }: GatewayEventReport,
  now: number,
): TelemetryRecord => ({
  level: isGap ? 'error' : 'info',
  event: isGap ? 'reconcile.gateway_events_gap' : 'reconcile.gateway_events',
  facts: {
    from: new Date(from).toISOString(),
    upTo: new Date(upTo).toISOString(),
    events,
    sent: sent.length,
  },
  metrics: {
    GatewayEventsMissed: one('Count', sent.length),
    GatewayEventsBehind: one('Seconds', seconds(now - upTo)),
  },
});

/**
 * Reports the counts of the last audit, in every round: an alarm needs a figure that is there all
 * the time, and an audit is made once a day, wherever that is. Its findings are errors until the
 * next one.
 */
export const auditReport = (
  { endedAt, findings, disputes, disputesDueBy }: AuditConclusion,
  now: number,
): TelemetryRecord => ({
  level: 'info',
  event: 'reconcile.last_audit',
  facts: { endedAt: new Date(endedAt).toISOString() },
  metrics: {
    AuditAge: one('Seconds', seconds(now - endedAt)),
    AuditFindings: one('Count', findings),
    DisputesOpen: one('Count', disputes),
    ...(disputesDueBy > now ? { DisputeDueIn: one('Seconds', seconds(disputesDueBy - now)) } : {}),
  },
});

/** Reports a failure. Nothing is lost by it: the next round does the part again. */
export const failureReport = ({ part, error }: ReconcileFailure): TelemetryRecord => ({
  level: error.type === 'Unavailable' ? 'warn' : 'error',
  event: 'reconcile.failed',
  outcome: error.type,
  facts: {
    part,
    ...('dependency' in error ? { dependency: error.dependency } : {}),
    ...('cause' in error ? { cause: error.cause } : {}),
    ...('why' in error ? { why: error.why, version: error.version } : {}),
    ...('code' in error ? { code: error.code } : {}),
  },
});

/** Reports the state after this round. A figure that could not be read is left out, not 0. */
export const roundReport = (report: RoundReport, now: number): TelemetryRecord => {
  const { series, deadLetters, reviews, pushed, failures } = report;
  const findings = series.flatMap((each) => each.findings);
  const areNumbersKnown = failures.every(({ part }) => !part.startsWith('series '));
  const oldest = Math.max(0, ...reviews.map(({ since }) => now - since));
  return {
    level: 'info',
    event: 'reconcile.round',
    outcome: failures.length === 0 ? 'complete' : 'incomplete',
    facts: {
      numbers: series.reduce((sum, { numbers }) => sum + numbers, 0),
      pushed: pushed.length,
      failures: failures.length,
    },
    metrics: {
      ...(areNumbersKnown ? { NumbersWithoutDocument: one('Count', findings.length) } : {}),
      ...(deadLetters === undefined
        ? {}
        : {
            DeadLettersOpen: one('Count', deadLetters.length),
            ReviewsOpen: one('Count', reviews.length),
            ReviewAgeMax: one('Seconds', seconds(oldest)),
          }),
    },
  };
};

const one = (unit: Metric['unit'], value: number): Metric => ({ unit, values: [value] });

const seconds = (ms: number): number => Math.max(0, Math.round(ms / 1000));
