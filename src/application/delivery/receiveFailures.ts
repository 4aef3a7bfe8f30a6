import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import { exponentialMs, jitteredMs } from './backoff.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { DeliverySettings } from './settings.ts';

/**
 * Pauses the polls while the queue cannot be read, longer each time, and records why now and then.
 */
export type ReceiveFailures = {
  /** Returns when the next poll is due, or at once when the consumer stops. */
  pause(error: QueueError, stop: AbortSignal): Promise<void>;
  clear(): void;
};

type ReceiveFailuresOptions = {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'random'>;
  readonly telemetry: Pick<Telemetry, 'record'>;
  readonly service: ServiceVersion;
  readonly settings: Pick<DeliverySettings, 'retryBaseMs'>;
};

/** Below this a queue that is back is noticed soon, whatever the longest delay of a message is. */
const PAUSE_MAX_MS = 30_000;
/** A missing queue is not created within seconds, and each call costs money. */
const MISCONFIGURED_PAUSE_MS = 15_000;
const RECORD_EVERY_MS = 60_000;

export const createReceiveFailures = (options: ReceiveFailuresOptions): ReceiveFailures => {
  const { clock, ids, telemetry, service, settings } = options;
  const recordedAt = new Map<QueueError['type'], number>();
  let inARow = 0;

  const record = (error: Exclude<QueueError, { type: 'Aborted' }>): void => {
    const now = clock.now();
    if (now - (recordedAt.get(error.type) ?? -Infinity) < RECORD_EVERY_MS) return;
    recordedAt.set(error.type, now);
    const level = error.type === 'Misconfigured' ? 'error' : 'warn';
    const facts = { service: service.name, cause: error.cause, inARow };
    telemetry.record({ level, event: 'receive.failed', outcome: error.type, facts });
  };

  return {
    pause: async (error, stop) => {
      // Only the drain aborts a poll, and no other poll follows it.
      if (error.type === 'Aborted') return;
      inARow += 1;
      record(error);
      const longestMs =
        error.type === 'Misconfigured'
          ? MISCONFIGURED_PAUSE_MS
          : exponentialMs(inARow, { baseMs: settings.retryBaseMs, maxMs: PAUSE_MAX_MS });
      // Half of it at least, so that no chance makes a busy loop.
      await clock.sleep(jitteredMs(longestMs, 0.5, ids.random()), stop);
    },
    clear: () => {
      inARow = 0;
    },
  };
};
