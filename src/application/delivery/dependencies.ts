import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { MessageQueue, ReceivedMessage } from '../ports/messageQueue.ts';
import type { Metric, Telemetry } from '../ports/telemetry.ts';
import type { WorkTracing } from '../ports/tracing.ts';
import type { ServiceVersion } from './deadLetterMessage.ts';
import type { Handler } from './handler.ts';
import type { DeliverySettings } from './settings.ts';

/**
 * The dependencies of the delivery of messages to a handler; each part names those that it uses.
 */
export type DeliveryDependencies = {
  readonly queue: MessageQueue;
  readonly deadLetterQueue: MessageQueue;
  readonly handle: Handler;
  /** A message as it is handled, and kept as a dead letter; without it, as it was received. */
  readonly opened?: (message: ReceivedMessage) => ReceivedMessage;
  /** Further metrics of the handled messages, since the last call. */
  readonly measured?: () => Readonly<Record<string, Metric>>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly telemetry: Telemetry;
  readonly tracing?: Pick<WorkTracing, 'handling'> | undefined;
  readonly service: ServiceVersion;
  readonly settings: DeliverySettings;
};
