import { TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';

export type ExportLimits = {
  /** Spans that wait for their export; further ones are lost. */
  readonly waitingMax: number;
  readonly delayMs: number;
  /** Until an export has ended. */
  readonly timeoutMs: number;
};

/** Of the SDK; a smaller queue has smaller batches. */
const BATCH_MAX = 512;

/**
 * The SDK's batches, with the fate of every span: it loses those for which there is no room, and
 * those that nobody takes, and says so nowhere that an operator looks.
 */
export const createCountedExport = (
  exporter: SpanExporter,
  { waitingMax, delayMs, timeoutMs }: ExportLimits,
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
