import { SpanKind, trace, type Attributes, type Span, type Tracer } from '@opentelemetry/api';
import {
  QUEUE_BYTES_MAX,
  type EntryResult,
  type MessageQueue,
  type ReceivedMessage,
} from '../../application/ports/messageQueue.ts';
import { EVENTS_BYTES_MAX, type OrderEvents } from '../../application/ports/orderEvents.ts';
import { CONVENTIONS, SYSTEMS } from './conventions.ts';
import { linksTo, originOf, withOrigin } from './propagation.ts';
import { showError, spanSince, type Spans } from './spans.ts';

/** Facts about a received message that are not in it. */
export type ReceivedFrom = { readonly destination: string; readonly receive?: Span };

/** Keeps the facts as long as the message itself. */
export type ReceivedFroms = WeakMap<ReceivedMessage, ReceivedFrom>;

type QueueTracing = {
  readonly tracer: Tracer;
  readonly spans: Spans;
  readonly received: ReceivedFroms;
};

type Operation = { readonly type: 'send' | 'receive' | 'settle'; readonly name: string };

const about = (system: string, destination: string, operation: Operation): Attributes => ({
  [CONVENTIONS.system]: system,
  [CONVENTIONS.destination]: destination,
  [CONVENTIONS.operation]: operation.name,
  [CONVENTIONS.operationType]: operation.type,
});

/** A call that went through may still have refused some of its entries. */
const describeEntries = (answers: readonly EntryResult[], span: Span): void => {
  const failed = answers.find((answer) => answer.type === 'Failed');
  if (failed !== undefined) showError(span, failed.code);
};

/**
 * A queue whose sends, receives and settlements are spans. A poll that brings nothing is none. What
 * is sent says where; a receive is linked to that, since it takes messages of many orders.
 */
export const traceQueue = (
  queue: MessageQueue,
  destination: string,
  { tracer, spans, received }: QueueTracing,
): MessageQueue => {
  const plan = (operation: Operation, kind: SpanKind) => ({
    name: `${operation.name} ${destination}`,
    kind,
    attributes: about(SYSTEMS.sqs, destination, operation),
  });
  const settling = (name: string) => plan({ type: 'settle', name }, SpanKind.CLIENT);
  return {
    send: (messages) => {
      const sending = plan({ type: 'send', name: 'send' }, SpanKind.PRODUCER);
      return spans.call(
        {
          ...sending,
          attributes: { ...sending.attributes, [CONVENTIONS.batchCount]: messages.length },
          links: linksTo(messages.map(originOf)),
        },
        (span) =>
          queue.send(messages.map(withOrigin(span.spanContext(), { bytesMax: QUEUE_BYTES_MAX }))),
        describeEntries,
      );
    },
    receive: (options) => {
      const startedAt = Date.now();
      return queue.receive(options).map((messages) => {
        if (messages.length === 0) return messages;
        const receiving = plan({ type: 'receive', name: 'receive' }, SpanKind.CLIENT);
        const receive = spanSince(tracer, startedAt, {
          ...receiving,
          attributes: { ...receiving.attributes, [CONVENTIONS.batchCount]: messages.length },
          links: linksTo(messages.map(originOf)),
        });
        for (const message of messages) received.set(message, { destination, receive });
        return messages;
      });
    },
    delete: (receipts) =>
      spans.call(settling('delete'), () => queue.delete(receipts), describeEntries),
    changeVisibility: (entries) =>
      // Renewals of a lease come from no message's work, and would each be a trace of their own.
      trace.getActiveSpan() === undefined
        ? queue.changeVisibility(entries)
        : spans.call(settling('release'), () => queue.changeVisibility(entries), describeEntries),
  };
};

/** A topic whose publications are spans. */
export const traceOrderEvents = (
  topic: OrderEvents,
  destination: string,
  spans: Spans,
): OrderEvents => ({
  publish: (events) =>
    spans.call(
      {
        name: `publish ${destination}`,
        kind: SpanKind.PRODUCER,
        attributes: {
          ...about(SYSTEMS.sns, destination, { type: 'send', name: 'publish' }),
          [CONVENTIONS.batchCount]: events.length,
        },
      },
      (span) =>
        topic.publish(events.map(withOrigin(span.spanContext(), { bytesMax: EVENTS_BYTES_MAX }))),
      describeEntries,
    ),
  check: () => topic.check(),
});
