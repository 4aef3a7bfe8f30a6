import { err, ok, okAsync, ResultAsync } from 'neverthrow';
import { createVirtualClock, type VirtualClock } from '../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../src/adapters/memory/ids.ts';
import {
  createMemoryMessageQueue,
  type MemoryMessageQueue,
} from '../../src/adapters/memory/messageQueue.ts';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import { createConsumer, type ConsumerHealth } from '../../src/application/delivery/consumer.ts';
import { createGroupedQueue } from '../../src/application/delivery/groupedQueue.ts';
import type { DrainReport } from '../../src/application/delivery/drain.ts';
import type {
  HandlerSuccess,
  Handler,
  HandlerError,
} from '../../src/application/delivery/handler.ts';
import {
  DEFAULT_DELIVERY_SETTINGS,
  type DeliverySettings,
} from '../../src/application/delivery/settings.ts';
import type { ReceivedMessage, MessageQueue } from '../../src/application/ports/messageQueue.ts';
import type { Probes } from '../../src/application/ports/failures.ts';
import type { TelemetryRecord } from '../../src/application/ports/telemetry.ts';

export type DeliveryWorld = {
  readonly clock: VirtualClock;
  readonly queue: MemoryMessageQueue;
  readonly deadLetter: MemoryMessageQueue;
  /** Receives so far, as the queue saw them. */
  readonly receives: readonly { readonly at: number; readonly max: number }[];
  /** Records of one kind so far. */
  records(event: string): readonly TelemetryRecord[];
  /** Starts a consumer; the signal of `stop` ends it. */
  start(handle: Handler, settings?: Partial<DeliverySettings>): Running;
};

export type Running = {
  stop(): void;
  health(): ConsumerHealth;
  /** Stops and lets so much time pass as the drain may take. */
  drain(): Promise<DrainReport>;
};

export type DeliveryWorldOptions = {
  readonly maxReceiveCount?: number;
  /** Puts faults between the consumer and its queue. */
  readonly between?: (queue: MessageQueue, clock: VirtualClock) => MessageQueue;
  /** A dependency without one is asked by the next message. */
  readonly probes?: Probes;
  /** Fractions in [0, 1) for backoffs, in the place of those that chance gives. */
  readonly random?: () => number;
  readonly betweenDeadLetter?: (queue: MessageQueue) => MessageQueue;
  readonly opened?: (message: ReceivedMessage) => ReceivedMessage;
};

export const SERVICE = { name: 'payments', version: '1.2.3' };

/** One worker's surroundings, in which time passes only when a test says so. */
export const createDeliveryWorld = (options: DeliveryWorldOptions = {}): DeliveryWorld => {
  const { between = (queue) => queue, betweenDeadLetter = (queue) => queue } = options;
  const clock = createVirtualClock(Date.UTC(2026, 0, 1));
  const ids = { ...createMemoryIds(), ...(options.random && { random: options.random }) };
  const telemetry = createMemoryTelemetry();
  const deadLetter = createMemoryMessageQueue({ clock, ids });
  const { maxReceiveCount = 1_000 } = options;
  const queue = createMemoryMessageQueue({ clock, ids, deadLetter, maxReceiveCount });
  const receives: { at: number; max: number }[] = [];
  const watched: MessageQueue = {
    ...queue,
    receive: (asked) => {
      receives.push({ at: clock.now(), max: asked.max });
      return queue.receive(asked);
    },
  };

  const start: DeliveryWorld['start'] = (handle, overrides = {}) => {
    const stop = new AbortController();
    const settings = { ...DEFAULT_DELIVERY_SETTINGS, ...overrides };
    const consumer = createConsumer({
      // As a worker is put together.
      queue: createGroupedQueue(between(watched, clock), clock),
      deadLetterQueue: createGroupedQueue(betweenDeadLetter(deadLetter), clock),
      handle,
      ...(options.opened && { opened: options.opened }),
      clock,
      ids,
      telemetry,
      service: SERVICE,
      settings,
      probes: options.probes ?? {},
    });
    const report = consumer.run(stop.signal);
    return {
      stop: () => stop.abort(),
      health: () => consumer.health(),
      drain: async () => {
        stop.abort();
        await clock.advance(settings.drainMs);
        return report;
      },
    };
  };

  return {
    clock,
    queue,
    deadLetter,
    receives,
    records: (event) => telemetry.records().filter((record) => record.event === event),
    start,
  };
};

export const done = (outcome = 'done'): ReturnType<Handler> => okAsync<HandlerSuccess>({ outcome });

/** Takes so long, unless its signal stops it, which it answers with Aborted. */
export const taking =
  (clock: VirtualClock, ms: number): Handler =>
  ({ signal }) =>
    ResultAsync.fromSafePromise(clock.sleep(ms, signal)).andThen(() =>
      signal.aborted
        ? err<HandlerSuccess, HandlerError>({ type: 'Aborted', dependency: 'EventStore' })
        : ok({ outcome: 'done' }),
    );
