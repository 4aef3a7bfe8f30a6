import { expect } from 'chai';
import fc from 'fast-check';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { createOrderAtBank, DEEDS, type Deed, type Reply } from '../../support/orderAtBank.ts';
import { runsOf } from '../../support/runs.ts';

type Turn = { readonly worker: number; readonly reply: Reply; readonly deed: Deed | 'nothing' };

const anyTurns = (): fc.Arbitrary<readonly Turn[]> =>
  fc.array(
    fc.record({
      worker: fc.nat({ max: 1 }),
      reply: fc.constantFrom('answered', 'answered', 'answered', 'lost', 'late'),
      deed: fc.oneof(
        { weight: 6, arbitrary: fc.constant('nothing' as const) },
        { weight: 2, arbitrary: fc.constantFrom(...DEEDS) },
      ),
    }),
    { maxLength: 40, size: 'max' },
  );

const anyConfirmed = () => fc.constantFrom('awaits', 'awaits', 'awaits', 'paid', 'failed');

const STEPS_MAX = 60;

/** Two workers, each with a message, an event or a wish to know; in the end somebody asks. */
const live = (confirmed: 'awaits' | 'paid' | 'failed', turns: readonly Turn[]) => {
  const world = createOrderAtBank(confirmed);
  world.place();
  const workers = [world.start(), world.start()];
  const check = (): void => {
    const { status } = world.state.payment;
    const isGivenUp = status !== 'captured' && status !== 'requested' && status !== 'review';
    if (isGivenUp) {
      expect(world.there, 'given up, and can be paid (I7)').to.be.oneOf([
        ...NEVER_PAID,
        // Declined at once: nobody was asked, and no confirmation is under way.
        ...(isAsked(world.commits) ? [] : ['wants']),
      ]);
    }
  };
  for (const { worker: at, reply, deed } of turns) {
    if (deed !== 'nothing') world.happen(deed);
    const old = workers[at];
    const isGone = old === undefined || old.isDone || deed === 'crash';
    const lastHint = world.said.at(-1);
    const about =
      at === 0 ? { asksPending: true as const } : { ...(lastHint && { hint: lastHint }) };
    const worker = isGone ? world.start(about) : old;
    workers[at] = worker;
    world.step(worker, reply);
    check();
  }
  world.landAll();
  check();
  for (let rounds = 0; rounds < 4; rounds += 1) {
    world.happen('wait long');
    const worker = world.start({ asksPending: true });
    for (let steps = 0; steps < STEPS_MAX && !worker.isDone; steps += 1) {
      world.step(worker, 'answered');
      check();
    }
    expect(worker.isDone, 'it comes to an end').to.equal(true);
  }
  return world;
};

const NEVER_PAID = ['cancelled', 'nothing'] as const;

const isAsked = (commits: readonly (readonly Order.StreamEvent[])[]): boolean =>
  commits.flat().some(({ type }) => type === 'PaymentAuthenticationRequested');

describe('an order whose customer may authenticate its payment, whatever happens (R24)', () => {
  const ofAnyLife = (holds: (world: ReturnType<typeof live>) => void) =>
    fc.property(anyConfirmed(), anyTurns(), (confirmed, turns) => holds(live(confirmed, turns)));

  it('is paid once or never, as the gateway has it, with one invoice, and nothing stays open', () =>
    fc.assert(
      ofAnyLife((world) => {
        expect(world.charges).to.be.at.most(1);
        const isCaptured = world.state.payment.status === 'captured';
        expect(isCaptured).to.equal(world.there === 'paid');
        expect(isCaptured).to.equal(world.state.invoice.status === 'issued');
        expect(world.numbers).to.equal(isCaptured ? 1 : 0);
        expect(world.state.payment.status).to.be.oneOf(['captured', 'declined', 'failed']);
        expect(firstIllegal(world.commits)).to.equal(undefined);
      }),
      { numRuns: runsOf(200, 800) },
    ));

  it('comes to every end there is', () => {
    const ends = new Set(
      fc
        .sample(fc.tuple(anyConfirmed(), anyTurns()), { numRuns: 600, seed: 1 })
        .map(([confirmed, turns]) => {
          const { state, commits } = live(confirmed, turns);
          const types = commits.flat().map(({ type }) => type);
          const isLinked = types.includes('PaymentAuthenticationAwaited');
          return `${Order.statusOf(state)}${isLinked ? ', by a link' : ''}`;
        }),
    );
    expect([...ends]).to.include.members([
      'paid',
      'paid, by a link',
      'declined',
      'declined, by a link',
      'failed',
      'being cancelled, by a link',
      'cancelled',
      'cancelled, by a link',
    ]);
  });
});
