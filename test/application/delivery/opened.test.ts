import { expect } from 'chai';
import { errAsync } from 'neverthrow';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createMemoryTelemetry } from '../../../src/adapters/memory/telemetry.ts';
import { readEvent } from '../../../src/adapters/stripe/events.ts';
import { createBatchHandler } from '../../../src/application/delivery/batch.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import { withoutEventDetail } from '../../../src/application/messages/index.ts';
import type { ReceivedMessage } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, SERVICE } from '../../support/delivery.ts';

const EVENT = {
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  created: 1_800_000_000,
  livemode: false,
  data: {
    object: {
      id: 'pi_1',
      object: 'payment_intent',
      status: 'succeeded',
      receipt_email: 'ada@example.com',
      metadata: {},
    },
  },
};
const BODY = JSON.stringify({
  source: 'aws.partner/stripe.com/ed_1',
  'detail-type': EVENT.type,
  detail: EVENT,
});

const opened = (message: ReceivedMessage): ReceivedMessage =>
  withoutEventDetail(message, { read: readEvent });
const malformed = { type: 'MalformedMessage', reasons: ['no'] } as const;

describe('a message with more in it than is needed', () => {
  it('is handled and kept as a dead letter without that, by a worker', async () => {
    const world = createDeliveryWorld({ opened });
    const handled: string[] = [];
    await world.queue.send([{ body: BODY }]);
    const running = world.start(({ body }) => {
      handled.push(body);
      return errAsync(malformed);
    });
    await world.clock.advance(1_000);
    const [deadLetter] = world.deadLetter.dump();
    expect(deadLetter?.body)
      .to.match(/^{"type":"GatewayEvent"/)
      .and.not.to.contain('ada');
    expect(handled).to.deep.equal([deadLetter?.body]);
    await running.drain();
  });

  it('and by a function too', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: BODY }]);
    const received = await world.queue.receive({ max: 10, waitMs: 0, visibilityMs: 60_000 });
    const batch = createBatchHandler({
      queue: world.queue,
      deadLetterQueue: world.deadLetter,
      handle: () => errAsync(malformed),
      opened,
      clock: world.clock,
      ids: createMemoryIds(),
      telemetry: createMemoryTelemetry(),
      service: SERVICE,
      settings: DEFAULT_DELIVERY_SETTINGS,
      startMs: 0,
    });
    const done = batch(received._unsafeUnwrap(), 60_000);
    await world.clock.advance(1_000);
    expect(await done).to.deep.equal([]);
    expect(world.deadLetter.dump()[0]?.body).not.to.contain('ada');
  });
});
