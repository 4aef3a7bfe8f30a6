import { expect } from 'chai';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { startTracing, type TracingOptions } from '../../../src/adapters/opentelemetry/start.ts';
import { openOtlpReceiver } from '../../support/otlpReceiver.ts';
import { TRACING_OPTIONS } from '../../support/tracing.ts';

type Answer = (result: ExportResult) => void;

/** An exporter that takes everything once a test says so. */
const createHeldExporter = () => {
  const held: { readonly spans: readonly ReadableSpan[]; readonly answer: Answer }[] = [];
  let isOpen = false;
  const take = (answer: Answer): void => answer({ code: ExportResultCode.SUCCESS });
  const exporter: SpanExporter = {
    export: (spans, answer) => {
      held.push({ spans, answer });
      if (isOpen) take(answer);
    },
    shutdown: () => Promise.resolve(),
  };
  const open = (): void => {
    isOpen = true;
    for (const { answer } of held) take(answer);
  };
  return { exporter, held, open };
};

const start = (options: Partial<TracingOptions>) => {
  const tracing = startTracing({ ...TRACING_OPTIONS, ...options });
  const telemetry = createMemoryTelemetry();
  const traced = tracing.telemetry(telemetry);
  return {
    tracing,
    telemetry: traced,
    work: async (count: number) => {
      for (let at = 0; at < count; at += 1) await tracing.sharedCall('SQS/X', [], async () => at);
    },
    lost: () =>
      telemetry
        .records()
        .filter(({ event }) => event === 'tracing.spans_lost')
        .map(({ facts, metrics }) => [facts?.['lost'], metrics?.['LostSpans']?.values]),
  };
};

describe('The export of spans', () => {
  it('is bounded: what finds no room is counted, in a record and a metric, once', async () => {
    const { exporter, held, open } = createHeldExporter();
    const { tracing, telemetry, work, lost } = start({ exporter, waitingMax: 3 });
    await work(10);
    open();
    await telemetry.flush(10_000);

    expect(held.map(({ spans }) => spans.length)).to.deep.equal([3]);
    expect(lost()).to.deep.equal([[7, [7]]]);
    await telemetry.flush(10_000);
    expect(lost()).to.have.length(1);
    expect(await tracing.close(1_000)).to.deep.equal({ delivered: 3, lost: 7 });
  });

  it('has no more room while spans are being sent', async () => {
    const { exporter, open } = createHeldExporter();
    const { tracing, telemetry, work } = start({ exporter, waitingMax: 3 });
    await work(3);
    const flushing = telemetry.flush(10_000);
    await work(2);
    open();
    await flushing;
    await work(1);

    expect(await tracing.close(10_000)).to.deep.equal({ delivered: 4, lost: 2 });
  });

  it('says what was lost with the next record of metrics, while the work goes on', async () => {
    const { exporter, open } = createHeldExporter();
    const { tracing, telemetry, work, lost } = start({ exporter, waitingMax: 3 });
    await work(5);
    telemetry.record({ level: 'info', event: 'consumer.metrics', metrics: {} });

    expect(lost()).to.deep.equal([[2, [2]]]);
    open();
    await tracing.close(1_000);
  });

  it('counts what nobody takes', async () => {
    const receiver = await openOtlpReceiver(400);
    const { telemetry, tracing, work, lost } = start({ url: `${receiver.endpoint}/v1/traces` });
    await work(2);
    await telemetry.flush(10_000);

    expect(receiver.requests.map(({ url }) => url)).to.deep.equal(['/v1/traces']);
    expect(lost()).to.deep.equal([[2, [2]]]);
    await tracing.close(1_000);
    await receiver.close();
  });

  it('waits no longer than a flush may take, whoever does not answer', async () => {
    const { exporter, open } = createHeldExporter();
    const { tracing, telemetry, work } = start({ exporter, timeoutMs: 60_000 });
    await work(1);

    expect(await telemetry.flush(20)).to.include({ dropped: 0 });
    expect(await tracing.close(20)).to.deep.equal({ delivered: 0, lost: 1 });
    open();
  });

  it('is OTLP over HTTP, as protobuf or as JSON', async () => {
    const receiver = await openOtlpReceiver();
    for (const protocol of ['http/protobuf', 'http/json'] as const) {
      const { tracing, work } = start({ url: `${receiver.endpoint}/v1/traces`, protocol });
      await work(1);
      expect(await tracing.close(10_000)).to.deep.equal({ delivered: 1, lost: 0 });
    }

    expect(receiver.requests.map(({ type }) => type)).to.deep.equal([
      'application/x-protobuf',
      'application/json',
    ]);
    expect(receiver.text().match(/SQS\/X/g)).to.have.length(4);
    await receiver.close();
  });

  for (const [sampler, ratio, count] of [
    ['always_on', 0, 1],
    ['always_off', 1, 0],
    ['traceidratio', 0, 0],
    ['traceidratio', 1, 1],
    ['parentbased_always_on', 0, 1],
    ['parentbased_always_off', 1, 0],
    ['parentbased_traceidratio', 1, 1],
  ] as const) {
    it(`takes ${count} of 1 traces with ${sampler} and ${ratio}`, async () => {
      const { exporter, open } = createHeldExporter();
      const { tracing, work } = start({ exporter, sampler, ratio });
      open();
      await work(1);

      expect(await tracing.close(10_000)).to.deep.equal({ delivered: count, lost: 0 });
    });
  }
});
