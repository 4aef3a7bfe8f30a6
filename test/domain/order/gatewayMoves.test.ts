import { expect } from 'chai';
import fc from 'fast-check';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import { CLOSE_MS, NOON } from '../../support/orderContext.ts';
import { anyPlan, ask, begin, deliver, lastAsking } from '../../support/orderAtGateway.ts';
import { MOVES, type Move, type Plan } from '../../support/movingGateway.ts';
import { cancelOrder, refundPayment } from '../../support/orderLife.ts';
import { runsOf } from '../../support/runs.ts';

/** How the gateway stands, the finding, the list of refunds, and the number. */
const NUMBERED_AFTER = 4;

/** What is captured, in minor units. */
const TOTAL = 4_758;

type Happening = {
  readonly move: Move | 'refund' | 'cancel' | 'compare' | 'resume' | 'decide';
  readonly amountMinor: number;
  readonly hints: readonly number[];
  readonly turns: readonly number[];
  readonly stepsMax: number;
};

const anyHappenings = (): fc.Arbitrary<readonly Happening[]> =>
  fc.array(
    fc.record({
      move: fc.constantFrom(
        ...MOVES,
        'refund' as const,
        'refund' as const,
        'cancel' as const,
        'compare' as const,
        'resume' as const,
        'decide' as const,
      ),
      amountMinor: fc.constantFrom(300, 1_000, TOTAL),
      hints: fc.array(fc.nat({ max: 20 }), { maxLength: 2 }),
      turns: fc.array(fc.nat({ max: 1 }), { minLength: 1, maxLength: 9 }),
      // Where it crashes: after an answer, or with a number.
      stepsMax: fc.constantFrom(1, 2, 3, 4, 5, 6, 400, 400, 400, 400, 400, 400),
    }),
    { maxLength: 14, size: 'max' },
  );

const live = (plan: Plan, happenings: readonly Happening[]) => {
  const world = begin(plan);
  const said: Order.Hint[] = [];
  let refunds = 0;
  for (const { move, amountMinor, hints, turns, stepsMax } of happenings) {
    if (move === 'refund') {
      const wanted =
        amountMinor === TOTAL
          ? { type: 'Rest' as const }
          : { type: 'Amount' as const, amountMinor };
      world.command(refundPayment(`r-${(refunds += 1)}`, wanted));
    } else if (move === 'cancel') world.command(cancelOrder());
    else if (move === 'decide') world.decide();
    else if (move === 'compare') world.compare();
    else if (move !== 'resume') {
      const one = world.move(move, amountMinor);
      if (one !== undefined) said.push(one);
    }
    const delivered = hints.flatMap((at) => said[at % Math.max(said.length, 1)] ?? []);
    const contexts = [...delivered.map((hint) => ({ hint })), { asksPending: true as const }];
    world.drive(contexts, turns, stepsMax);
  }
  said.push(...world.settle());
  lastAsking(world, said);
  world.decide();
  // What was never executed is proven after the close.
  const late = { now: NOON + CLOSE_MS, viewedAt: NOON + CLOSE_MS, asksPending: true } as const;
  const ends = [
    ...world.drive([late]),
    ...lastAsking(world, said, late),
    ...(world.decide(), said.push(...world.settle()), world.drive([late])),
    ...lastAsking(world, said, late),
    ...world.drive([late]),
  ];
  const isContradicted = ends.some(
    (end) => end.type === 'DeadLetter' && end.isContradiction === true,
  );
  return { world, isContradicted };
};

type World = ReturnType<typeof begin>;

const documentsOf = ({ commits }: World): readonly { readonly type: string }[] =>
  commits.flat().filter(({ type }) => type === 'InvoiceIssued' || type === 'CreditNoteIssued');

describe('an order of which the gateway moves the money by itself', () => {
  const ofAnyLife = (check: (life: ReturnType<typeof live>) => void) =>
    fc.property(anyPlan(), anyHappenings(), (plan, happenings) => check(live(plan, happenings)));

  it('takes only events that are legal where they stand, by two workers that crash (I8)', () =>
    fc.assert(
      ofAnyLife(({ world }) => {
        expect(firstIllegal(world.commits)).to.equal(undefined);
      }),
      { numRuns: runsOf(200, 20_000) },
    ));

  it('holds in the end what the gateway holds, or a person is asked (I23)', () =>
    fc.assert(
      ofAnyLife(({ world, isContradicted }) => {
        if (isContradicted || world.state.payment.status !== 'captured') return;
        expect(Order.heldOf(world.state)).to.equal(world.held());
      }),
      { numRuns: runsOf(200, 20_000) },
    ));

  it('has a document for each number, and no more, also of what has come back (I4, I5)', () =>
    fc.assert(
      ofAnyLife(({ world }) => {
        expect(documentsOf(world).length).to.equal(world.numbers.size);
      }),
      { numRuns: runsOf(200, 20_000) },
    ));

  it('credits what was found first where two take one place (hole 46)', () => {
    const world = begin({ charge: 'succeeded', refund: 'moved' });
    ask(world, 'r-1', 300);
    deliver(world, [world.move('come back') ?? expect.fail('nothing comes back')], [0]);
    world.decide();
    // Paid otherwise, so that the gateway holds 300 more than there is to credit.
    world.move('refund outside, later', 300);
    const found = world.move('refund outside', TOTAL - 300) ?? expect.fail('nothing is made');
    world.drive([{ hint: found }], [], NUMBERED_AFTER);
    expect([...world.numbers.values()].at(-1)?.reference).to.equal('re_outside_2');
    const moved = world.move('move') ?? expect.fail('nothing moves');
    const [end] = world.drive([{ hint: moved }]);
    expect(documentsOf(world).length).to.equal(world.numbers.size);
    expect(end).to.include({ type: 'DeadLetter', isContradiction: true });
  });

  it('credits what was refunded, and no dispute changes a document (R20)', () =>
    fc.assert(
      ofAnyLife(({ world: { commits, state } }) => {
        if (state.invoice.status !== 'issued') return;
        const credited = state.invoice.document.creditNotes.reduce(
          (sum, note) => sum + note.payableMinor,
          0,
        );
        expect(credited).to.equal(Order.sumsOf(state).refunded);
        const without = commits.map((events) =>
          events.filter(({ type }) => !type.startsWith('Dispute')),
        );
        const undisputed = Order.fold(without.flat());
        expect(Order.uncreditedOf(undisputed)).to.equal(Order.uncreditedOf(state));
        expect(Order.heldOf(undisputed) - Order.heldOf(state)).to.equal(disputedIn(state));
      }),
      { numRuns: runsOf(100, 1_000) },
    ));

  it('comes to every event that the gateway’s events lead to', () => {
    const lives = fc.sample(fc.tuple(anyPlan(), anyHappenings()), { numRuns: 800, seed: 1 });
    const seen = new Set(
      lives.flatMap(([plan, happenings]) =>
        live(plan, happenings)
          .world.commits.flat()
          .map(({ type }) => type),
      ),
    );
    expect([...seen]).to.include.members([
      'PaymentPending',
      'RefundPending',
      'GatewayDifferenceFound',
      'RefundAdopted',
      'DisputeOpened',
      'DisputeFundsWithdrawn',
      'DisputeFundsReinstated',
      'DisputeClosed',
      'RefundReturned',
      'RefundReturnResolved',
      'RefundFailed',
      'OrderCancelled',
    ]);
  });
});

const disputedIn = ({ disputes = [] }: Order.State): number =>
  disputes.reduce((sum, one) => sum + one.withdrawnMinor - one.reinstatedMinor, 0);
