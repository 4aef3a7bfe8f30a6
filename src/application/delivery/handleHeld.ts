import type { DeliveryDependencies } from './dependencies.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';
import { type AttemptCounts, AT_ONCE, settleChangeOf, type Releases } from './settle.ts';
import type { Backpressure } from './backpressure.ts';
import { beforeGivenUp, handlerResult, type HandlerResult } from './handlerResult.ts';
import type { Hold } from './hold.ts';
import type { Metrics } from './metrics.ts';
import { createOwnDeadLetter } from './ownDeadLetter.ts';
import type { Settlement, SettlementChange, SettlementResult } from './settlement.ts';

/**
 * `done`: it is deleted, or its event source may delete it. `retried`: it shows again after a
 * delay. `handedBack`: it shows again without having failed. `abandoned`: the queue did not learn
 * what becomes of the message, so it comes again when its visibility ends.
 */
export type AttemptEnd = 'done' | 'retried' | 'handedBack' | 'abandoned';

export type HandleDependencies = Omit<DeliveryDependencies, 'queue' | 'deadLetterQueue'> & {
  readonly settlement: Pick<Settlement, 'deadLetter'>;
  readonly backpressure: Pick<Backpressure, 'observe' | 'pausedMs'>;
  readonly attemptCounts: Pick<AttemptCounts, 'discount' | 'forget'>;
  readonly metrics: Pick<Metrics, 'count' | 'observeHandlerTime'>;
};

export type HeldMessage = {
  readonly message: ReceivedMessage;
  readonly hold: Hold;
  readonly releases: Releases;
  readonly record: (fields: Omit<TelemetryRecord, 'messageId' | 'attempt'>) => void;
};

export type HandledMessage = HeldMessage & {
  readonly isLost: () => boolean;
  /** Whether the handler was asked to stop: then its error is no failed try. */
  readonly isInterrupted: () => boolean;
};

/** Handles a message and settles it. Undefined if another change was made to the message before. */
export const handleHeld = async (
  held: HandledMessage,
  deps: HandleDependencies,
): Promise<AttemptEnd | undefined> => {
  const { hold, record, isInterrupted } = held;
  const message = deps.opened?.(held.message) ?? held.message;
  const { backpressure, metrics, clock, settings } = deps;
  const { signal } = hold;
  const startedAt = clock.now();
  const deadLetter = createOwnDeadLetter(message, {
    ...deps,
    onRefused: (outcome) =>
      record({ level: 'error', event: 'message.dead_letter_failed', outcome }),
  });
  const handled = await handlerResult(deps.handle, message, { ...settings, signal, deadLetter });
  const durationMs = clock.now() - startedAt;
  metrics.observeHandlerTime(durationMs);
  const { orderId: subject = message.messageId } = handled;
  backpressure.observe(handled.disposition, { subject, startedAt });
  const result = beforeGivenUp(handled, message, settings);
  const change = await settleChangeOf(result, {
    deadLetter,
    isLost: held.isLost,
    release: (disposition) => (isInterrupted() ? AT_ONCE : held.releases.afterTry(disposition)),
    onSuperfluous: () => record(superfluousRecord(result)),
  });
  const settled = await settleHeld(held, change, deps);
  record({ ...handledRecord(result, change, settled), durationMs });
  // A message that is done and cannot be deleted would only be done again.
  if (settled.type === 'Failed' && settled.trouble !== undefined) {
    const { trouble } = settled;
    const pause = { type: 'Pause', dependency: 'MessageQueue', trouble } as const;
    backpressure.observe(pause, { subject, startedAt });
  }
  if (settled.type !== 'Settled') return undefined;
  const { disposition } = result;
  if (change.type === 'Delete') {
    if (disposition.type === 'DeadLetter') metrics.count('DeadLetters');
    return 'done';
  }
  metrics.count(isInterrupted() || disposition.type === 'Pause' ? 'Releases' : 'Retries');
  return isInterrupted() ? 'handedBack' : 'retried';
};

export const settleHeld = async (
  { message: { messageId }, hold, record }: HeldMessage,
  change: SettlementChange,
  { attemptCounts, metrics }: Pick<HandleDependencies, 'attemptCounts' | 'metrics'>,
): Promise<SettlementResult> => {
  const settled = await hold.settle(change);
  const isDelete = change.type === 'Delete';
  if (settled.type === 'Failed') {
    const event = isDelete ? 'message.delete_failed' : 'message.release_failed';
    record({ level: 'warn', event, outcome: settled.code });
    if (isDelete) metrics.count('FailedDeletes');
  }
  if (settled.type === 'Settled' && isDelete) {
    attemptCounts.forget(messageId);
    metrics.count('Deletes');
  }
  return settled;
};

const LEVELS = { Acknowledge: 'info', Retry: 'warn', Pause: 'warn', DeadLetter: 'error' } as const;

const handledRecord = (
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
 * The record of a dead letter that was sent before a review which was then not recorded, although
 * the message ended in another way: it was done, or it comes again and has another dead letter if
 * it must.
 */
const superfluousRecord = ({
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
