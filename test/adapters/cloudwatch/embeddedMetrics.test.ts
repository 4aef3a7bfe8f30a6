import { Ajv } from 'ajv';
import { expect } from 'chai';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { ensureLogGroup } from '../../../src/adapters/cloudwatch/logGroup.ts';
import { createCloudWatchTelemetry } from '../../../src/adapters/cloudwatch/telemetry.ts';
import { startEmbeddedLogs } from '../../../src/adapters/embedded/logs.ts';
import type { EmbeddedServer } from '../../../src/adapters/embedded/server.ts';
import { createSystemClock } from '../../../src/adapters/system/clock.ts';
import { toLine } from '../../../src/adapters/telemetry/line.ts';
import type { Metric, TelemetryRecord } from '../../../src/application/ports/telemetry.ts';
import { logsClientFor, readMessages } from '../../support/logs.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';

type Metrics = Readonly<Record<string, Metric>>;

const NOW = Date.UTC(2026, 5, 1);
const STAMP = { time: NOW, id: '01', service: 'payments', metricsNamespace: 'Paidonce' };

describe('The embedded metric format of a line', () => {
  it('says which of its members are metrics, of which unit, and for which service', () => {
    const line = lineOf({
      polls: { unit: 'Count', values: [12] },
      handlerMs: { unit: 'Milliseconds', values: [4, 250, 4] },
    });
    expect(line).to.deep.include({ service: 'payments', polls: 12, handlerMs: [4, 250, 4] });
    expect(line['_aws']).to.deep.equal({
      Timestamp: NOW,
      CloudWatchMetrics: [
        {
          Namespace: 'Paidonce',
          Dimensions: [['service']],
          Metrics: [
            { Name: 'polls', Unit: 'Count' },
            { Name: 'handlerMs', Unit: 'Milliseconds' },
          ],
        },
      ],
    });
    expect(line).not.to.have.property('metrics');
  });

  it('is not there in a record without metrics, nor where no namespace is given', () => {
    const metrics: Metrics = { polls: { unit: 'Count', values: [12] } };

    expect(lineOf(undefined)).not.to.have.property('_aws');
    expect(lineOf({ polls: { unit: 'Count', values: [] } })).not.to.have.property('_aws');
    const plain = lineOf(metrics, { ...STAMP, metricsNamespace: undefined });
    expect(plain).to.include({ polls: 12 }).and.not.have.property('_aws');
  });

  it('keeps to the schema and its limits, whatever is measured and whatever it is called', () => {
    fc.assert(
      fc.property(anyMetrics(), fc.dictionary(anyName(), fc.string()), (metrics, facts) => {
        const line = lineOf(metrics, STAMP, facts);
        const measured = Object.values(metrics).some(({ values }) => values.some(Number.isFinite));

        expect(line).to.include({ service: 'payments', event: 'consumer.metrics', orderId: 'o-1' });
        expect('_aws' in line).to.equal(measured || '_aws' in facts);
        if (measured) expectEmf(line);
      }),
    );
  });

  it('keeps the least, the greatest and the median of more values than a member may have', () => {
    const values = Array.from({ length: 5_001 }, (_, at) => (at * 7) % 5_001);
    const kept = lineOf({ handlerMs: { unit: 'Milliseconds', values } })['handlerMs'] as number[];

    expect(kept).to.have.lengthOf(100);
    expect([kept[0], kept.at(-1)]).to.deep.equal([0, 5_000]);
    expect(((kept[49] ?? 0) + (kept[50] ?? 0)) / 2).to.be.closeTo(2_500, 1);
  });

  it('spreads more metrics than a directive may have over several', () => {
    const names = Array.from({ length: 250 }, (_, at) => `m${at}`);
    const line = lineOf(
      Object.fromEntries(names.map((name) => [name, { unit: 'Count', values: [1] }])),
    );
    expectEmf(line);
    expect(namesIn(line)).to.deep.equal(names);
  });
});

