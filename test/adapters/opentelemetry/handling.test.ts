import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { CONVENTIONS, OWN } from '../../../src/adapters/opentelemetry/conventions.ts';
import { createConsumer } from '../../../src/application/delivery/consumer.ts';
import { createGroupedQueue } from '../../../src/application/delivery/groupedQueue.ts';
import type { Handler } from '../../../src/application/delivery/handler.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import type { MessageQueue, OutgoingMessage } from '../../../src/application/ports/messageQueue.ts';
import { idOf, linked, recordTracing, type RecordedTracing } from '../../support/tracing.ts';

const ORIGIN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
const FROM = `${ORIGIN.traceId}/${ORIGIN.spanId}`;
const fromAfar = (flags = '01'): OutgoingMessage => ({
  body: 'x',
  attributes: { traceparent: `00-${ORIGIN.traceId}-${ORIGIN.spanId}-${flags}` },
});

const done: Handler = () => okAsync({ orderId: 'o-1', outcome: 'paid' });

/** A consumer with tracing, over a queue in memory, until these messages are settled. */
const handle = async (
  messages: readonly OutgoingMessage[],
  handler: Handler,
  { tracing, clock }: RecordedTracing & { readonly clock: VirtualClock },
) => {
  const ids = createMemoryIds();
  const memory = createMemoryMessageQueue({ clock, ids });
  let visibilityChanges = 0;
  const inner: MessageQueue = {
    ...memory,
    changeVisibility: (changes) => {
      visibilityChanges += 1;
      return memory.changeVisibility(changes);
    },
  };
  const deadLetters = createMemoryMessageQueue({ clock, ids });
  const telemetry = createMemoryTelemetry();
  await inner.send(messages);
  const stop = new AbortController();
  const consumer = createConsumer({
    queue: tracing.queue(createGroupedQueue(inner, clock, tracing), 'orders'),
    deadLetterQueue: tracing.queue(createGroupedQueue(deadLetters, clock, tracing), 'orders-dlq'),
    handle: handler,
    probes: {},
    clock,
    ids,
    telemetry: tracing.telemetry(telemetry),
    tracing,
    service: { name: 'payments', version: 'test' },
    settings: DEFAULT_DELIVERY_SETTINGS,
  });
  const running = consumer.run(stop.signal);
  await clock.advance(150_000);
  stop.abort();
  await clock.advance(30_000);
  await running;
  const handled = telemetry.records().filter(({ event }) => event === 'message.handled');
  return { handled, deadLetters: deadLetters.dump(), visibilityChanges };
};

