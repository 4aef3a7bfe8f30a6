import { expect } from 'chai';
import fc from 'fast-check';
import { createVirtualClock, type VirtualClock } from '../../../src/adapters/memory/clock.ts';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import {
  holdLease,
  type Lease,
  type LeaseState,
  type LossReason,
} from '../../../src/application/delivery/lease.ts';
import { DEFAULT_DELIVERY_SETTINGS } from '../../../src/application/delivery/settings.ts';
import {
  VISIBILITY_MAX_MS,
  type EntryResult,
} from '../../../src/application/ports/messageQueue.ts';
import { runsOf } from '../../support/runs.ts';

describe('the lease, under commands in any order', () => {
  it('F2, F3, F9: is in the state that a small model predicts, and asks for no more', async () => {
    const settings = fc.constantFrom(
      { visibilityMs: 60_000, leaseMs: 600_000 },
      { visibilityMs: 30_000, leaseMs: 30_000 },
      // Asks for more than the 12 hours of SQS.
      { visibilityMs: 1_800_000, leaseMs: 50_000_000 },
    );
    const commands = fc.commands(anyCommand(), { size: 'max', maxCommands: 60 });
    const property = fc.asyncProperty(settings, fc.nat(), commands, async (given, seed, run) => {
      const real = createReal({ ...given, seed });
      const model = createModel(given);
      await fc.asyncModelRun(() => ({ model, real }), run);

      // Whatever came before, it ends, and leaves no timer behind.
      real.lease.interrupt();
      void real.lease.settle();
      await real.clock.advance(2 * VISIBILITY_MAX_MS);
      expect(real.clock.sleepers()).to.equal(0);
      expect(real.losses.length).to.be.at.most(1);
    });
    await fc.assert(property, { numRuns: runsOf(50, 200) });
  });
});

type Given = { readonly visibilityMs: number; readonly leaseMs: number };
type Word = 'ok' | 'failed' | 'taken' | 'never';

/**
 * One renewal, as the queue sees it; it takes effect when it is answered, which is the worst time
 * for F2.
 */
type Renewal = {
  readonly askedAt: number;
  readonly visibilityMs: number;
  answered: { readonly at: number; readonly word: Word } | undefined;
};

type Real = {
  readonly clock: VirtualClock;
  readonly lease: Lease;
  readonly renewals: Renewal[];
  readonly losses: LossReason[];
  /** How the renewals from now on are answered, and after how long. */
  answers: { readonly word: Word; readonly takesMs: number };
  /**
   * What the first settling was given, and how many renewals there were when it began and ended.
   */
  settling:
    | { readonly asked: number; answer?: { readonly may: boolean; readonly answered: number } }
    | undefined;
};

const ANSWERS: Readonly<Record<Exclude<Word, 'never'>, EntryResult>> = {
  ok: { type: 'Done' },
  failed: { type: 'Failed', code: 'Unavailable', retryable: true },
  taken: { type: 'Failed', code: 'MessageNotInflight', retryable: false },
};

const createReal = ({ seed, ...given }: Given & { readonly seed: number }): Real => {
  const clock = createVirtualClock();
  const renewals: Renewal[] = [];
  const losses: LossReason[] = [];
  const renew = async (visibilityMs: number): Promise<EntryResult> => {
    const renewal: Renewal = { askedAt: clock.now(), visibilityMs, answered: undefined };
    renewals.push(renewal);
    const { word, takesMs } = real.answers;
    if (word === 'never') return new Promise(() => {});
    await clock.sleep(takesMs);
    renewal.answered = { at: clock.now(), word };
    return ANSWERS[word];
  };
  const onLost = (reason: LossReason): void => {
    losses.push(reason);
    // Whoever learns of the loss finds the handler stopped already.
    expect(real.lease.signal.aborted).to.equal(true);
  };
  const settings = { ...DEFAULT_DELIVERY_SETTINGS, ...given };
  const lease = holdLease({ clock, ids: createMemoryIds(seed), settings, renew, onLost });
  const answers = { word: 'ok', takesMs: 50 } as const;
  const real: Real = { clock, lease, renewals, losses, answers, settling: undefined };
  return real;
};

/**
 * The state is a matter of what the queue answered and of the time; how it is renewed is not
 * modelled.
 */
type Model = {
  state: LeaseState;
  interrupted: boolean;
  readonly marginMs: number;
  readonly ceilingAt: number;
  /** When it counts as lost unless a renewal comes through. */
  safeUntil: number;
  /** How many answers are taken into account. */
  seen: number;
};

const createModel = ({ visibilityMs, leaseMs }: Given): Model => {
  const marginMs = visibilityMs / 10;
  const ceilingAt = Math.min(leaseMs, VISIBILITY_MAX_MS - 2 * marginMs);
  const safeUntil = Math.min(visibilityMs - marginMs, ceilingAt);
  return { state: 'held', interrupted: false, marginMs, ceilingAt, safeUntil, seen: 0 };
};

