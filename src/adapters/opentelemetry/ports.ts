import { SpanKind, trace } from '@opentelemetry/api';
import type { ResultAsync } from 'neverthrow';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { Notifier } from '../../application/ports/notifier.ts';
import type { PaymentGateway } from '../../application/ports/paymentGateway.ts';
import type { Telemetry, TelemetryRecord } from '../../application/ports/telemetry.ts';
import { CONVENTIONS, OWN } from './conventions.ts';
import { showError, type Spans } from './spans.ts';

/** An event store whose appends are spans. */
export const traceStore = (store: EventStore, spans: Spans): EventStore => ({
  append: (streamId, after, commit) => {
    // Not the id: a person's stream has that of a customer.
    const kind = streamId.slice(0, streamId.indexOf('#'));
    const attributes = {
      [CONVENTIONS.dbSystem]: 'aws.dynamodb',
      [CONVENTIONS.dbOperation]: 'append',
      [OWN.streamKind]: kind,
      [OWN.streamVersion]: after.version + 1,
      [OWN.events]: commit.events.length,
    };
    const plan = { name: `append ${kind}`, kind: SpanKind.CLIENT, attributes };
    return spans.call(plan, () => store.append(streamId, after, commit));
  },
  load: (streamId, options) => store.load(streamId, options),
  head: (streamId) => store.head(streamId),
  scan: (options) => store.scan(options),
  size: () => store.size(),
});

/** Every call of the gateway about money, and none that is pure or about the account. */
const CALLS = [
  'charge',
  'capture',
  'void',
  'refund',
  'find',
  'findRefund',
  'inspect',
  'retrieve',
  'retrievePayment',
  'listRefunds',
  'standing',
] as const satisfies readonly (keyof PaymentGateway)[];

type TracedGatewayCall = (asked: never) => ResultAsync<{ readonly type: string }, never>;

/** Outcomes that prove nothing. */
const UNPROVEN: ReadonlySet<string> = new Set(['Unknown', 'NotExecuted']);

/** A gateway whose calls are spans with their outcomes. */
export const traceGateway = <G extends PaymentGateway>(gateway: G, spans: Spans): G => {
  const traced = CALLS.map((name) => {
    const call: TracedGatewayCall = (asked) =>
      spans.call(
        { name: `gateway ${name}`, kind: SpanKind.CLIENT, attributes: { [OWN.gatewayCall]: name } },
        () => (gateway[name] as TracedGatewayCall)(asked),
        ({ type }, span) => {
          span.setAttribute(OWN.outcome, type);
          if (UNPROVEN.has(type)) showError(span, type);
        },
      );
    return [name, call];
  });
  return { ...gateway, ...Object.fromEntries(traced) } as G;
};

/** A notifier whose mails are spans. */
export const traceNotifier = <N extends Notifier>(notifier: N, spans: Spans): N => ({
  ...notifier,
  send: (mail) =>
    spans.call({ name: 'send mail', kind: SpanKind.CLIENT, attributes: {} }, () =>
      notifier.send(mail),
    ),
});

/** Adds to a record the span that it belongs to, by the fields of OpenTelemetry's logs. */
const withSpanOf = (record: TelemetryRecord): TelemetryRecord => {
  const span = trace.getActiveSpan();
  // Otherwise it would name a trace that nobody has.
  if (span?.isRecording() !== true) return record;
  if (record.event === HANDLED) {
    const { outcome, orderId, attempt, facts: { disposition } = {} } = record;
    if (outcome !== undefined) span.setAttribute(OWN.outcome, outcome);
    if (orderId !== undefined) span.setAttribute(OWN.orderId, orderId);
    if (attempt !== undefined) span.setAttribute(OWN.attempt, attempt);
    if (disposition !== undefined) span.setAttribute(OWN.disposition, disposition);
    if (record.level !== 'info') showError(span, outcome ?? '_OTHER');
  }
  const { traceId: trace_id, spanId: span_id } = span.spanContext();
  return { ...record, facts: { ...record.facts, trace_id, span_id } };
};

/** The record of how a handling ended. */
const HANDLED = 'message.handled';

/** Telemetry whose records have their spans, and whose flush sends the spans first. */
export const traceTelemetry = <T extends Telemetry>(
  telemetry: T,
  { flush, takeLost }: SpansUnderWay,
): T => {
  const reportLost = (): void => {
    const lost = takeLost();
    if (lost === 0) return;
    telemetry.record({
      level: 'warn',
      event: 'tracing.spans_lost',
      facts: { lost },
      metrics: { LostSpans: { unit: 'Count', values: [lost] } },
    });
  };
  return {
    ...telemetry,
    record: (record) => {
      telemetry.record(withSpanOf(record));
      if (record.metrics !== undefined) reportLost();
    },
    flush: async (deadlineMs) => {
      const startedAt = Date.now();
      await flush(deadlineMs * SPANS_SHARE);
      reportLost();
      return telemetry.flush(Math.max(0, deadlineMs - (Date.now() - startedAt)));
    },
  };
};

/** The share that spans have of the time for the last records. */
const SPANS_SHARE = 0.6;

export type SpansUnderWay = {
  /** Sends what is waiting, for at most so long. Never rejects. */
  readonly flush: (deadlineMs: number) => Promise<void>;
  /** The number of spans that were lost since the last call. */
  readonly takeLost: () => number;
};