describe('The trace of a message', () => {
  let recorded: RecordedTracing & { readonly clock: VirtualClock };

  beforeEach(() => {
    recorded = { ...recordTracing(), clock: createVirtualClock() };
  });

  afterEach(() => recorded.tracing.close(1_000));

  it('begins with its handling, linked to its sender and its receive', async () => {
    await handle([fromAfar()], done, recorded);
    const [receive, process] = [
      await recorded.span('receive orders'),
      await recorded.span(PROCESS),
    ];

    expect(linked(receive)).to.deep.equal([FROM]);
    expect(linked(process)).to.deep.equal([FROM, idOf(receive)]);
    expect(process.parentSpanContext).to.equal(undefined);
    expect(process.spanContext().traceId).not.to.equal(ORIGIN.traceId);
  });

  it('is none of the work in which it happens to be started', async () => {
    await recorded.tracing.during('other', () => handle([fromAfar()], done, recorded));
    const [other, process] = [await recorded.span('other'), await recorded.span(PROCESS)];

    expect(process.parentSpanContext).to.equal(undefined);
    expect(process.spanContext().traceId).not.to.equal(other.spanContext().traceId);
  });

  it('has no renewals of its lease, however long it is handled', async () => {
    const slow: Handler = ({ signal }) =>
      ResultAsync.fromSafePromise(recorded.clock.sleep(120_000, signal)).map(() => ({
        outcome: 'slow',
      }));
    const { visibilityChanges } = await handle([fromAfar()], slow, recorded);

    expect(visibilityChanges).to.be.greaterThan(0);
    expect((await recorded.spans()).map(({ name }) => name)).not.to.include('release orders');
  });

  it('has what became of it, and ends once it is settled', async () => {
    await handle([fromAfar()], done, recorded);
    const [process, deletion] = [
      await recorded.span(PROCESS),
      await recorded.span('delete orders'),
    ];

    expect(process.attributes).to.include({
      [CONVENTIONS.system]: 'aws.sqs',
      [CONVENTIONS.destination]: 'orders',
      [CONVENTIONS.operationType]: 'process',
      [CONVENTIONS.bodySize]: 1,
      [OWN.orderId]: 'o-1',
      [OWN.outcome]: 'paid',
      [OWN.disposition]: 'Acknowledge',
      [OWN.attempt]: 1,
    });
    expect(deletion.parentSpanContext?.spanId).to.equal(process.spanContext().spanId);
    expect(deletion.attributes).to.include({ [CONVENTIONS.operationType]: 'settle' });
    const call = await recorded.span('SQS/DeleteMessageBatch');
    expect(call.parentSpanContext?.spanId).to.equal(deletion.spanContext().spanId);
  });

  it('is in the record of its handling', async () => {
    const { handled } = await handle([fromAfar()], done, recorded);
    const { traceId, spanId } = (await recorded.span(PROCESS)).spanContext();

    expect(handled.map(({ facts }) => facts)).to.have.length(1);
    expect(handled[0]?.facts).to.include({ trace_id: traceId, span_id: spanId });
  });

  it('begins anywhere for a message that names none, or no real one', async () => {
    const malformed = { body: 'x', attributes: { traceparent: '00-zz' } };
    const { handled, deadLetters } = await handle([{ body: 'x' }, malformed], done, recorded);
    const all = (await recorded.spans()).filter(({ name }) => name === PROCESS);

    expect(handled).to.have.length(2);
    expect(deadLetters).to.deep.equal([]);
    expect(all).to.have.length(2);
    expect(all.every(({ links }) => links.length === 1)).to.equal(true);
  });

  it('shares a group commit with others, which is linked to each and in none', async () => {
    await handle([fromAfar(), fromAfar(), fromAfar()], done, recorded);
    const spans = await recorded.spans();
    const deletions = spans.filter(({ name }) => name === 'delete orders');
    const calls = spans.filter(({ name }) => name === 'SQS/DeleteMessageBatch');
    const shared = calls.find(({ links }) => links.length > 0);

    expect(deletions).to.have.length(3);
    expect(shared?.parentSpanContext).to.equal(undefined);
    expect(shared?.attributes[OWN.entries]).to.equal(shared?.links.length);
    expect(shared?.links.length).to.be.greaterThan(1);
    expect(deletions.map(idOf)).to.include.members([...linked(shared ?? { links: [] })]);
  });

  it('is an error for a message that becomes a dead letter, which keeps its sender', async () => {
    const refuse: Handler = () =>
      errAsync({ type: 'InvalidOrder', orderId: 'o-1', reasons: ['lines: Jane Doe'] });
    const { deadLetters } = await handle([fromAfar()], refuse, recorded);
    const [process, sent] = [await recorded.span(PROCESS), await recorded.span('send orders-dlq')];

    expect(process.attributes).to.include({
      [CONVENTIONS.errorType]: 'InvalidOrder',
      [OWN.disposition]: 'DeadLetter',
    });
    expect(linked(sent)).to.deep.equal([FROM]);
    expect(deadLetters[0]?.attributes).to.include(fromAfar().attributes);
    expect(JSON.stringify(process.attributes)).not.to.include('Jane');
  });

  it('is not recorded where that of its sender is not', async () => {
    const { handled } = await handle([fromAfar('00')], done, recorded);

    expect(await recorded.spans()).to.deep.equal([]);
    expect(handled[0]?.facts).not.to.have.property('trace_id');
  });

  it('has no span for a poll that brings nothing', async () => {
    await handle([], done, recorded);

    expect(await recorded.spans()).to.deep.equal([]);
  });
});

const PROCESS = 'process orders';

describe('The share of orders that is traced', () => {
  it('is decided where an order begins, whatever a sampler by ratio would say later', async () => {
    const sampling = { sampler: 'parentbased_traceidratio', ratio: 0 } as const;
    const none = { ...recordTracing(sampling), clock: createVirtualClock() };
    await handle([fromAfar(), { body: 'x' }], done, none);
    const processed = (await none.spans()).filter(({ name }) => name === PROCESS);

    expect(processed.map((span) => linked(span)[0])).to.deep.equal([FROM]);
    await none.tracing.close(1_000);
  });
});
