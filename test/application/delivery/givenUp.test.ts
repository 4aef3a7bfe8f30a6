import { expect } from 'chai';
import { fingerprint } from '../../../src/adapters/system/ids.ts';
import { errAsync } from 'neverthrow';
import {
  deadLetterOf,
  REASON_CHARACTERS_MAX,
} from '../../../src/application/delivery/deadLetterMessage.ts';
import { messageBytes, QUEUE_BYTES_MAX } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, done, SERVICE } from '../../support/delivery.ts';

const RECEIVES_MAX = 5;
const EAGER = { receivesMax: RECEIVES_MAX, retryBaseMs: 1, retryMaxMs: 1 };
const AWAY = {
  type: 'Unavailable',
  dependency: 'EventStore',
  cause: '503',
  throttled: false,
} as const;
const UNKNOWN = { type: 'OutcomeUnknown', orderId: 'o-1', cause: 'time-out' } as const;

const worldOf = () => createDeliveryWorld({ maxReceiveCount: RECEIVES_MAX });

describe('a message that is received too often', () => {
  for (const [what, error, said] of [
    ['is to be retried', UNKNOWN, /OutcomeUnknown, cause time-out/],
    ['waits for a dependency', AWAY, /Unavailable, dependency EventStore, cause 503/],
  ] as const) {
    it(`and ${what} is dead-lettered with its reason, before its queue gives it up`, async () => {
      const world = worldOf();
      await world.queue.send([{ body: 'x' }]);
      const running = world.start(() => errAsync(error), EAGER);
      await world.clock.advance(3_600_000);
      await running.drain();

      const [deadLetter, ...more] = world.deadLetter.dump();
      expect(more).to.deep.equal([]);
      expect(deadLetter?.attributes?.['Reason'])
        .to.match(/^GivenUp; after 4 receives; last: /)
        .and.match(said);
      expect(deadLetter?.attributes?.['ErrorType']).to.equal('GivenUp');
      const record = world.records('message.handled').at(-1);
      expect(record).to.deep.include({ level: 'error', outcome: 'GivenUp' });
      expect(record?.facts).to.deep.include({ disposition: 'DeadLetter', last: error.type });
    });
  }

  it('and is done with on its last receive but one is done with', async () => {
    const world = worldOf();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(
      ({ receiveCount }) => (receiveCount === RECEIVES_MAX - 1 ? done() : errAsync(UNKNOWN)),
      EAGER,
    );
    await world.clock.advance(600_000);
    await running.drain();
    expect(world.deadLetter.dump()).to.deep.equal([]);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 0 });
  });

  it('and arrives damaged is left to its queue, which alone has it whole', async () => {
    const world = createDeliveryWorld({
      maxReceiveCount: RECEIVES_MAX,
      between: (queue) => ({
        ...queue,
        receive: (asked) =>
          queue
            .receive(asked)
            .map((received) => received.map((message) => ({ ...message, damaged: true }))),
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(() => done(), EAGER);
    await world.clock.advance(3_600_000);
    await running.drain();
    const deadLetters = world.deadLetter.dump();
    expect(deadLetters.map(({ body }) => body)).to.deep.equal(['x']);
    expect(deadLetters[0]?.attributes?.['Reason']).to.equal(undefined);
  });

  it('and ended every process that handled it is handled no more the last time', async () => {
    const world = worldOf();
    await world.queue.send([{ body: 'x' }]);
    let handled = 0;
    // Nobody says anything: as if the process had died each time.
    for (let receives = 1; receives < RECEIVES_MAX; receives += 1) {
      await world.queue.receive({ max: 1, visibilityMs: 1_000, waitMs: 0 });
      await world.clock.advance(2_000);
    }
    const running = world.start(() => {
      handled += 1;
      return done();
    }, EAGER);
    await world.clock.advance(10_000);
    await running.drain();
    expect(handled).to.equal(0);
    const [deadLetter] = world.deadLetter.dump();
    expect(deadLetter?.attributes?.['Reason']).to.match(
      /^GivenUp; after 5 receives; the last handling/,
    );
  });
});

describe('the reason of a dead letter', () => {
  for (const body of ['x'.repeat(QUEUE_BYTES_MAX), `a${'é'.repeat(QUEUE_BYTES_MAX / 2 - 1)}`]) {
    it(`is there beside the longest body too, which is cut (${body.slice(0, 2)}…)`, () => {
      const reason = 'MalformedMessage; '.padEnd(REASON_CHARACTERS_MAX, '€');
      const message = {
        messageId: 'm-1',
        receipt: 'r',
        body,
        attributes: {},
        receiveCount: 1,
        sentAt: 0,
        damaged: false,
      };
      const failure = { reason, errorType: 'MalformedMessage', orderId: 'o-1', failedAt: 0 };
      const deadLetter = deadLetterOf(message, { ...failure, service: SERVICE }, { fingerprint });
      expect(deadLetter.attributes?.['Reason']).to.equal(reason);
      expect(deadLetter.attributes?.['ErrorType']).to.equal('MalformedMessage');
      expect(messageBytes(deadLetter)).to.be.at.most(QUEUE_BYTES_MAX);
      expect(body.startsWith(deadLetter.body)).to.equal(true);
      expect(deadLetter.body.length).to.be.above(body.length * 0.9);
    });
  }
});
