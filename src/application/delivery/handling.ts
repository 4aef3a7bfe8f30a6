import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { ReceivedMessage } from '../ports/messageQueue.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';
import { backoffMs, type Backoff } from './backoff.ts';
import { conclusionOf, conclusionOfThrown, DAMAGED, type Conclusion } from './conclusion.ts';
import { handledRecord } from './handledRecord.ts';
import type { Handler } from './handler.ts';
import { deadLetterOf, receivesInAll, type Service } from './poison.ts';
import type { LastChange, Settled, Settlement } from './settlement.ts';
import type { DeliverySettings } from './settings.ts';

/** One message of a batch: no lease is kept, since who received it hides it for longer than a batch may take. */
export type Handling = {
  /** Whether the message is done with, so that it may be deleted. Never rejects. */
  readonly ended: Promise<boolean>;
  /** Asks the handler to stop; if it does so with an error, the message shows again at once. */
  stop(): void;
  /** Shows the message again although its handler still runs; what the handler says later is not heard. */
  giveUp(): Promise<void>;
};

export type HandlingDependencies = {
  readonly handle: Handler;
  readonly settlement: Pick<Settlement, 'renew' | 'deadLetter'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: Service;
  readonly settings: DeliverySettings;
};

const DELAYS = { Unavailable: 'normal', Throttled: 'throttled', Misconfigured: 'slow' } as const;
const DELETE: LastChange = { type: 'Delete' };

export const startHandling = (message: ReceivedMessage, deps: HandlingDependencies): Handling => {
  const { settlement, clock, ids, telemetry, service, settings } = deps;
  const { messageId, receiveCount } = message;
  const startedAt = clock.now();
  const attempt = receivesInAll(message);
  const handlerStops = new AbortController();
  const { signal } = handlerStops;
  let isGivenUp = false;

  const record = (told: Omit<TelemetryRecord, 'messageId' | 'attempt'>): void => {
    const facts = { service: service.name, ...told.facts };
    telemetry.record({ ...told, messageId, attempt, facts });
  };

  const handle = async (): Promise<Conclusion> => {
    if (message.damaged) return DAMAGED;
    const { body, attributes, sentAt } = message;
    try {
      return conclusionOf(
        await deps.handle({ messageId, body, attributes, receiveCount, sentAt, signal }),
      );
    } catch (thrown) {
      // It must not fail the batch, in which other messages are half done.
      return conclusionOfThrown(thrown);
    }
  };

  const releaseAfter = (delay: Pick<Backoff, 'delayClass' | 'retryAfterMs'>): LastChange => {
    if (signal.aborted) return { type: 'Release', delayMs: 0 };
    const backoff = { attempt, random: ids.random(), heldMs: clock.now() - startedAt };
    return { type: 'Release', delayMs: backoffMs({ ...delay, ...backoff }, settings) };
  };

  const lastChange = async ({ disposition, outcome, orderId }: Conclusion): Promise<LastChange> => {
    switch (disposition.type) {
      case 'Acknowledge':
        return DELETE;
      case 'Retry':
        return releaseAfter(disposition);
      case 'Pause': {
        const { trouble, retryAfterMs = 0 } = disposition;
        return releaseAfter({ delayClass: DELAYS[trouble], retryAfterMs });
      }
      case 'DeadLetter': {
        const { reason } = disposition;
        const failure = { reason, errorType: outcome, orderId, failedAt: clock.now(), service };
        const refused = await settlement.deadLetter(deadLetterOf(message, failure));
        if (refused === undefined) return DELETE;
        record({ level: 'error', event: 'message.dead_letter_failed', outcome: refused });
        return releaseAfter({ delayClass: 'normal' });
      }
    }
  };

  /** The delete is the caller's; a release that fails leaves the message hidden until its visibility ends. */
  const settle = async (change: LastChange): Promise<Settled> => {
    if (change.type === 'Delete') return { type: 'Settled' };
    const released = await settlement.renew(message, change.delayMs);
    if (released.type === 'Done') return { type: 'Settled' };
    record({ level: 'warn', event: 'message.release_failed', outcome: released.code });
    return released;
  };

  const run = async (): Promise<boolean> => {
    const conclusion = await handle();
    if (isGivenUp) return false;
    const durationMs = clock.now() - startedAt;
    const change = await lastChange(conclusion);
    const settled = await settle(change);
    record({ ...handledRecord(conclusion, change, settled), durationMs });
    return change.type === 'Delete';
  };

  return {
    ended: run(),
    stop: () => handlerStops.abort(),
    giveUp: async () => {
      isGivenUp = true;
      const settled = await settle({ type: 'Release', delayMs: 0 });
      record({ level: 'warn', event: 'message.given_up', outcome: settled.type });
    },
  };
};
