import { context, ROOT_CONTEXT, SpanKind, trace, type Span, type Tracer } from '@opentelemetry/api';
import { utf8Bytes } from '../../domain/utf8.ts';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { MessageQueue, ReceivedMessage } from '../../application/ports/messageQueue.ts';
import type { Notifier } from '../../application/ports/notifier.ts';
import type { OrderEvents } from '../../application/ports/orderEvents.ts';
import type { PaymentGateway } from '../../application/ports/paymentGateway.ts';
import type { Telemetry } from '../../application/ports/telemetry.ts';
import type { WorkTracing, WorkOrigin } from '../../application/ports/tracing.ts';
import { CONVENTIONS, OWN, SYSTEMS } from './conventions.ts';
import {
  traceGateway,
  traceNotifier,
  traceStore,
  traceTelemetry,
  type SpansUnderWay,
} from './ports.ts';
import { linksTo, originOf } from './propagation.ts';
import { traceOrderEvents, traceQueue, type ReceivedFrom } from './queue.ts';
import { createSpans } from './spans.ts';

/** The tracing of one process: makes each port one that has spans. */
export type ProcessTracing = WorkTracing & {
  queue(queue: MessageQueue, name: string): MessageQueue;
  /** Messages that came without a receive of ours, as those of an event source mapping do. */
  received(messages: readonly ReceivedMessage[], name: string): void;
  orderEvents(topic: OrderEvents, name: string): OrderEvents;
  store(store: EventStore): EventStore;
  gateway<G extends PaymentGateway>(gateway: G): G;
  notifier<N extends Notifier>(notifier: N): N;
  telemetry<T extends Telemetry>(telemetry: T): T;
};

export const createTracing = (tracer: Tracer, underWay: SpansUnderWay): ProcessTracing => {
  const spans = createSpans(tracer);
  const received = new WeakMap<ReceivedMessage, ReceivedFrom>();
  return {
    during: (name, work) => spans.during({ name, kind: SpanKind.INTERNAL, attributes: {} }, work),
    handling: (message, queue, work) => {
      const { destination = queue, receive } = received.get(message) ?? {};
      const { messageId, body } = message;
      return spans.during(
        {
          name: `process ${destination}`,
          kind: SpanKind.CONSUMER,
          attributes: {
            [CONVENTIONS.system]: SYSTEMS.sqs,
            [CONVENTIONS.destination]: destination,
            [CONVENTIONS.operation]: 'process',
            [CONVENTIONS.operationType]: 'process',
            [CONVENTIONS.messageId]: messageId,
            [CONVENTIONS.bodySize]: utf8Bytes(body),
          },
          links: linksTo([originOf(message)]),
          isRoot: true,
        },
        (span) => {
          // Later than its start: whether a message is traced is its sender's choice alone.
          if (receive !== undefined) span.addLink({ context: receive.spanContext() });
          return work();
        },
      );
    },
    origin: () => trace.getActiveSpan(),
    sharedCall: (name, origins, call) => {
      const callers = [...new Set(origins.filter((origin) => origin !== undefined))].map(asSpan);
      const [first, ...others] = callers;
      const plan = {
        name,
        kind: SpanKind.CLIENT,
        attributes: {
          [CONVENTIONS.rpcSystem]: 'aws-api',
          [CONVENTIONS.rpcMethod]: name,
          [OWN.entries]: origins.length,
        },
      };
      // Whoever opened the batch may be none of those whose call this is.
      const alone = others.length === 0 && first !== undefined;
      const outside = alone ? trace.setSpan(ROOT_CONTEXT, first) : ROOT_CONTEXT;
      const links = alone ? [] : linksTo(callers.map((caller) => caller.spanContext()));
      return context.with(outside, () => spans.during({ ...plan, links }, call));
    },
    queue: (queue, name) => traceQueue(queue, name, { tracer, spans, received }),
    received: (messages, name) => {
      for (const message of messages) received.set(message, { destination: name });
    },
    orderEvents: (topic, name) => traceOrderEvents(topic, name, spans),
    store: (store) => traceStore(store, spans),
    gateway: (gateway) => traceGateway(gateway, spans),
    notifier: (notifier) => traceNotifier(notifier, spans),
    telemetry: (telemetry) => traceTelemetry(telemetry, underWay),
  };
};

/** Origins are made here, and nobody has another. */
const asSpan = (origin: WorkOrigin): Span => origin as Span;
