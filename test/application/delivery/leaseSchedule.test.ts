import { expect } from 'chai';
import fc from 'fast-check';
import { err, errAsync, ok, ResultAsync, type Result } from 'neverthrow';
import type { VirtualClock } from '../../../src/adapters/memory/clock.ts';
import type {
  HandlerSuccess,
  Handler,
  HandlerError,
} from '../../../src/application/delivery/handler.ts';
import type { MessageQueue, QueueError } from '../../../src/application/ports/messageQueue.ts';
import { createDeliveryWorld, type DeliveryWorld } from '../../support/delivery.ts';
import { runsOf } from '../../support/runs.ts';

/**
 * Whatever travels to the queue or back, and the passing of time, takes its turn as the scheduler
 * says. A call that takes longer than a client would wait fails; it may have taken effect.
 */
describe('leases and settling, in any order of what is under way', () => {
  it('F2: a failed message never shows before its backoff, and is never renewed', async () => {
    const property = fc.asyncProperty(anyTimes(), anyBackoff(), async (times, retryAfterMs) => {
      const { world, effects, play, firstRenewal } = createSchedule({ ...times, isCutOff: false });
      let failed = false;
      const end = (): Result<HandlerSuccess, HandlerError> => {
        if (failed) return ok({ outcome: 'done' });
        failed = true;
        return err({ ...NOT_YET, retryAfterMs });
      };
      // At the latest when a renewal is under way, which is when it matters.
      const handlers = ownedHandlers(world, end, firstRenewal);
      await world.queue.send([{ body: String(times.handlingMs[0]) }]);
      const running = world.start(handlers.handle, SETTINGS);

      await play(() => isEmpty(world));
      await running.drain();

      const releases = effects.filter(({ what }) => what === 'release');
      for (const [at, { what, receipt, atMs }] of effects.entries()) {
        const before = effects.slice(0, at).filter((effect) => effect.receipt === receipt);
        if (what === 'renewal')
          expect(before.map((effect) => effect.what)).not.to.include('release');
        const released = releases.findLast((release) => release.atMs < atMs);
        if (what === 'receive' && released !== undefined) {
          expect(atMs).to.be.at.least(released.atMs + retryAfterMs);
        }
      }
      expect(handlers.overlaps()).to.equal(0);
      expect(world.clock.sleepers()).to.equal(0);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
  });

  it('Q3, Q4, Q5: of two consumers one at a time owns a message, and one settles it', async () => {
    let lost = 0;
    const property = fc.asyncProperty(anyTimes(), async (times) => {
      const { world, effects, play } = createSchedule(times);
      const handlers = ownedHandlers(world, () => ok({ outcome: 'done' }));
      await world.queue.send(times.handlingMs.map((ms) => ({ body: String(ms) })));
      const running = [0, 1].map(() => world.start(handlers.handle, SETTINGS));

      await play(() => isEmpty(world));
      await Promise.all(running.map((consumer) => consumer.drain()));

      lost += world.records('lease.lost').length;
      const handled = world.records('message.handled');
      const settled = handled.filter(({ facts }) => facts?.['settled'] === 'Settled');
      const owners = Map.groupBy(settled, ({ messageId }) => messageId);
      for (const [messageId, records] of owners) expect(records, messageId).to.have.length(1);
      expect(new Set(handled.map(({ messageId }) => messageId)).size).to.equal(
        times.handlingMs.length,
      );
      expect(effects.filter(({ what }) => what === 'release')).to.deep.equal([]);
      expect(handlers.overlaps()).to.equal(0);
      expect(world.clock.sleepers()).to.equal(0);
    });
    await fc.assert(property, { numRuns: RUNS, endOnFailure: true });
    // Without some the schedules would be too kind.
    expect(lost).to.be.above(0);
  });
});

const RUNS = runsOf(30, 120);
const SETTINGS = { visibilityMs: 60_000, leaseMs: 600_000, pollMs: 20_000 };
/** Together for a receive's answer and for a last change less than a lease keeps as its margin. */
const CALL_MS_MAX = 2_500;
/** After each leap, in which what is under way times out, enough for calls to come through. */
const SMALL_STEPS_MS = Array.from({ length: 8 }, () => 150);
const TURNS_MAX = 10_000;
/** A consumer that is cut off for ever can get the same message for ever. */
const LOST_CHANGES_MAX = 50;
const NOT_YET = { type: 'NotYet', orderId: 'o', why: 'claimed' } as const;

type Times = {
  readonly schedule: fc.Scheduler;
  /** How far time goes in each of its turns, over and over. */
  readonly stepsMs: readonly number[];
  readonly handlingMs: readonly number[];
  /**
   * The first consumer's first changes of visibility do not come through, so that it loses what
   * takes long.
   */
  readonly isCutOff: boolean;
};

const anyTimes = (): fc.Arbitrary<Times> =>
  fc.record({
    schedule: fc.scheduler(),
    stepsMs: fc
      .array(fc.integer({ min: 1, max: 20_000 }), { minLength: 5, maxLength: 20 })
      .map((leaps) => leaps.flatMap((leap) => [leap, ...SMALL_STEPS_MS])),
    handlingMs: fc.array(fc.integer({ min: 0, max: 150_000 }), { minLength: 1, maxLength: 4 }),
    isCutOff: fc.boolean(),
  });

/**
 * Shorter or longer than what a renewal hides a message for, so that either overwrite would be
 * seen.
 */
const anyBackoff = (): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: 2_000, max: 40_000 }), fc.integer({ min: 80_000, max: 300_000 }));

