import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
  TraceFlags,
  type Link,
  type SpanContext,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
  type OutgoingMessage,
  type ReceivedMessage,
} from '../../application/ports/messageQueue.ts';

const W3C = new W3CTraceContextPropagator();

/**
 * `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`, in any order and
 * with other fields (X-Ray Developer Guide, "Tracing header"). Its trace id is that of W3C in two
 * parts.
 */
const ROOT = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})(?:;|$)/;
const SAMPLED = /(?:^|;)\s*Sampled=1(?:;|$)/;
const HEADER_CHARACTERS_MAX = 512;

type Carried = Pick<ReceivedMessage, 'traceHeader'> & Pick<OutgoingMessage, 'attributes'>;

/** The origin of a message, as far as the message says it; what cannot be read says nothing. */
export const originOf = ({ attributes = {}, traceHeader }: Carried): SpanContext | undefined => {
  const extracted = W3C.extract(ROOT_CONTEXT, attributes, defaultTextMapGetter);
  return trace.getSpanContext(extracted) ?? originInXRay(traceHeader);
};

const originInXRay = (header: string | undefined): SpanContext | undefined => {
  if (header === undefined || header.length > HEADER_CHARACTERS_MAX) return undefined;
  const [, time = '', random = ''] = ROOT.exec(header) ?? [];
  const origin = {
    traceId: `${time}${random}`,
    spanId: PARENT.exec(header)?.[1] ?? '',
    traceFlags: SAMPLED.test(header) ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
  return isSpanContextValid(origin) ? origin : undefined;
};

export const linksTo = (origins: readonly (SpanContext | undefined)[]): Link[] =>
  origins.flatMap((context) => (context === undefined ? [] : [{ context }]));

/**
 * The message with its origin. A message that has one already keeps it, as a dead letter does that
 * is sent again. An eleventh attribute, or a byte too many, would cost more than a trace: the
 * header of X-Ray, which is no attribute and has no size, then goes alone.
 */
export const withOrigin =
  <M extends OutgoingMessage>(sent: SpanContext, limits: { readonly bytesMax: number }) =>
  (message: M): M => {
    const kept = originOf({ attributes: message.attributes ?? {} });
    const traced = { ...message, traceHeader: xRayOf(kept ?? sent) };
    if (kept !== undefined) return traced;
    const attributes: Record<string, string> = { ...message.attributes };
    W3C.inject(trace.setSpanContext(ROOT_CONTEXT, sent), attributes, defaultTextMapSetter);
    const fits =
      Object.keys(attributes).length <= QUEUE_ATTRIBUTES_MAX &&
      messageBytes({ body: message.body, attributes }) <= limits.bytesMax;
    return fits ? { ...traced, attributes } : traced;
  };

const xRayOf = ({ traceId, spanId, traceFlags }: SpanContext): string => {
  const root = `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;
  return `Root=${root};Parent=${spanId};Sampled=${traceFlags & TraceFlags.SAMPLED}`;
};
