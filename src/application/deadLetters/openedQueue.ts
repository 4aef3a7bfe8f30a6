import { withoutEventDetail } from '../messages/index.ts';
import type { GatewayEventReader } from '../ports/gatewayEvents.ts';
import type { MessageQueue } from '../ports/messageQueue.ts';

/**
 * A dead-letter queue, of which every reader gets messages as a worker handles them. What a worker
 * puts there is small already; a message that its queue gave up by itself is as it came, and may be
 * an event with everything about its customer.
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
