import { expect } from 'chai';
import { errAsync, okAsync } from 'neverthrow';
import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { createMemoryNotifier } from '../../../src/adapters/memory/notifier.ts';
import { CONVENTIONS, OWN, SYSTEMS } from '../../../src/adapters/opentelemetry/conventions.ts';
import type { OutgoingEvent } from '../../../src/application/ports/orderEvents.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { PaymentGateway } from '../../../src/application/ports/paymentGateway.ts';
import { recordTracing, type RecordedTracing } from '../../support/tracing.ts';

const SECRET = 'jane@example.com';

/** As far as a test calls it. */
const gatewayWith = (calls: Partial<PaymentGateway>) => calls as PaymentGateway;
const POST = { key: SECRET, body: SECRET, notAfter: 0 };

describe('The spans of calls', () => {
  let recorded: RecordedTracing;

  beforeEach(() => {
    recorded = recordTracing();
  });

  afterEach(() => recorded.tracing.close(1_000));

  it('are named as the conventions name things, and otherwise ours', () => {
    const known = new Set<unknown>(Object.values(conventions));

    for (const name of [...Object.values(CONVENTIONS), ...Object.values(SYSTEMS)]) {
      expect(known.has(name), name).to.equal(true);
    }
    for (const name of Object.values(OWN)) expect(name).to.match(/^paidonce\./);
  });

  it('show of the gateway each call, and the outcome that it had', async () => {
    const gateway = recorded.tracing.gateway(
      gatewayWith({
        charge: () => okAsync({ type: 'Unknown', cause: SECRET }),
        prepareRefund: () => {
          throw new Error('pure');
        },
      }),
    );
    await gateway.charge(POST);
    const span = await recorded.span('gateway charge');

    expect(span.attributes).to.deep.equal({
      [OWN.gatewayCall]: 'charge',
      [OWN.outcome]: 'Unknown',
      [CONVENTIONS.errorType]: 'Unknown',
    });
    expect(() => gateway.prepareRefund({} as never)).to.throw('pure');
  });

  it('show of an append the kind of its stream, and of an error its type alone', async () => {
    const append: EventStore['append'] = (streamId) =>
      errAsync({ type: 'Uncertain', streamId, cause: SECRET });
    const store = recorded.tracing.store({ append } as EventStore);
    const commit = { events: [{}, {}] } as unknown as Parameters<EventStore['append']>[2];
    await store.append(`person#${SECRET}`, { version: 3, hash: '' }, commit);
    const span = await recorded.span('append person');

    expect(span.attributes).to.deep.equal({
      [CONVENTIONS.dbSystem]: 'aws.dynamodb',
      [CONVENTIONS.dbOperation]: 'append',
      [OWN.streamKind]: 'person',
      [OWN.streamVersion]: 4,
      [OWN.events]: 2,
      [CONVENTIONS.errorType]: 'Uncertain',
    });
  });

  it('show that a mail was sent, and nothing of it', async () => {
    const notifier = recorded.tracing.notifier(createMemoryNotifier());
    const mail = { to: SECRET, subject: SECRET, text: SECRET, html: SECRET, dedupeKey: SECRET };
    await notifier.send(mail);

    expect((await recorded.span('send mail')).attributes).to.deep.equal({});
    expect(notifier.send.length).to.equal(1);
  });

  it('go with each order event that is published, and show what was refused', async () => {
    const published: OutgoingEvent[] = [];
    const topic = recorded.tracing.orderEvents(
      {
        publish: (events) => {
          published.push(...events);
          return okAsync([{ type: 'Failed', code: 'TooLarge', retryable: false }]);
        },
        check: () => okAsync(),
      },
      'order-events',
    );
    await topic.publish([{ id: 'e-1', groupId: 'o-1', body: '{}', attributes: { type: 'paid' } }]);
    const span = await recorded.span('publish order-events');
    const { traceId, spanId } = span.spanContext();

    expect(published[0]?.attributes).to.deep.equal({
      type: 'paid',
      traceparent: `00-${traceId}-${spanId}-01`,
    });
    expect(span.attributes).to.include({
      [CONVENTIONS.system]: 'aws.sns',
      [CONVENTIONS.errorType]: 'TooLarge',
    });
  });

  it('show what was thrown by its name', async () => {
    const gateway = recorded.tracing.gateway(
      gatewayWith({
        void: () => {
          throw new TypeError(SECRET);
        },
      }),
    );
    const thrown = await gateway.void({ ...POST, payment: SECRET }).then(
      () => undefined,
      (error: unknown) => error,
    );

    expect(thrown).to.be.instanceOf(TypeError);
    expect((await recorded.span('gateway void')).attributes).to.include({
      [CONVENTIONS.errorType]: 'TypeError',
    });
    expect(JSON.stringify((await recorded.span('gateway void')).events)).to.equal('[]');
  });
});
