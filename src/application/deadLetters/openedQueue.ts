import { withoutEventDetail } from '../messages/index.ts';
import type { GatewayEventReader } from '../ports/gatewayEvents.ts';
import type { MessageQueue } from '../ports/messageQueue.ts';

/**
 * A dead-letter queue whose readers get messages as a worker handles them. A message that a worker
 * moves there is small already. One that its queue gave up by itself is unchanged, and may be an
 * event with everything about its customer.
 */
export const createOpenedQueue = (
  queue: MessageQueue,
  reader: GatewayEventReader,
): MessageQueue => ({
  ...queue,
  receive: (options) =>
    queue
      .receive(options)
      .map((messages) => messages.map((message) => withoutEventDetail(message, reader))),
});
