import { expect } from 'chai';
import { errAsync, ok, okAsync } from 'neverthrow';
import { beforeEach, describe, it } from 'mocha';
import { unavailable } from '../../../src/adapters/failures.ts';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryMessageQueue } from '../../../src/adapters/memory/messageQueue.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { createStripeWebhooks } from '../../../src/adapters/stripe/webhooks.ts';
import {
  createReceiveCall,
  type HandledCall,
} from '../../../src/application/gatewayEvents/receiveCall.ts';
import { createWebhookService } from '../../../src/application/gatewayEvents/webhookService.ts';
import { GatewayEventV1 } from '../../../src/application/messages/index.ts';
import type { HandleCall } from '../../../src/application/ports/gatewayEvents.ts';
import type { MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import { signatureOf, stripeEvent, WEBHOOK_SECRET } from '../../support/stripeEvents.ts';

const START = Date.UTC(2026, 10, 29);
const DRAIN_MS = 5_000;

const bodyOf = (type: string, object: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(stripeEvent(type, object));
const PAID = bodyOf('payment_intent.succeeded', {
  object: 'payment_intent',
  id: 'pi_1234567',
  status: 'succeeded',
  metadata: { order_id: 'o-1', deployment: 'dep1' },
});
const NEW_CUSTOMER = bodyOf('customer.created', { object: 'customer', id: 'cus_1' });

const DELAY_MS = 5_000;

describe('A call of the gateway', () => {
  const clock = createVirtualClock(START);
  const ids = createMemoryIds();
  const queue = createMemoryMessageQueue({ clock, ids });
  const receiving = (payments: Pick<MessageQueue, 'send'>) => {
    const receive = createReceiveCall({
      webhookReader: createStripeWebhooks([WEBHOOK_SECRET]),
      payments,
      clock,
      delayMs: DELAY_MS,
    });
    return (text: string, signature = signatureOf(text, { at: START })): Promise<HandledCall> =>
      receive({ body: new TextEncoder().encode(text), signature });
  };

  it('is a message on the queue of payments once it is answered', async () => {
    expect(await receiving(queue)(PAID)).to.deep.equal({
      status: 200,
      outcome: 'queued',
      about: 'payment',
    });

    const [message] = queue.dump();
    expect(message?.groupId).to.equal('o-1');
    expect(message?.attributes).to.deep.equal({
      correlationId: 'evt_0000000000000001',
      causationId: 'webhook',
    });
    expect(GatewayEventV1.parse(JSON.parse(message?.body ?? ''))).to.deep.equal({
      type: 'GatewayEvent',
      v: 1,
      event: 'evt_0000000000000001',
      at: 1_790_000_000_000,
      mode: 'test',
      kind: 'payment',
      payment: 'pi_1234567',
      id: 'pi_1234567',
      says: 'succeeded',
      orderId: 'o-1',
      deployment: 'dep1',
    });
  });

  it('waits on the queue until the answer that it may repeat is recorded', async () => {
    let now = START;
    const own = createMemoryMessageQueue({
      clock: { now: () => now, sleep: () => Promise.resolve() },
      ids,
    });
    await receiving(own)(PAID);

    const receive = async () => {
      const received = await own.receive({ max: 1, waitMs: 0, visibilityMs: 30_000 });
      return received._unsafeUnwrap().length;
    };
    expect(await receive()).to.equal(0);
    now += DELAY_MS;
    expect(await receive()).to.equal(1);
  });

  it('of an event that says nothing of money is answered, and no message', async () => {
    const before = queue.dump().length;
    expect(await receiving(queue)(NEW_CUSTOMER)).to.deep.include({
      status: 200,
      outcome: 'ignored',
    });
    expect(queue.dump()).to.have.length(before);
  });

  it('that nobody has signed is refused, and no message', async () => {
    const before = queue.dump().length;
    expect(await receiving(queue)(PAID, 't=1,v1=00')).to.deep.include({
      status: 400,
      outcome: 'refused',
    });
    expect(queue.dump()).to.have.length(before);
  });

  it('is not answered with 2xx where the queue has not confirmed it', async () => {
    const failed = { type: 'Failed', code: 'InternalError', retryable: true } as const;
    const queues: readonly Pick<MessageQueue, 'send'>[] = [
      { send: () => errAsync(unavailable('MessageQueue', 'down')) },
      { send: () => okAsync([failed]) },
      { send: () => okAsync([]) },
    ];
    for (const payments of queues) {
      expect(await receiving(payments)(PAID)).to.deep.include({
        status: 503,
        outcome: 'not queued',
      });
    }
  });

  it('names no order and no deployment that could be none of ours', async () => {
    const metadata = { order_id: 'o 1'.repeat(100), deployment: 'ä' };
    const foreign = bodyOf('payment_intent.succeeded', {
      object: 'payment_intent',
      id: 'pi_foreign',
      status: 'succeeded',
      metadata,
    });
    expect((await receiving(queue)(foreign)).outcome).to.equal('queued');

    const body = JSON.parse(queue.dump().at(-1)?.body ?? '');
    expect(GatewayEventV1.safeParse(body).success).to.equal(true);
    expect(body).not.to.have.any.keys('orderId', 'deployment');
  });
});

describe('The service of webhooks', () => {
  let clock: ReturnType<typeof createVirtualClock>;
  let telemetry: ReturnType<typeof createMemoryTelemetry>;
  let answers: HandledCall[];
  let handle: HandleCall;
  const stop = () => new AbortController();

  beforeEach(() => {
    clock = createVirtualClock(START);
    telemetry = createMemoryTelemetry();
    answers = [];
  });

  const start = (cut = 0) =>
    createWebhookService({
      receiveCall: async () => answers.shift() ?? NOT_QUEUED,
      serveCalls: async (given) => {
        handle = given;
        return ok({ port: 4_242, close: async () => ({ finished: 2, cut }) });
      },
      clock,
      telemetry,
      drainMs: DRAIN_MS,
    });
  const NOT_QUEUED = { status: 503, outcome: 'not queued', about: 'Unavailable' } as const;
  const QUEUED = { status: 200, outcome: 'queued', about: 'refund.created' } as const;
  const refusedFor = (about: string) => ({ status: 400, outcome: 'refused', about }) as const;
  const call = { body: new Uint8Array(), signature: undefined };
  const metrics = () =>
    telemetry
      .records()
      .filter(({ event }) => event === 'webhooks.metrics')
      .map(({ metrics: values = {} }) =>
        Object.fromEntries(
          Object.entries(values).map(([name, metric]) => [name, ...metric.values]),
        ),
      );

  it('has the health of a consumer from the beginning to the end', async () => {
    const service = start();
    expect(service.health()).to.deep.include({ ready: false, reason: 'not started' });
    expect((await service.open())._unsafeUnwrap()).to.equal(4_242);
    const stopping = stop();
    const running = service.run(stopping.signal);
    expect(service.health()).to.deep.include({ ready: true, live: true, reason: 'listening' });

    stopping.abort();
    expect(await running).to.deep.include({ finished: 2, abandoned: 0, handedBack: 0 });
    expect(service.health()).to.deep.include({ ready: false, reason: 'stopped' });
    expect(clock.sleepers()).to.equal(0);
  });

  it('is unready for half a minute after the queue took nothing, and no longer', async () => {
    const service = start();
    await service.open();
    const stopping = stop();
    void service.run(stopping.signal);
    expect(await handle(call)).to.deep.include({ status: 503 });
    expect(service.health()).to.deep.include({ ready: false, live: true });

    await clock.advance(30_000);
    expect(service.health()).to.deep.include({ ready: true });
    stopping.abort();
  });

  it('counts every call each minute, and records ten at most that it did not take', async () => {
    const service = start();
    await service.open();
    const stopping = stop();
    const running = service.run(stopping.signal);
    answers = [QUEUED, QUEUED, ...Array.from({ length: 30 }, (_, at) => refusedFor(`cause ${at}`))];
    answers.push(refusedFor('cause 1'), NOT_QUEUED);
    while (answers.length > 0) await handle(call);
    await clock.advance(60_000);
    answers = [refusedFor('cause 1')];
    await handle(call);
    stopping.abort();
    await running;

    const zero = { CallsQueued: 0, CallsIgnored: 0, CallsRefused: 0, CallsNotQueued: 0 };
    expect(metrics()).to.deep.equal([
      { ...zero, CallsQueued: 2, CallsRefused: 31, CallsNotQueued: 1 },
      { ...zero, CallsRefused: 1 },
    ]);
    const warned = telemetry.records().filter(({ event }) => event === 'webhooks.call');
    expect(warned).to.have.length(11);
    expect(warned.at(-1)).to.deep.include({ level: 'warn', facts: { cause: 'cause 1' } });
  });

  it('reports what it had to leave unanswered', async () => {
    const service = start(3);
    await service.open();
    expect(await service.run(AbortSignal.abort())).to.deep.include({ finished: 2, abandoned: 3 });
    const [drained] = telemetry.records().filter(({ event }) => event === 'webhooks.drained');
    expect(drained?.level).to.equal('warn');
  });
});