type Effect = {
  readonly what: 'receive' | 'renewal' | 'release' | 'delete';
  readonly receipt: string;
  readonly atMs: number;
};

const createSchedule = ({ schedule, stepsMs, isCutOff }: Times) => {
  const effects: Effect[] = [];
  const road = { schedule, effects, renewals: new AbortController(), isClear: false };
  let consumers = 0;
  let lostChanges = 0;
  const world = createDeliveryWorld({
    between: (queue, clock) => {
      consumers += 1;
      const there = scheduled(queue, clock, road);
      const cutOff: typeof there = {
        ...there,
        changeVisibility: (...change) => {
          lostChanges += 1;
          return lostChanges > LOST_CHANGES_MAX
            ? there.changeVisibility(...change)
            : errAsync(TIMED_OUT);
        },
      };
      return isCutOff && consumers === 1 ? cutOff : there;
    },
  });

  /**
   * Ends where a call begins, or most calls would fail for the rest of the leap in which they
   * began.
   */
  const leap = async (ms: number): Promise<void> => {
    const untilMs = world.clock.now() + ms;
    const callsBefore = schedule.count();
    while (world.clock.now() < untilMs && schedule.count() <= callsBefore) {
      const wakeAt = world.clock.nextWakeAt() ?? untilMs;
      await world.clock.advance(Math.min(wakeAt, untilMs) - world.clock.now());
    }
  };

  /** Lets one thing after the other happen until it is so; then whatever is still under way. */
  const play = async (isOver: () => boolean): Promise<void> => {
    let dueMs = 0;
    let passed = 0;
    const letTimePass = async (): Promise<void> => {
      await schedule.schedule(Promise.resolve(), 'time');
      dueMs = stepsMs[passed % stepsMs.length] ?? 0;
      passed += 1;
    };
    for (let turns = 0; !isOver(); turns += 1) {
      if (turns === TURNS_MAX) expect.fail('it did not come to an end');
      if (dueMs > 0 || turns === 0) void letTimePass();
      dueMs = 0;
      await schedule.waitNext(1);
      // Without time, too: it lets what has just happened have its consequences.
      await world.clock.advance(0);
      await leap(dueMs);
    }
    road.isClear = true;
    while (schedule.count() > 0) {
      await schedule.waitNext(1);
      await world.clock.advance(0);
    }
  };
  return { world, effects, play, firstRenewal: road.renewals.signal };
};

