import type { TelemetryRecord } from '../ports/telemetry.ts';
import type { HandlerResult } from './handlerResult.ts';
import type { SettlementChange, SettlementResult } from './settlement.ts';

const LEVELS = { Acknowledge: 'info', Retry: 'warn', Pause: 'warn', DeadLetter: 'error' } as const;

/** The one record of each handled message. */
export const handledRecord = (
  { disposition, outcome, orderId, correlationId, causationId, facts }: HandlerResult,
  change: SettlementChange,
  settled: SettlementResult,
): TelemetryRecord => ({
  level: LEVELS[disposition.type],
  event: 'message.handled',
  outcome,
  ...(orderId === undefined ? {} : { orderId }),
  correlationId,
  ...(causationId === undefined ? {} : { causationId }),
  facts: {
    ...facts,
    disposition: disposition.type,
    settled: settled.type,
    ...(disposition.type === 'DeadLetter' ? { reason: disposition.reason } : {}),
    ...(change.type === 'Release' ? { delayMs: change.delayMs } : {}),
  },
});

/**
 * A dead letter was sent before a review that was then not recorded, and the message ended
 * otherwise: it was done, or it comes again and has another dead letter if it must.
 */
export const superfluousRecord = ({
  outcome,
  orderId,
  correlationId,
}: HandlerResult): TelemetryRecord => ({
  level: 'warn',
  event: 'message.dead_letter_superfluous',
  outcome,
  ...(orderId === undefined ? {} : { orderId }),
  correlationId,
});
