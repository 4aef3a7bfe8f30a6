import { expect } from 'chai';
import { ok } from 'neverthrow';
import {
  EVENTS_BYTES_MAX,
  type OrderEvents,
  type OutgoingEvent,
} from '../../src/application/ports/orderEvents.ts';

/** As a subscriber gets it. */
export type ReceivedEvent = Pick<OutgoingEvent, 'body' | 'attributes'>;

export type OpenTopic = {
  readonly orderEvents: OrderEvents;
  /** What the subscriber has got, once there are so many, in any order. */
  readonly received: (count: number) => Promise<readonly ReceivedEvent[]>;
};

export type OrderEventsHarness = {
  /** A new topic with one subscriber. */
  open(): Promise<OpenTopic>;
  close(): Promise<void>;
};

const DONE = { type: 'Done' } as const;

let made = 0;
export const eventOf = (body: string): OutgoingEvent => {
  made += 1;
  return {
    id: `o-${made}:1:order.placed.v1`,
    groupId: `o-${made}`,
    body,
    attributes: { type: 'paidonce.order.placed.v1', currency: 'EUR' },
  };
};

const receivedOf = ({ body, attributes }: OutgoingEvent): ReceivedEvent => ({
  body,
  ...(attributes && { attributes }),
});

export const describeOrderEvents = (
  name: string,
  makeAdapter: () => Promise<OrderEventsHarness>,
): void => {
  describe(`OrderEvents: ${name}`, () => {
    let harness: OrderEventsHarness;
    before(async () => {
      harness = await makeAdapter();
    });
    after(() => harness.close());

    it('gives a subscriber all that was published, in any script', async () => {
      const { orderEvents, received } = await harness.open();
      const event = eventOf('{"name":"Żółć 日本 🧾\\n<&>%20+"}');

      expect(await orderEvents.publish([event])).to.deep.equal(ok([DONE]));
      expect(await received(1)).to.deep.equal([receivedOf(event)]);
    });

    it('takes any number of events, each with its own answer', async () => {
      const { orderEvents, received } = await harness.open();
      const events = Array.from({ length: 25 }, (_, at) => eventOf(`{"at":${at}}`));

      expect(await orderEvents.publish(events)).to.deep.equal(ok(events.map(() => DONE)));
      expect(await received(25)).to.have.deep.members(events.map(receivedOf));
      expect(await orderEvents.publish([])).to.deep.equal(ok([]));
    });

    it('takes events whose bytes do not fit into one call', async () => {
      const { orderEvents, received } = await harness.open();
      const events = Array.from({ length: 5 }, (_, at) => eventOf(`${at}`.repeat(100_000)));

      expect(await orderEvents.publish(events)).to.deep.equal(ok(events.map(() => DONE)));
      expect(await received(5)).to.have.deep.members(events.map(receivedOf));
    });

    it('refuses an event that is too large, and no other because of it', async () => {
      const { orderEvents, received } = await harness.open();
      const [first, last] = [eventOf('{"at":1}'), eventOf('{"at":2}')];
      const large = eventOf('x'.repeat(EVENTS_BYTES_MAX));
      const answers = await orderEvents.publish([first, large, last]);

      expect(answers).to.deep.equal(
        ok([DONE, { type: 'Failed', code: 'TooLarge', retryable: false }, DONE]),
      );
      expect(await received(2)).to.have.deep.members([first, last].map(receivedOf));
    });

    it('says that it is there', async () => {
      const { orderEvents } = await harness.open();

      expect(await orderEvents.check()).to.deep.equal(ok(undefined));
    });
  });
};

/** Of a topic that is not there: only a person can correct that. */
export const describeMissingTopic = (
  name: string,
  makeAdapter: () => Promise<{
    readonly missing: OrderEvents;
    readonly close: () => Promise<void>;
  }>,
): void => {
  it(`OrderEvents: ${name}: a topic that is missing is a matter of configuration`, async () => {
    const { missing, close } = await makeAdapter();
    const published = await missing.publish([eventOf('{}'), eventOf('{}')]);
    const checked = await missing.check();
    await close();

    for (const result of [published, checked]) {
      expect(result._unsafeUnwrapErr()).to.include({
        type: 'Misconfigured',
        dependency: 'OrderEvents',
      });
    }
  });
};
