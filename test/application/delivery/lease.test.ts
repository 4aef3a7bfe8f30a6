import { expect } from 'chai';
import fc from 'fast-check';
import { err, errAsync, ResultAsync } from 'neverthrow';
import { createVirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { holdLease, type LossReason } from '../../../src/application/delivery/lease.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import type { EntryResult, MessageQueue } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, done, taking } from '../../support/delivery.ts';
import { runsOf } from '../../support/runs.ts';

const VISIBILITY_MS = 60_000;
const LEASE_MS = 600_000;
const DONE: EntryResult = { type: 'Done' };
const REFUSED: EntryResult = { type: 'Failed', code: 'MessageNotInflight', retryable: false };
const FAILED: EntryResult = { type: 'Failed', code: 'Unavailable', retryable: true };

/** A lease whose renewals take `takesMs` and are answered by `answer`. */
const leaseWith = (
  answer: (call: number) => EntryResult,
  takesMs = 50,
  visibilityMs = VISIBILITY_MS,
) => {
  const clock = createVirtualClock();
  const renewals: { readonly at: number; readonly visibilityMs: number }[] = [];
  const losses: LossReason[] = [];
  const lease = holdLease({
    clock,
    ids: createMemoryIds(),
    settings: { ...DEFAULT_DELIVERY_SETTINGS, visibilityMs, leaseMs: LEASE_MS },
    renew: async (askedMs) => {
      renewals.push({ at: clock.now(), visibilityMs: askedMs });
      const call = renewals.length;
      await clock.sleep(takesMs);
      return answer(call);
    },
    onLost: (reason) => losses.push(reason),
  });
  return { clock, lease, renewals, losses };
};

/** Fails where no renewal is under way before the message shows. */
const untilRenewing = async ({
  clock,
  renewals,
}: Pick<ReturnType<typeof leaseWith>, 'clock' | 'renewals'>): Promise<void> => {
  const shownAt = clock.now() + VISIBILITY_MS;
  while (renewals.length === 0 && clock.now() < shownAt) await clock.advance(500);
  expect(renewals, `renewals within ${VISIBILITY_MS} ms`).not.to.have.length(0);
};

describe('the lease', () => {
  it('Q3: is renewed in time, for as long as the handler takes', async () => {
    const { clock, lease, renewals, losses } = leaseWith(() => DONE);
    await clock.advance(LEASE_MS - VISIBILITY_MS);
    expect(lease.state()).to.equal('held');
    expect(losses).to.deep.equal([]);
    let hiddenUntil = VISIBILITY_MS;
    for (const { at, visibilityMs } of renewals) {
      expect(at).to.be.below(hiddenUntil);
      hiddenUntil = at + visibilityMs;
    }
    expect(renewals.length).to.be.within(15, 40);
  });

  it('F3, F9: ends at its ceiling, and the handler is notified', async () => {
    const { clock, lease, renewals, losses } = leaseWith(() => DONE);
    await clock.advance(2 * LEASE_MS);
    expect(losses).to.deep.equal(['ceiling']);
    expect(lease.signal.aborted).to.equal(true);
    expect(Math.max(...renewals.map(({ at, visibilityMs }) => at + visibilityMs))).to.be.within(
      LEASE_MS,
      LEASE_MS + VISIBILITY_MS / 10,
    );
    expect(clock.sleepers()).to.equal(0);
  });

  it('Q4: is lost when the queue refuses the renewal, and the handler is notified', async () => {
    const { clock, lease, losses } = leaseWith(() => REFUSED);
    await clock.advance(VISIBILITY_MS);
    expect(losses).to.deep.equal(['taken']);
    expect(lease.state()).to.equal('lost');
    expect(lease.signal.aborted).to.equal(true);
    expect(await lease.settle()).to.equal(false);
  });

  it('Q4: survives renewals that fail, if one comes through in time', async () => {
    const { clock, lease, losses } = leaseWith((call) => (call % 3 === 0 ? DONE : FAILED));
    await clock.advance(LEASE_MS / 2);
    expect(losses).to.deep.equal([]);
    expect(lease.state()).to.equal('held');
  });

  it('Q4: is lost before the message can show, when no renewal comes through', async () => {
    const { clock, lease, renewals, losses } = leaseWith(() => FAILED);
    await clock.advance(VISIBILITY_MS - 1_000);
    expect(losses).to.deep.equal(['expired']);
    expect(lease.signal.aborted).to.equal(true);
    expect(renewals.length).to.be.within(3, 60);
  });

  it('Q4: is lost in time also when a renewal is never answered', async () => {
    const { clock, losses } = leaseWith(() => DONE, 10 * VISIBILITY_MS);
    await clock.advance(VISIBILITY_MS - 1_000);
    expect(losses).to.deep.equal(['expired']);
  });

  it('Q4: is lost in time also when that is shorter than the least pause', async () => {
    const { clock, lease, losses } = leaseWith(() => DONE, 50, 250);
    await clock.advance(224);
    expect(losses).to.deep.equal([]);
    await clock.advance(1);
    expect(losses).to.deep.equal(['expired']);
    expect(await lease.settle()).to.equal(false);
  });

  it('F2: awaits the renewal under way before it settles', async () => {
    const { clock, lease, renewals } = leaseWith(() => DONE, 2_000);
    await untilRenewing({ clock, renewals });
    let settling: boolean | undefined;
    void lease.settle().then((may) => (settling = may));
    await clock.advance(100);
    expect(settling).to.equal(undefined);
    await clock.advance(2_000);
    expect(settling).to.equal(true);
  });

  it('awaits that renewal no longer than the lease lasts, and settles nothing then', async () => {
    const { clock, lease, renewals, losses } = leaseWith(() => DONE, 10 * VISIBILITY_MS);
    await untilRenewing({ clock, renewals });
    const settling = lease.settle();
    await clock.advance(VISIBILITY_MS);
    expect(await settling).to.equal(false);
    expect(losses).to.deep.equal(['expired']);
  });

  it('F3: is renewed no more once it settles', async () => {
    const { clock, lease, renewals } = leaseWith(() => DONE);
    await clock.advance(10_000);
    expect(await lease.settle()).to.equal(true);
    const before = renewals.length;
    await clock.advance(LEASE_MS);
    expect(renewals).to.have.length(before);
    expect(clock.sleepers()).to.equal(0);
  });

  it('is not settled if the renewal under way finds it lost', async () => {
    const { clock, lease, renewals } = leaseWith(() => REFUSED, 2_000);
    await untilRenewing({ clock, renewals });
    const settling = lease.settle();
    await clock.advance(2_000);
    expect(await settling).to.equal(false);
    expect(lease.state()).to.equal('lost');
  });

  it('is settled by one only', async () => {
    const { lease } = leaseWith(() => DONE);
    expect(await Promise.all([lease.settle(), lease.settle()])).to.deep.equal([true, false]);
  });

  it('F2, F3: no schedule has a renewal start or end once settling is allowed', async () => {
    const answers = fc.array(fc.constantFrom(DONE, DONE, FAILED, REFUSED), {
      minLength: 1,
      maxLength: 20,
    });
    const property = fc.asyncProperty(
      answers,
      fc.integer({ min: 1, max: 30_000 }),
      fc.integer({ min: 0, max: LEASE_MS + VISIBILITY_MS }),
      async (given, takesMs, settleAt) => {
        let ended = 0;
        const { clock, lease, renewals, losses } = leaseWith((call) => {
          ended += 1;
          return given[call % given.length] ?? DONE;
        }, takesMs);
        await clock.advance(settleAt);
        let seen: readonly [boolean, number, number] | undefined;
        void lease.settle().then((may) => (seen = [may, renewals.length, ended]));
        await clock.advance(LEASE_MS);

        const [may, started, endedThen] = seen ?? [undefined, -1, -1];
        expect(may).to.equal(losses.length === 0);
        expect(lease.signal.aborted).to.equal(losses.length > 0);
        if (may === true) expect([started, endedThen]).to.deep.equal([renewals.length, ended]);
        expect(losses.length).to.be.at.most(1);
        expect(clock.sleepers()).to.equal(0);
      },
    );
    await fc.assert(property, { numRuns: runsOf(50, 200) });
  });
});

describe('the consumer and the lease', () => {
  it('F2: a renewal that is under way does not undo the backoff of a failed message', async () => {
    let renewals = 0;
    const world = createDeliveryWorld({
      between: (queue, clock) => ({
        ...queue,
        changeVisibility: (entries) => {
          renewals += 1;
          // The first renewal is slow: the handler fails while it is under way.
          const wait = renewals === 1 ? clock.sleep(8_000) : Promise.resolve();
          return ResultAsync.fromSafePromise(wait).andThen(() => queue.changeVisibility(entries));
        },
      }),
    });
    await world.queue.send([{ body: 'x' }]);
    const tries: number[] = [];
    const running = world.start(
      ({ receiveCount }) => {
        tries.push(world.clock.now());
        if (receiveCount > 1) return done();
        const fails = () =>
          errAsync({
            type: 'NotYet',
            orderId: 'o',
            why: 'claimed',
            retryAfterMs: 200_000,
          } as const);
        return ResultAsync.fromSafePromise(world.clock.sleep(33_000)).andThen(fails);
      },
      { visibilityMs: 60_000 },
    );
    await world.clock.advance(400_000);
    expect(renewals).to.be.at.least(2);
    expect((tries[1] ?? 0) - (tries[0] ?? 0)).to.be.at.least(233_000);
    await running.drain();
  });

  it('Q3: keeps a slow message from a second worker', async () => {
    const world = createDeliveryWorld();
    await world.queue.send([{ body: 'x' }]);
    const slow = taking(world.clock, 300_000);
    const workers = [world.start(slow), world.start(slow)];
    await world.clock.advance(310_000);
    expect(world.records('message.handled')).to.have.length(1);
    expect(world.queue.counts()).to.deep.equal({ visible: 0, inFlight: 0 });
    await Promise.all(workers.map((worker) => worker.drain()));
  });

  it('Q4: does not copy poison to the dead letters that another worker holds by now', async () => {
    const world = createDeliveryWorld({ between: refusingRenewals });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start((delivery) =>
      taking(
        world.clock,
        300_000,
      )(delivery).orElse(() => err({ type: 'MalformedMessage', reasons: [] } as const)),
    );
    await world.clock.advance(59_000);
    expect(world.records('message.handled')[0]).to.include({ outcome: 'MalformedMessage' });
    expect(world.deadLetter.dump()).to.deep.equal([]);
    await running.drain();
  });

  it('Q4: stops a handler whose message was taken, and settles nothing', async () => {
    const world = createDeliveryWorld({ between: refusingRenewals });
    await world.queue.send([{ body: 'x' }]);
    const running = world.start(taking(world.clock, 300_000));
    await world.clock.advance(59_000);
    expect(world.records('lease.lost')[0]).to.include({ outcome: 'taken', attempt: 1 });
    const [record] = world.records('message.handled');
    expect(record).to.include({ outcome: 'Aborted' });
    expect(record?.facts).to.include({ settled: 'LeaseLost' });
    await running.drain();
  });
});

const refusingRenewals = (queue: MessageQueue): MessageQueue => ({
  ...queue,
  changeVisibility: (entries) =>
    queue.changeVisibility(entries).map((results) => results.map(() => REFUSED)),
});
