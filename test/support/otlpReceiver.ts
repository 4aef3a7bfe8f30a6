import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  /** Of its process. */
  readonly resource: Readonly<Record<string, string | number | boolean>>;
};

type Attribute = {
  readonly key: string;
  readonly value: Readonly<Record<string, string | number | boolean>>;
};

type Export = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'resource'> & {
        readonly attributes?: readonly Attribute[];
      })[];
    }[];
  }[];
};

/** The spans in one export of OTLP/JSON. */
export const spansIn = (json: string): readonly ReceivedSpan[] => {
  const { resourceSpans } = JSON.parse(json) as Export;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        links: span.links ?? [],
        attributes: valuesOf(span.attributes ?? []),
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
};

const valuesOf = (attributes: readonly Attribute[]): ReceivedSpan['attributes'] =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? '']));

/** A receiver of OTLP over HTTP, for JSON. */
export const openOtlpReceiver = async (status = 200) => {
  const texts: string[] = [];
  const requests: { readonly url: string; readonly type: string }[] = [];
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { 'content-type': type = '' } = request.headers;
    texts.push((await buffer(request)).toString('utf8'));
    requests.push({ url: request.url ?? '', type });
    response.writeHead(status, { 'content-type': type }).end(type.endsWith('json') ? '{}' : '');
  };
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    /** Everything that it was sent, as it came. */
    text: () => texts.join('\n'),
    spans: () => texts.flatMap(spansIn),
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
};

/** Whether these spans are one trace: each reached from the first by parents and by links. */
export const reachedFrom = (
  first: ReceivedSpan,
  spans: readonly ReceivedSpan[],
): ReadonlySet<ReceivedSpan> => {
  const byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  const neighbours = new Map<ReceivedSpan, Set<ReceivedSpan>>(
    spans.map((span) => [span, new Set()]),
  );
  for (const span of spans) {
    const named = [
      ...(span.parentSpanId ? [{ traceId: span.traceId, spanId: span.parentSpanId }] : []),
      ...span.links,
    ];
    for (const { traceId, spanId } of named) {
      const other = byId.get(`${traceId}/${spanId}`);
      if (other === undefined) continue;
      neighbours.get(span)?.add(other);
      neighbours.get(other)?.add(span);
    }
  }
  const reached = new Set([first]);
  for (const span of reached) for (const next of neighbours.get(span) ?? []) reached.add(next);
  return reached;
};
