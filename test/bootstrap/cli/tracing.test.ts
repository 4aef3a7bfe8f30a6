import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { CONVENTIONS, OWN } from '../../../src/adapters/opentelemetry/conventions.ts';
import { parseConfig } from '../../../src/bootstrap/config.ts';
import { TRACING_SETTINGS } from '../../../src/bootstrap/tracing.ts';
import { jsonLines, run, start, type Env, type InProcessCommand } from '../../support/cli.ts';
import { order } from '../../support/lambda.ts';
import { openOtlpReceiver, reachedFrom, type ReceivedSpan } from '../../support/otlpReceiver.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { until } from '../../support/until.ts';
import { describeInTurn } from '../../support/runs.ts';

/** What is personal in the order, and what is secret in the settings. */
const SECRETS = ['@', 'example.com', 'Book', 'pm_card', 'sk_test', 'whsec', 'c-1'];

/** Every name that an attribute may have: one more has to be thought about. */
const NAMES: ReadonlySet<string> = new Set([...Object.values(CONVENTIONS), ...Object.values(OWN)]);

const ORDER_ID = 'traced-1';

describeInTurn(1, 'Tracing from the command line', () => {
  let folder: Awaited<ReturnType<typeof makeTemporaryFolder>>;
  let receiver: Awaited<ReturnType<typeof openOtlpReceiver>>;
  let env: Env;
  let running: InProcessCommand | undefined;

  beforeEach(async () => {
    folder = await makeTemporaryFolder();
    receiver = await openOtlpReceiver();
    env = {
      PAIDONCE_DATA_DIR: folder.path,
      RECEIVE_WAIT_MS: '1000',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    };
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await receiver.close();
    await folder.remove();
  });

  const submit = () =>
    run(['submit', '-', '--embedded', '--json'], {
      env,
      input: JSON.stringify(order(ORDER_ID)),
    });

  /** Submits one order, and waits until its receipt was mailed. */
  const live = async (command: readonly string[]): Promise<void> => {
    const started = start([...command, '--embedded'], env);
    running = started;
    let printed = '';
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
    }
    await until('it has begun', () => Promise.resolve(printed !== '' || undefined));
    expect((await submit()).code).to.equal(0);
    await until('the receipt is sent', () =>
      Promise.resolve(printed.includes('receipt: sent') || undefined),
    );
  };

  const named = (spans: readonly ReceivedSpan[]): readonly string[] => [
    ...new Set(spans.map(({ name }) => name)),
  ];

  it('shows an order from its submission to its mails as one, and nothing personal', async () => {
    await live(['worker']);
    await running?.stop();
    const traced = await run(['trace', ORDER_ID, '--no-dead-letters', '--embedded', '--json'], {
      env,
    });
    const shown = await run(['trace', ORDER_ID, '--no-dead-letters', '--embedded'], { env });

    const spans = receiver.spans();
    const first = spans.find(({ name }) => name === 'submit orders');
    if (first === undefined) throw new Error('nothing was sent');
    const reached = [...reachedFrom(first, spans)];
    expect(named(reached)).to.include.members([
      'receive paidonce-payments',
      'process paidonce-payments',
      'append order',
      'append series',
      'gateway charge',
      'send paidonce-notifications',
      'delete paidonce-payments',
      'process paidonce-notifications',
      'send mail',
      'DynamoDB/BatchExecuteStatement',
      'SQS/SendMessageBatch',
      'SQS/DeleteMessageBatch',
    ]);
    // By its links alone: the trace of each message begins with its handling.
    const processed = reached.filter(({ name }) => name.startsWith('process '));
    expect(new Set(processed.map(({ traceId }) => traceId)).size).to.equal(processed.length);
    expect(processed.every(({ parentSpanId = '' }) => parentSpanId === '')).to.equal(true);

    expect(spans.flatMap((span) => Object.keys(span.attributes).filter(isUnknown))).to.deep.equal(
      [],
    );
    for (const secret of SECRETS) expect(receiver.text()).not.to.include(secret);
    expect(spans[0]?.resource).to.include({ 'service.name': 'paidonce' });

    const [timeline] = jsonLines(traced.stdout) as unknown as readonly {
      readonly steps: readonly { readonly details: { readonly trace_id?: string } }[];
    }[];

    const ids = timeline?.steps.flatMap(({ details: { trace_id } }) => trace_id ?? []) ?? [];
    expect(ids).to.have.members(processed.map(({ traceId }) => traceId));
    for (const id of ids) expect(shown.stdout).to.include(id);
  });

  it('is sent before an invocation of a function ends', async () => {
    await live(['lambda']);
    await until('the spans came', () =>
      Promise.resolve(named(receiver.spans()).includes('send mail') || undefined),
    );
    const spans = receiver.spans();

    expect(named(spans)).to.include('process paidonce-payments');
    const first = spans.find(({ name }) => name === 'submit orders');
    const mail = spans.find(({ name }) => name === 'send mail');
    expect(first && mail && reachedFrom(first, spans).has(mail)).to.equal(true);
  });

  it('is refused with a mistake in its settings, before anything is sent', async () => {
    env = { ...env, OTEL_TRACES_SAMPLER: 'sometimes' };
    const { code, stderr, stdout } = await submit();

    expect(code).to.equal(2);
    expect(stderr + stdout)
      .to.include('OTEL_TRACES_SAMPLER')
      .and.to.include('is none of the');
    expect(receiver.requests).to.deep.equal([]);
  });

  it('is off where OTEL_SDK_DISABLED says so', async () => {
    env = { ...env, OTEL_SDK_DISABLED: 'true' };

    expect((await submit()).code).to.equal(0);
    expect(receiver.requests).to.deep.equal([]);
  });

  it('says at the end of a command what nobody took', async () => {
    await receiver.close();

    const input = JSON.stringify(order(ORDER_ID));
    const { code, stderr } = await run(['submit', '-', '--embedded'], { env, input });
    expect(code).to.equal(0);
    expect(stderr).to.match(/\d spans were not delivered, 0 were/);
  });
});

const isUnknown = (name: string): boolean => !NAMES.has(name);

describe('The settings of tracing', () => {
  for (const [name, value, wrong] of [
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', 'is not an address'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:secret@collector', 'is not an address'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector?key=secret', 'is not an address'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'ftp://secret', 'is not an address'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'is neither http/protobuf nor http/json'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'secret', 'is not a list'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key=%zzsecret', 'is not a list'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b=secret', 'is not a list'],
    ['OTEL_SERVICE_NAME', '\u0000secret', 'is not a name'],
    ['OTEL_TRACES_SAMPLER', 'secret', 'is none of the samplers'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', 'is not a number from 0 to 1'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0', 'is not a whole number'],
  ] as const) {
    it(`refuse ${JSON.stringify(value)} as ${name}, and do not repeat it`, () => {
      const mistakes = parseConfig(
        { [name]: value },
        { needs: TRACING_SETTINGS },
      )._unsafeUnwrapErr();

      expect(mistakes.map((mistake) => mistake.name)).to.deep.equal([name]);
      expect(mistakes[0]?.wrong).to.include(wrong).and.not.to.include('secret');
    });
  }

  it('take what the specification gives as examples', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example:4318/otlp',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key,other-config-value=value%20with%20blanks',
      OTEL_RESOURCE_ATTRIBUTES: 'key1=value1,deployment.environment.name=staging',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    };

    expect(parseConfig(env, { needs: TRACING_SETTINGS })._unsafeUnwrap()).to.include({
      OTEL_TRACES_SAMPLER_ARG: 0.25,
      OTEL_SERVICE_NAME: 'paidonce',
    });
  });
});
