import { context, TraceFlags, trace, type Link } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  TracerProvider,
  type SpanExporter,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanProcessor,
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import { createTracing, type ProcessTracing } from './tracing.ts';

export type TracingOptions = SamplerChoice & {
  readonly version: string;
  /** Spans that wait for their export; further ones are lost. */
  readonly waitingMax: number;
  readonly delayMs: number;
  /** The address at which OTLP is spoken over HTTP, with its path. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** The time in milliseconds until an export must have ended. */
  readonly timeoutMs: number;
  /** The exporter to use in place of OTLP over HTTP. */
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

/** The SDK's own maximum; a smaller queue has smaller batches. */
const BATCH_MAX = 512;

/**
 * The SDK's batches, with the fate of every span: it loses those for which there is no room, and
 * those that nobody takes, and says so nowhere that an operator looks.
 */
const createCountedExport = (
  exporter: SpanExporter,
  { waitingMax, delayMs, timeoutMs }: TracingOptions,
) => {
  let waiting = 0;
  let delivered = 0;
  let lost = 0;
  const counted: SpanExporter = {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        waiting -= spans.length;
        if (result.code === ExportResultCode.SUCCESS) delivered += spans.length;
        else lost += spans.length;
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
  const batches = new BatchSpanProcessor({
    exporter: counted,
    maxQueueSize: waitingMax,
    maxExportBatchSize: Math.min(BATCH_MAX, waitingMax),
    scheduledDelayMillis: delayMs,
    exportTimeoutMillis: timeoutMs,
  });
  const processor: SpanProcessor = {
    onStart: (span, parent) => batches.onStart(span, parent),
    onEnd: (span: ReadableSpan) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      // Those that are being sent count too, so that the SDK never loses one without a count.
      if (waiting >= waitingMax) {
        lost += 1;
        return;
      }
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
  return { processor, counts: () => ({ delivered, lost, waiting }) };
};

type SamplerChoice = {
  /** The sampler, by its name in `OTEL_TRACES_SAMPLER`. */
  readonly sampler:
    | 'always_on'
    | 'always_off'
    | 'traceidratio'
    | 'parentbased_always_on'
    | 'parentbased_always_off'
    | 'parentbased_traceidratio';
  /** The share of traces, 0 … 1, for the samplers by ratio. */
  readonly ratio: number;
};

const samplerOf = ({ sampler, ratio }: SamplerChoice): Sampler => {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return followed(new AlwaysOnSampler());
    case 'parentbased_always_off':
      return followed(new AlwaysOffSampler());
    case 'parentbased_traceidratio':
      return followed(new TraceIdRatioBasedSampler(ratio));
  }
};

/**
 * Follows the parent or, where links stand in place of one, what is linked. So an order is traced
 * as a whole or not at all, although each of its messages begins a trace.
 */
const followed = (root: Sampler): Sampler => {
  const byParent = new ParentBasedSampler({ root });
  return {
    shouldSample: (...asked) => {
      const [parent] = asked;
      const links = asked[5];
      if (trace.getSpanContext(parent) !== undefined || links.length === 0) {
        return byParent.shouldSample(...asked);
      }
      const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
      return { decision: links.some(isSampled) ? RECORD_AND_SAMPLED : NOT_RECORD };
    },
    toString: () => `Followed{${root.toString()}}`,
  };
};

const isSampled = ({ context: { traceFlags } }: Link): boolean =>
  (traceFlags & TraceFlags.SAMPLED) !== 0;