const letTimePass = (model: Model, { clock, renewals }: Real): void => {
  // Renewals go one after the other, so that they are answered in their order.
  for (const { askedAt, visibilityMs, answered } of renewals.slice(model.seen)) {
    if (answered === undefined) break;
    model.seen += 1;
    if (model.state === 'held' && answered.at >= model.safeUntil) model.state = 'lost';
    // An answer that a settling awaits may come at the last moment.
    if (model.state === 'settling' && answered.at > model.safeUntil) model.state = 'lost';
    if (answered.word === 'ok') {
      model.safeUntil = Math.min(askedAt + visibilityMs - model.marginMs, model.ceilingAt);
    }
    const open = model.state === 'held' || model.state === 'settling';
    if (answered.word === 'taken' && open) model.state = 'lost';
  }
  const awaits = model.state === 'settling' && model.seen < renewals.length;
  if ((model.state === 'held' || awaits) && clock.now() >= model.safeUntil) model.state = 'lost';
};

const compare = (model: Model, real: Real): void => {
  const { lease, renewals, settling, losses } = real;
  expect(lease.state()).to.equal(model.state);
  expect(lease.signal.aborted).to.equal(model.interrupted || model.state === 'lost');
  expect(losses).to.have.length(model.state === 'lost' ? 1 : 0);
  for (const { askedAt, visibilityMs } of renewals) {
    expect(askedAt).to.be.below(model.ceilingAt);
    expect(askedAt + visibilityMs).to.be.at.most(model.ceilingAt + model.marginMs);
    expect(askedAt + visibilityMs).to.be.at.most(VISIBILITY_MAX_MS);
  }
  if (settling === undefined) return;
  // F3: none begins any more. F2: none ends any more, once it may, that could undo what is decided
  // then.
  expect(renewals).to.have.length(settling.asked);
  const underWay = renewals.some(({ answered }) => answered === undefined);
  expect(settling.answer === undefined).to.equal(underWay && model.state !== 'lost');
  if (settling.answer === undefined) return;
  if (settling.answer.may) expect(settling.answer.answered).to.equal(answeredOf(renewals));
  expect(settling.answer.may).to.equal(model.state !== 'lost');
};

const answeredOf = (renewals: readonly Renewal[]): number =>
  renewals.filter(({ answered }) => answered !== undefined).length;

type Command = fc.AsyncCommand<Model, Real>;

const command = (
  name: string,
  run: (model: Model, real: Real) => void | Promise<void>,
): Command => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real);
    // What was set in motion, but no time.
    await real.clock.advance(0);
    letTimePass(model, real);
    compare(model, real);
  },
  toString: () => name,
});

const anyAdvance = (): fc.Arbitrary<Command> =>
  fc
    .oneof(fc.integer({ min: 1, max: 40_000 }), fc.integer({ min: 1, max: VISIBILITY_MAX_MS / 3 }))
    .map((ms) => command(`advance(${ms})`, (_, { clock }) => clock.advance(ms)));

const anyCommand = (): fc.Arbitrary<Command>[] => [
  // More often than the others, so that some leases live long.
  ...Array.from({ length: 4 }, anyAdvance),
  fc
    .record({
      word: fc.constantFrom<Word>('ok', 'ok', 'ok', 'failed', 'taken', 'never'),
      takesMs: fc.integer({ min: 1, max: 25_000 }),
    })
    .map((answers) =>
      command(`answer(${answers.word} after ${answers.takesMs})`, (_, real) => {
        real.answers = answers;
      }),
    ),
  fc.constant(command('interrupt()', interrupt)),
  fc.constant(command('settle()', settle)),
  fc.constant(command('settled()', settled)),
];

const interrupt = (model: Model, real: Real): void => {
  model.interrupted = true;
  real.lease.interrupt();
};

/** Also what a drain does that gives up: of all who settle, one may. */
const settle = async (model: Model, real: Real): Promise<void> => {
  if (model.state !== 'held') {
    expect(await real.lease.settle()).to.equal(false);
    return;
  }
  model.state = 'settling';
  const settling: Real['settling'] = { asked: real.renewals.length };
  real.settling = settling;
  const ask = async (): Promise<void> => {
    const may = await real.lease.settle();
    real.settling = { ...settling, answer: { may, answered: answeredOf(real.renewals) } };
  };
  void ask();
};

/** Said by who may settle, and only when asked to. */
const settled = (model: Model, real: Real): void => {
  if (real.settling?.answer?.may !== true) return;
  model.state = 'settled';
  real.lease.settled();
};
