import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { createCountedExport } from './countedExport.ts';
import { samplerOf, type SamplerChoice } from './sampler.ts';
import { createTracing, type ProcessTracing } from './tracing.ts';

export type TracingOptions = SamplerChoice & {
  readonly version: string;
  readonly waitingMax: number;
  readonly delayMs: number;
  /** Where OTLP is spoken over HTTP, with its path. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Until it has answered. */
  readonly timeoutMs: number;
  /** In place of OTLP over HTTP. */
  readonly exporter?: SpanExporter;
};

export type StartedTracing = ProcessTracing & {
  /** Sends what is waiting, for at most so long, and ends. Never rejects. */
  close(deadlineMs: number): Promise<{ readonly delivered: number; readonly lost: number }>;
};

const contexts = new AsyncLocalStorageContextManager().enable();

/** Starts the SDK. */
export const startTracing = (options: TracingOptions): StartedTracing => {
  const OtlpExporter = options.protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const { url, timeoutMs: timeoutMillis } = options;
  const { exporter = new OtlpExporter({ url, timeoutMillis }) } = options;
  const { processor, counts } = createCountedExport(exporter, options);
  const provider = new TracerProvider({
    // What the environment says of the process comes last.
    resource: defaultResource()
      .merge(
        resourceFromAttributes({ 'service.name': 'paidonce', 'service.version': options.version }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: samplerOf(options),
    spanProcessors: [processor],
  });
  // The first stays, for all that this process does; it does nothing for what has no span.
  context.setGlobalContextManager(contexts);
  let taken = 0;
  const underWay = {
    flush: (deadlineMs: number) => within(deadlineMs, provider.forceFlush()),
    takeLost: () => {
      const { lost } = counts();
      const more = lost - taken;
      taken = lost;
      return more;
    },
  };
  return {
    ...createTracing(provider.getTracer('paidonce', options.version), underWay),
    close: async (deadlineMs) => {
      await within(deadlineMs, provider.shutdown());
      const { delivered, lost, waiting } = counts();
      return { delivered, lost: lost + waiting };
    },
  };
};

/** A failed export is counted where it fails. */
const within = (deadlineMs: number, work: Promise<void>): Promise<void> => {
  const end = Promise.withResolvers<void>();
  const timer = setTimeout(end.resolve, deadlineMs);
  void work
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(timer);
      end.resolve();
    });
  return end.promise;
};
