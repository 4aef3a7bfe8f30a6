import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { conclusionOf, conclusionOfThrown, DAMAGED, type Conclusion } from './conclusion.ts';
import type { Handler } from './handler.ts';
import { holdLease } from './lease.ts';
import { deadLetterOf, type Service } from './poison.ts';
import type { LastChange, Settled, Settlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

export type AttemptDependencies = {
  readonly handle: Handler;
  readonly settlement: Settlement;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: Service;
  readonly settings: DeliverySettings;
};

/**
 * `handedBack`: it shows again at once. `abandoned`: the queue was not told what becomes of it, so it comes
 * again when its visibility ends.
 */
export type AttemptEnd = 'finished' | 'handedBack' | 'abandoned';

/** One receive of one message, from the handler's start until the queue knows what becomes of it. */
export type Attempt = {
  readonly ended: Promise<AttemptEnd>;
  /** Asks the handler to stop; if it does so with an error, the message is handed back without delay. */
  interrupt(): void;
  /** Hands the message back although its handler still runs; what the handler says later is not heard. */
  giveUp(): Promise<AttemptEnd>;
};

export const startAttempt = (message: ReceivedMessage, deps: AttemptDependencies): Attempt => {
  const { settlement, clock, ids, telemetry, service, settings } = deps;
  const { messageId, receiveCount } = message;
  let interrupted = false;
  let givenUp: Promise<AttemptEnd> | undefined;

  const record = (told: Omit<TelemetryRecord, 'messageId' | 'attempt'>): void => {
    const facts = { service: service.name, ...told.facts };
    telemetry.record({ ...told, messageId, attempt: receiveCount, facts });
  };

  const lease = holdLease({
    clock,
    ids,
    settings,
    renew: (visibilityMs) => settlement.renew(message, visibilityMs),
    onLost: (reason) => record({ level: 'warn', event: 'lease.lost', outcome: reason }),
  });

  const handle = async (): Promise<Conclusion> => {
    if (message.damaged) return DAMAGED;
    const { body, attributes, sentAt } = message;
    const delivery = { messageId, body, attributes, receiveCount, sentAt, signal: lease.signal };
    try {
      return conclusionOf(await deps.handle(delivery));
    } catch (thrown) {
      // It must not end the process, in which other messages are half done.
      return conclusionOfThrown(thrown);
    }
  };

  const releaseAfter = (delay: Pick<Backoff, 'delayClass' | 'retryAfterMs'>): LastChange => {
    const backoff = { attempt: receiveCount, random: ids.random(), heldMs: lease.heldMs() };
    return { type: 'Release', delayMs: backoffMs({ ...delay, ...backoff }, settings) };
  };

  const lastChange = async ({ disposition, outcome, orderId }: Conclusion): Promise<LastChange> => {
    switch (disposition.type) {
      case 'Acknowledge':
        return { type: 'Delete' };
      case 'Retry':
        return interrupted ? { type: 'Release', delayMs: 0 } : releaseAfter(disposition);
      case 'DeadLetter': {
        // Whoever holds the message now will come to the same end and copy it.
        if (lease.state() === 'lost') return { type: 'Delete' };
        const { reason } = disposition;
        const failure = { reason, errorType: outcome, orderId, failedAt: clock.now(), service };
        const refused = await settlement.deadLetter(deadLetterOf(message, failure));
        if (refused === undefined) return { type: 'Delete' };
        // Without a copy in the dead-letter queue the message must stay where it is.
        record({ level: 'error', event: 'message.dead_letter_failed', outcome: refused });
        return releaseAfter({ delayClass: 'normal' });
      }
    }
  };

  const run = async (): Promise<AttemptEnd> => {
    const conclusion = await handle();
    const durationMs = lease.heldMs();
    const change = await lastChange(conclusion);
    const settled = await settlement.settle(message, lease, change);
    if (settled.type === 'Failed') {
      const event = change.type === 'Delete' ? 'message.delete_failed' : 'message.release_failed';
      record({ level: 'warn', event, outcome: settled.code });
    }
    record({ ...handledRecord(conclusion, change, settled), durationMs });
    if (settled.type !== 'Settled') return givenUp ?? 'abandoned';
    return interrupted && change.type === 'Release' ? 'handedBack' : 'finished';
  };

  const handBack = async (): Promise<AttemptEnd> => {
    const settled = await settlement.settle(message, lease, { type: 'Release', delayMs: 0 });
    return settled.type === 'Settled' ? 'handedBack' : 'abandoned';
  };

  const ended = run();
  return {
    ended,
    interrupt: () => {
      interrupted = true;
      lease.interrupt();
    },
    giveUp: () => {
      if (lease.state() === 'lost') return Promise.resolve('abandoned');
      if (lease.state() !== 'held') return ended;
      givenUp ??= handBack();
      return givenUp;
    },
  };
};

const LEVELS = { Acknowledge: 'info', Retry: 'warn', DeadLetter: 'error' } as const;

/** The one record of each handled message. */
const handledRecord = (
  { disposition, outcome, orderId, correlationId, facts }: Conclusion,
  change: LastChange,
  settled: Settled,
): TelemetryRecord => ({
  level: LEVELS[disposition.type],
  event: 'message.handled',
  outcome,
  ...(orderId === undefined ? {} : { orderId }),
  ...(correlationId === undefined ? {} : { correlationId }),
  facts: {
    ...facts,
    disposition: disposition.type,
    settled: settled.type,
    ...(disposition.type === 'DeadLetter' ? { reason: disposition.reason } : {}),
    ...(change.type === 'Release' ? { delayMs: change.delayMs } : {}),
  },
});
