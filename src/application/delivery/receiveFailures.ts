import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { DeliverySettings } from './settings.ts';

/** What the polls do while the queue cannot be read: wait, longer each time, and tell it now and then. */
export type ReceiveFailures = {
  /** Returns when the next poll is due, or at once when the consumer stops. */
  pause(error: QueueError, stop: AbortSignal): Promise<void>;
  clear(): void;
};

type ReceiveFailuresOptions = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
};

/** Below this a queue that is back is noticed soon, whatever the longest delay of a message is. */
const PAUSE_MAX_MS = 30_000;
/** Nobody mends a missing queue within seconds, and asking in vain costs money too. */
const MISCONFIGURED_PAUSE_MS = 15_000;
const RECORD_EVERY_MS = 60_000;
const DOUBLINGS_MAX = 20;

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
      // Only the drain cuts a poll off, and then no other follows.
      if (error.type === 'Aborted') return;
      inARow += 1;
      record(error);
      const backedOffMs = settings.retryBaseMs * 2 ** Math.min(inARow - 1, DOUBLINGS_MAX);
      const longestMs =
        error.type === 'Misconfigured'
          ? MISCONFIGURED_PAUSE_MS
          : Math.min(backedOffMs, PAUSE_MAX_MS);
      // At least half of it, so that no chance makes a busy loop.
      await clock.sleep(longestMs * (0.5 + ids.random() / 2), stop);
    },
    clear: () => {
      inARow = 0;
    },
  };
};