describe('Metrics in CloudWatch Logs', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let server: EmbeddedServer;
  before(async () => {
    folder = await makeTemporaryFolder();
    server = await startEmbeddedLogs({ dataDir: folder.path, port: 0 });
  });
  after(async () => {
    await server.close();
    await folder.remove();
  });

  it('are stored as events that CloudWatch makes metrics of', async () => {
    const client = logsClientFor(server.url);
    const place = { logGroup: '/paidonce', logStream: 'worker/1', service: 'payments' };
    await ensureLogGroup(client, place.logGroup);
    const config = { ...place, metricsNamespace: 'Paidonce' };
    const telemetry = createCloudWatchTelemetry(client, config, createSystemClock());
    telemetry.record(numbers({ polls: { unit: 'Count', values: [12] } }));
    await telemetry.flush(5_000);
    const stored = await readMessages(client, place.logGroup);
    client.destroy();

    expect(stored).to.have.lengthOf(1);
    const event = JSON.parse(stored[0] ?? '') as Record<string, unknown>;
    expectEmf(event);
    expect(event).to.include({ polls: 12 });
  });
});

const numbers = (metrics: Metrics | undefined): TelemetryRecord => ({
  level: 'info',
  event: 'consumer.metrics',
  orderId: 'o-1',
  ...(metrics && { metrics }),
});

const lineOf = (
  metrics: Metrics | undefined,
  stamp: Parameters<typeof toLine>[1] = STAMP,
  facts: Readonly<Record<string, string>> = {},
): Record<string, unknown> => {
  const line = toLine({ ...numbers(metrics), facts }, stamp);
  return JSON.parse(line._unsafeUnwrap()) as Record<string, unknown>;
};

const OF_LINES = ['time', 'service', 'event', 'orderId', 'attempt', 'durationMs', '_aws', 'polls'];
const anyName = () => fc.oneof(fc.constantFrom(...OF_LINES), fc.stringMatching(/^[a-z]{1,9}$/));
/** Values are of a few kinds only: so many are quick to make and to shrink. */
const anyMetrics = (): fc.Arbitrary<Metrics> =>
  fc.dictionary(
    anyName(),
    fc
      .record({
        unit: fc.constantFrom('Count', 'Milliseconds', 'Seconds', 'Bytes'),
        first: fc.double(),
        others: fc.double(),
        count: fc.nat(250),
      })
      .map(({ unit, first, others, count }) => ({
        unit,
        values: [first, ...Array.from({ length: count }, () => others)].slice(0, count),
      })),
  );

/** The schema of the CloudWatch User Guide, with the limits that its text gives besides. */
const validate = new Ajv().compile({
  type: 'object',
  required: ['_aws'],
  properties: {
    _aws: {
      type: 'object',
      required: ['Timestamp', 'CloudWatchMetrics'],
      properties: {
        Timestamp: { type: 'integer' },
        CloudWatchMetrics: {
          type: 'array',
          items: {
            type: 'object',
            required: ['Namespace', 'Dimensions', 'Metrics'],
            properties: {
              Namespace: { type: 'string', minLength: 1, maxLength: 1_024 },
              Dimensions: {
                type: 'array',
                minItems: 1,
                items: {
                  type: 'array',
                  maxItems: 30,
                  items: { type: 'string', minLength: 1, maxLength: 250 },
                },
              },
              Metrics: {
                type: 'array',
                maxItems: 100,
                items: {
                  type: 'object',
                  required: ['Name'],
                  properties: {
                    Name: { type: 'string', minLength: 1, maxLength: 1_024 },
                    Unit: { enum: ['Count', 'Milliseconds', 'Seconds', 'Bytes', 'None'] },
                    StorageResolution: { enum: [1, 60] },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
});

/** What a metric refers to: a number, or up to a hundred. */
const validateTarget = new Ajv().compile({
  anyOf: [
    { type: 'number' },
    { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: 100 },
  ],
});

type Emf = {
  readonly _aws: { readonly CloudWatchMetrics: readonly { readonly Metrics: readonly Name[] }[] };
};
type Name = { readonly Name: string };

const namesIn = (line: Record<string, unknown>): readonly string[] =>
  (line as unknown as Emf)['_aws'].CloudWatchMetrics.flatMap(({ Metrics: named }) =>
    named.map(({ Name: name }) => name),
  );

const expectEmf = (line: Record<string, unknown>): void => {
  validate(line);
  expect(validate.errors).to.equal(null);
  // A dimension is a member too, and a text.
  expect(line['service']).to.be.a('string');
  for (const name of namesIn(line)) {
    validateTarget(line[name]);
    expect(validateTarget.errors, name).to.equal(null);
  }
};
