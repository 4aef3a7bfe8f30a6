import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import { messageBytes, type ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';
import type { AttemptCounts } from './attempts.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { beforeGivenUp, handlerResult, placeOf } from './handlerResult.ts';
import type { Backpressure } from './backpressure.ts';
import { handledRecord, superfluousRecord } from './handledRecord.ts';
import type { Handler } from './handler.ts';
import { delayOf, settleChangeOf, type TryAgain } from './settle.ts';
import { holdLease } from './lease.ts';
import type { Metrics } from './metrics.ts';
import { createOwnLetter } from './ownLetter.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { SettlementChange, SettlementResult, Settlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

export type AttemptDependencies = {
  readonly handle: Handler;
  readonly settlement: Settlement;
  readonly flow: Pick<Backpressure, 'hear' | 'pausedMs'>;
  readonly attemptCounts: AttemptCounts;
  readonly numbers: Metrics;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
};

/**
 * `handedBack`: it shows again at once. `abandoned`: the queue was not told what becomes of it, so it comes
 * again when its visibility ends.
 */
export type AttemptEnd = 'finished' | 'handedBack' | 'abandoned';

/** One receive of one message, from when it comes in until the queue knows what becomes of it. */
export type Attempt = {
  readonly groupId: string | undefined;
  readonly sentAt: number;
  readonly bytes: number;
  readonly ended: Promise<AttemptEnd>;
  phase(): 'waiting' | 'started' | 'putOff';
  /** How long ago the lease was lost; 0 while it is not. */
  lostForMs(): number;
  /** Calls the handler. For what waits. */
  start(): void;
  /** Hands back what waits, to show again no sooner than after so long. */
  putOff(delayMs: number): void;
  /** Asks the handler to stop; if it does so with an error, the message is handed back without delay. */
  interrupt(): void;
  /** Hands the message back although its handler still runs; what the handler says later is not heard. */
  giveUp(): Promise<AttemptEnd>;
};

const AT_ONCE: SettlementChange = { type: 'Release', delayMs: 0 };

export const holdAttempt = (message: ReceivedMessage, deps: AttemptDependencies): Attempt => {
  const { settlement, flow, attemptCounts, numbers, clock, ids, settings } = deps;
  const { messageId } = message;
  const end = Promise.withResolvers<AttemptEnd>();
  const attempt = attemptCounts.of(message);
  let phase: ReturnType<Attempt['phase']> = 'waiting';
  let lostAt: number | undefined;
  let interrupted = false;
  let givenUp: Promise<AttemptEnd> | undefined;

  const record = (told: Omit<TelemetryRecord, 'messageId' | 'attempt'>): void => {
    const facts = { service: deps.service.name, ...told.facts };
    deps.telemetry.record({ ...told, messageId, attempt, facts });
  };

  const lease = holdLease({
    clock,
    ids,
    settings,
    renew: (visibilityMs) => settlement.renew(message, visibilityMs),
    onLost: (reason) => {
      lostAt = clock.now();
      numbers.count('LostLeases');
      record({ level: 'warn', event: 'lease.lost', outcome: reason });
      if (phase !== 'waiting') return;
      phase = 'putOff';
      end.resolve('abandoned');
    },
  });

  const releaseAfter = (
    delay: Pick<Backoff, 'delayClass' | 'retryAfterMs'>,
    tries = attempt,
  ): SettlementChange => {
    const backoff = { attempt: tries, random: ids.random(), heldMs: lease.heldMs() };
    return { type: 'Release', delayMs: backoffMs({ ...delay, ...backoff }, settings) };
  };

  /** Once, for as long as nothing can be done about it, and without counting as a try. */
  const releaseUntilProbed = (retryAfterMs: number): SettlementChange => {
    attemptCounts.discount(messageId);
    return releaseAfter({ delayClass: 'prompt', retryAfterMs }, 1);
  };

  const release = (disposition: TryAgain): SettlementChange => {
    if (interrupted) return AT_ONCE;
    const delay = delayOf(disposition);
    const pausedMs = disposition.type === 'Pause' ? flow.pausedMs() : 0;
    if (pausedMs > 0) return releaseUntilProbed(Math.max(pausedMs, delay.retryAfterMs));
    return releaseAfter(delay);
  };

  const settle = async (change: SettlementChange): Promise<SettlementResult> => {
    const settled = await settlement.settle(message, lease, change);
    if (settled.type === 'Failed') {
      const event = change.type === 'Delete' ? 'message.delete_failed' : 'message.release_failed';
      record({ level: 'warn', event, outcome: settled.code });
      if (change.type === 'Delete') numbers.count('FailedDeletes');
    }
    if (settled.type !== 'Settled' || change.type !== 'Delete') return settled;
    attemptCounts.forget(messageId);
    numbers.count('Deletes');
    return settled;
  };

  const run = async (): Promise<AttemptEnd> => {
    const startedAt = clock.now();
    const { signal } = lease;
    const deadLetter = createOwnLetter(message, {
      ...deps,
      onRefused: (outcome) =>
        record({ level: 'error', event: 'message.dead_letter_failed', outcome }),
    });
    const handled = await handlerResult(deps.handle, message, {
      ...settings,
      signal,
      letter: deadLetter,
    });
    const durationMs = clock.now() - startedAt;
    numbers.handlerTook(durationMs);
    const { orderId: subject = messageId } = handled;
    flow.hear(handled.disposition, { subject, startedAt });
    const conclusion = beforeGivenUp(handled, message, settings);
    const { disposition } = conclusion;
    const change = await settleChangeOf(conclusion, {
      letter: deadLetter,
      isLost: () => lease.state() === 'lost',
      release,
      onSuperfluous: () => record(superfluousRecord(conclusion)),
    });
    const settled = await settle(change);
    record({ ...handledRecord(conclusion, change, settled), durationMs });
    // What is done and cannot be deleted would only be done again.
    if (settled.type === 'Failed' && settled.trouble !== undefined) {
      const { trouble } = settled;
      flow.hear({ type: 'Pause', dependency: 'MessageQueue', trouble }, { subject, startedAt });
    }
    if (settled.type !== 'Settled') return givenUp ?? 'abandoned';
    if (change.type === 'Delete') {
      if (disposition.type === 'DeadLetter') numbers.count('DeadLetters');
      return 'finished';
    }
    numbers.count(interrupted || disposition.type === 'Pause' ? 'Releases' : 'Retries');
    return interrupted ? 'handedBack' : 'finished';
  };

  const handBack = async (change: SettlementChange): Promise<AttemptEnd> => {
    if ((await settle(change)).type !== 'Settled') return 'abandoned';
    numbers.count('Releases');
    return 'handedBack';
  };

  /** A broken invariant frees the slot and ends nothing else; the message comes again by itself. */
  const guarded = async (ending: Promise<AttemptEnd>): Promise<AttemptEnd> => {
    try {
      return await ending;
    } catch (thrown) {
      numbers.count('Throws');
      record({ level: 'error', event: 'message.settling_threw', facts: placeOf(thrown) });
      return 'abandoned';
    }
  };

  return {
    groupId: message.groupId,
    sentAt: message.sentAt,
    bytes: messageBytes(message),
    ended: end.promise,
    phase: () => phase,
    lostForMs: () => (lostAt === undefined ? 0 : Math.max(1, clock.now() - lostAt)),
    start: () => {
      phase = 'started';
      end.resolve(guarded(run()));
    },
    putOff: (delayMs) => {
      phase = 'putOff';
      end.resolve(guarded(handBack(delayMs === 0 ? AT_ONCE : releaseUntilProbed(delayMs))));
    },
    interrupt: () => {
      interrupted = true;
      lease.interrupt();
    },
    giveUp: () => {
      if (lease.state() === 'lost') return Promise.resolve('abandoned');
      if (lease.state() !== 'held') return end.promise;
      givenUp ??= guarded(handBack(AT_ONCE));
      return givenUp;
    },
  };
};