const isEmpty = ({ queue }: DeliveryWorld): boolean => queue.dump().length === 0;

type Road = {
  readonly schedule: fc.Scheduler;
  readonly effects: Effect[];
  /** Rings once, at the first renewal. */
  readonly renewals: AbortController;
  /** Nothing waits any more. */
  isClear: boolean;
};

/** The queue at the end of a road on which everything waits for its turn. */
const scheduled = (queue: MessageQueue, clock: VirtualClock, road: Road): MessageQueue => {
  const note = (what: Effect['what'], receipts: readonly string[]): void => {
    road.effects.push(...receipts.map((receipt) => ({ what, receipt, atMs: clock.now() })));
  };
  const travel = async (what: string): Promise<void> => {
    if (!road.isClear) await road.schedule.schedule(Promise.resolve(), what);
  };
  const call = <T>(
    what: string,
    effect: () => ResultAsync<T, QueueError>,
    answeredFrom: 'asked' | 'effect' = 'asked',
  ): ResultAsync<T, QueueError> => {
    const run = async (): Promise<Result<T, QueueError>> => {
      let fromMs = clock.now();
      await travel(`${what} to the queue`);
      if (clock.now() - fromMs > CALL_MS_MAX) return err(TIMED_OUT);
      const answer = await effect();
      if (answeredFrom === 'effect') fromMs = clock.now();
      await travel(`${what} answered`);
      return clock.now() - fromMs > CALL_MS_MAX ? err(TIMED_OUT) : answer;
    };
    return new ResultAsync(run());
  };
  return {
    ...queue,
    receive: (asked) =>
      call(
        'receive',
        () =>
          queue.receive(asked).map((received) => {
            note(
              'receive',
              received.map(({ receipt }) => receipt),
            );
            return received;
          }),
        // A long poll may wait long; what counts is how long its answer is under way.
        'effect',
      ),
    delete: (receipts) =>
      call('delete', () => {
        note('delete', receipts);
        return queue.delete(receipts);
      }),
    changeVisibility: (entries) => {
      if (entries.some(isRenewal)) road.renewals.abort();
      return call('visibility', () =>
        queue.changeVisibility(entries).map((results) => {
          // One that comes when its message shows already is refused, and changes nothing.
          for (const [at, entry] of entries.entries()) {
            const what = isRenewal(entry) ? 'renewal' : 'release';
            if (results[at]?.type === 'Done') note(what, [entry.receipt]);
          }
          return results;
        }),
      );
    },
  };
};

const isRenewal = ({ visibilityMs }: { readonly visibilityMs: number }): boolean =>
  visibilityMs === SETTINGS.visibilityMs;

const TIMED_OUT: QueueError = {
  type: 'Unavailable',
  dependency: 'MessageQueue',
  cause: 'timed out',
  throttled: false,
};

/**
 * Handlers that take as long as the body says, and count how often two of them owned one message.
 */
const ownedHandlers = (
  { clock }: DeliveryWorld,
  end: () => Result<HandlerSuccess, HandlerError>,
  wake = new AbortController().signal,
) => {
  const owners = new Map<string, AbortSignal>();
  let overlaps = 0;
  const handle: Handler = ({ messageId, signal, body }) => {
    if (owners.get(messageId)?.aborted === false) overlaps += 1;
    owners.set(messageId, signal);
    const over = AbortSignal.any([signal, wake]);
    return ResultAsync.fromSafePromise(clock.sleep(Number(body), over)).andThen(() => {
      if (owners.get(messageId) === signal) owners.delete(messageId);
      return signal.aborted ? err<HandlerSuccess, HandlerError>(ABORTED) : end();
    });
  };
  return { handle, overlaps: () => overlaps };
};

const ABORTED = { type: 'Aborted', dependency: 'EventStore' } as const;
