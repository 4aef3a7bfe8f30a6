import { expect } from 'chai';
import { errAsync, okAsync, ResultAsync } from 'neverthrow';
import type { Handler, HandlerError } from '../../../src/application/delivery/handler.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import { createDeliveryWorld, type DeliveryWorldOptions } from '../../support/delivery.ts';

const REVIEW = {
  type: 'ReviewRequired',
  orderId: 'o-1',
  reason: 'payment#1 is in review',
} as const;
const OTHER = { ...REVIEW, reason: 'refund#r-1 is in review' } as const;
const AGAIN: HandlerError = { type: 'ConflictsExhausted', orderId: 'o-1' };
const UNAVAILABLE = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: '503',
  throttled: false,
} as const;
const EMPTY = { visible: 0, inFlight: 0 };
const { visibilityMs } = DEFAULT_DELIVERY_SETTINGS;

const recorded = () => okAsync(undefined);

/**
 * Sends the dead letter, and then ends, receive by receive, with these; the last one from then on.
 */
const sendingDeadLetter = (...ends: readonly (HandlerError | 'done')[]): Handler => {
  let receives = 0;
  return ({ deadLetter }) =>
    deadLetter(REVIEW, recorded).andThen(() => {
      const end = ends[Math.min(receives, ends.length - 1)] ?? 'done';
      receives += 1;
      return end === 'done' ? okAsync({ outcome: 'done', orderId: 'o-1' }) : errAsync(end);
    });
};

describe('a dead letter that is sent before its handler ends', () => {
  it('is there by then, as it would at the end, and the message only goes', async () => {
    const { world, reasons } = createWorld();
    let lay: readonly string[] = [];
    const handle: Handler = ({ deadLetter }) =>
      deadLetter(REVIEW, () => {
        lay = reasons();
        return okAsync(undefined);
      }).andThen(() => errAsync(REVIEW));
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(handle);
    await world.clock.advance(1_000);
    expect(lay).to.deep.equal(['ReviewRequired; payment#1 is in review']);
    expect(reasons()).to.deep.equal(lay);
    expect(world.deadLetter.dump()[0]).to.deep.include({ body: 'x' });
    expect(world.deadLetter.dump()[0]?.attributes).to.include({
      ErrorType: 'ReviewRequired',
      OrderId: 'o-1',
      OriginalMessageId: '00000000010000000000000001',
    });
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    expect(world.records('message.handled')[0]?.facts).to.include({ disposition: 'DeadLetter' });
    expect(world.records('message.dead_letter_superfluous')).to.deep.equal([]);
    await running.drain();
  });

  it('is one for all the reviews of a handling, whichever it ends with', async () => {
    const { world, reasons } = createWorld();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(({ deadLetter }) =>
      deadLetter(REVIEW, recorded)
        .andThen(() => deadLetter(OTHER, recorded))
        .andThen(() => errAsync(OTHER)),
    );
    await world.clock.advance(1_000);
    expect(reasons()).to.deep.equal(['ReviewRequired; payment#1 is in review']);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });

  it('is not all that is reported of money that moved against what is recorded', async () => {
    const { world, reasons } = createWorld();
    await world.queue.send([{ body: 'x' }]);
    const moved = { type: 'Contradiction', orderId: 'o-1', reason: 'contradiction' } as const;
    const running = world.start(sendingDeadLetter(moved));
    await world.clock.advance(1_000);
    expect(reasons()).to.deep.equal([
      'ReviewRequired; contradiction',
      'ReviewRequired; payment#1 is in review',
    ]);
    await running.drain();
  });

  it('is reported as superfluous where its message was done with otherwise', async () => {
    const { world, reasons } = createWorld();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(sendingDeadLetter('done'));
    await world.clock.advance(1_000);
    expect([reasons().length, world.queue.counts()]).to.deep.equal([1, EMPTY]);
    const [record] = world.records('message.dead_letter_superfluous');
    expect(record).to.include({ level: 'warn', outcome: 'done', orderId: 'o-1' });
    await running.drain();
  });

  it('is one of two, by the same first message, where its message had to come again', async () => {
    const { world, reasons } = createWorld();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(sendingDeadLetter(AGAIN, REVIEW));
    await world.clock.advance(60_000);
    expect([reasons().length, world.queue.counts()]).to.deep.equal([2, EMPTY]);
    const originals = world.deadLetter
      .dump()
      .map(({ attributes }) => attributes['OriginalMessageId']);
    expect(new Set(originals).size).to.equal(1);
    expect(world.records('message.dead_letter_superfluous')).to.have.length(1);
    await running.drain();
  });

  it('that was refused is the handler’s error, and is tried again with the message', async () => {
    let refusals = 1;
    const { world, reasons } = createWorld({
      betweenDeadLetter: (queue) => ({
        ...queue,
        send: (messages) => (refusals-- > 0 ? errAsync(UNAVAILABLE) : queue.send(messages)),
      }),
    });
    const answers: unknown[] = [];
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(({ deadLetter }) =>
      deadLetter(REVIEW, recorded)
        .mapErr((error) => {
          answers.push(error);
          return error;
        })
        .andThen(() => errAsync(REVIEW)),
    );
    await world.clock.advance(60_000);
    expect(answers).to.deep.equal([{ type: 'SendFailed', code: 'Unavailable' }]);
    expect(world.records('message.dead_letter_failed')).to.have.length(1);
    expect(world.records('message.handled').map(({ outcome }) => outcome)).to.deep.equal([
      'SendFailed',
      'ReviewRequired',
    ]);
    expect([reasons().length, world.queue.counts()]).to.deep.equal([1, EMPTY]);
    await running.drain();
  });

  it('does not count where its review was not recorded: the next has another', async () => {
    const { world, reasons } = createWorld();
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(({ deadLetter }) =>
      deadLetter(REVIEW, () => errAsync(AGAIN))
        .orElse(() => deadLetter(OTHER, recorded))
        .andThen(() => errAsync(OTHER)),
    );
    await world.clock.advance(1_000);
    expect(reasons()).to.deep.equal([
      'ReviewRequired; payment#1 is in review',
      'ReviewRequired; refund#r-1 is in review',
    ]);
    await running.drain();
  });

  it('goes although the lease is lost; whoever has the message sends one more', async () => {
    let receives = 0;
    const { world, reasons } = createWorld({
      between: (queue) => ({
        ...queue,
        changeVisibility: (entries) =>
          okAsync(entries.map(() => ({ type: 'Failed', code: '503', retryable: true }))),
      }),
    });
    const handle: Handler = ({ deadLetter }) => {
      receives += 1;
      const ms = receives === 1 ? visibilityMs + 1_000 : 0;
      return ResultAsync.fromSafePromise(world.clock.sleep(ms))
        .andThen(() => deadLetter(REVIEW, recorded))
        .andThen(() => errAsync(REVIEW));
    };
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(handle);
    await world.clock.advance(3 * visibilityMs);
    expect([receives, reasons().length]).to.deep.equal([2, 2]);
    expect(world.records('lease.lost')).to.have.length(1);
    expect(world.queue.counts()).to.deep.equal(EMPTY);
    await running.drain();
  });
});

const createWorld = (options: DeliveryWorldOptions = {}) => {
  const world = createDeliveryWorld(options);
  return {
    world,
    reasons: () =>
      world.deadLetter
        .dump()
        .map(({ attributes }) => attributes['Reason'] ?? 'none')
        .toSorted(),
  };
};
