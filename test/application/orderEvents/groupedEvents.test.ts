import { expect } from 'chai';
import { ok, okAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryOrderEvents } from '../../../src/adapters/memory/orderEvents.ts';
import { createGroupedEvents } from '../../../src/application/orderEvents/groupedEvents.ts';
import type { EntryResult } from '../../../src/application/ports/messageQueue.ts';
import type { OutgoingEvent } from '../../../src/application/ports/orderEvents.ts';
import { eventOf } from '../../contracts/orderEvents.contract.ts';

const DONE: EntryResult = { type: 'Done' };
const THROTTLED: EntryResult = {
  type: 'Failed',
  code: 'Throttled',
  retryable: true,
  trouble: 'Throttled',
};
const REFUSED: EntryResult = { type: 'Failed', code: 'InvalidParameter', retryable: false };

/** A topic whose every call is kept, and whose answers a test gives. */
const setUp = (answerOf: (event: OutgoingEvent, nth: number) => EntryResult = () => DONE) => {
  const clock = createVirtualClock();
  const calls: (readonly OutgoingEvent[])[] = [];
  const topic = createGroupedEvents(
    {
      ...createMemoryOrderEvents(),
      publish: (events) => {
        calls.push(events);
        return okAsync(events.map((event) => answerOf(event, calls.length)));
      },
    },
    clock,
  );
  return { clock, calls, topic };
};

describe('Events of many orders', () => {
  it('that are published at once share calls of up to ten', async () => {
    const { clock, calls, topic } = setUp();
    const answers = Promise.all(
      Array.from({ length: 15 }, () => topic.publish([eventOf('{}'), eventOf('{}')])),
    );
    await clock.advance(1_000);

    for (const answer of await answers) expect(answer).to.deep.equal(ok([DONE, DONE]));
    expect(calls.map(({ length }) => length)).to.deep.equal([10, 10, 10]);
  });

  it('share no call beyond its bytes', async () => {
    const { clock, calls, topic } = setUp();
    const answers = Promise.all(
      Array.from({ length: 6 }, () => topic.publish([eventOf('x'.repeat(100_000))])),
    );
    await clock.advance(1_000);
    await answers;

    expect(calls.map(({ length }) => length)).to.deep.equal([2, 2, 2]);
  });

  it('do not suffer for one that is throttled and goes again, or one that is refused', async () => {
    const [slow, poison, good] = [eventOf('slow'), eventOf('poison'), eventOf('good')];
    const { clock, calls, topic } = setUp(({ id }, nth) => {
      if (id === poison.id) return REFUSED;
      return id === slow.id && nth === 1 ? THROTTLED : DONE;
    });
    const answers = Promise.all([slow, poison, good].map((event) => topic.publish([event])));
    await clock.advance(10_000);

    expect(await answers).to.deep.equal([ok([DONE]), ok([REFUSED]), ok([DONE])]);
    expect(calls.map((events) => events.map(({ body }) => body))).to.deep.equal([
      ['slow', 'poison', 'good'],
      ['slow'],
    ]);
  });
});
