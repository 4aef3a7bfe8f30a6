import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.ts';
import {
  startTracing,
  type StartedTracing,
  type TracingOptions,
} from '../../src/adapters/opentelemetry/start.ts';

export type RecordedTracing = {
  readonly tracing: StartedTracing;
  /** Every span that has ended, the first that ended first. */
  spans(): Promise<readonly ReadableSpan[]>;
  /** The one with that name. */
  span(name: string): Promise<ReadableSpan>;
};

export const TRACING_OPTIONS: TracingOptions = {
  version: 'test',
  url: 'http://127.0.0.1:1/v1/traces',
  protocol: 'http/json',
  timeoutMs: 1_000,
  sampler: 'parentbased_always_on',
  ratio: 1,
  waitingMax: 2_048,
  delayMs: 60_000,
};

/** Tracing whose spans stay in this process. */
export const recordTracing = (options: Partial<TracingOptions> = {}): RecordedTracing => {
  const exporter = new InMemorySpanExporter();
  const tracing = startTracing({ ...TRACING_OPTIONS, exporter, ...options });
  const spans = async () => {
    await tracing.telemetry(createMemoryTelemetry()).flush(1_000);
    return exporter.getFinishedSpans();
  };
  return {
    tracing,
    spans,
    span: async (name) => {
      const named = (await spans()).filter((span) => span.name === name);
      if (named.length !== 1 || named[0] === undefined) {
        const names = (await spans()).map((span) => span.name).join(', ');
        throw new Error(`${named.length} spans are named ${name}; there are ${names}`);
      }
      return named[0];
    },
  };
};

/** `<trace>/<span>` of each link. */
export const linked = (span: Pick<ReadableSpan, 'links'>): readonly string[] =>
  span.links.map(({ context: { traceId, spanId } }) => `${traceId}/${spanId}`);

export const idOf = (span: Pick<ReadableSpan, 'spanContext'>): string => {
  const { traceId, spanId } = span.spanContext();
  return `${traceId}/${spanId}`;
};
