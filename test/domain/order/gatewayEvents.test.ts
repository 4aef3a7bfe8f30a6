import { expect } from 'chai';
import fc from 'fast-check';
import { firstIllegal } from '../../../src/domain/history/legality.ts';
import * as Order from '../../../src/domain/order/index.ts';
import {
  anyPlan,
  ask,
  begin,
  deliver,
  lastAsking,
  type OrderAtGateway,
} from '../../support/orderAtGateway.ts';
import { MOVES } from '../../support/movingGateway.ts';
import { cancelOrder } from '../../support/orderLife.ts';
import { runsOf } from '../../support/runs.ts';

/** What is so, whenever and by whom it was found out; the places of numbers are not of it. */
const factsOf = ({ state }: OrderAtGateway) => ({
  status: Order.statusOf(state),
  progress: Order.progressOf(state),
  held: Order.heldOf(state),
  sums: Order.sumsOf(state),
  payment: 'reference' in state.payment ? state.payment.reference : state.payment.status,
  isCompared: state.comparison === undefined,
  refunds: state.refunds
    .map((refund) => [
      refund.refundId,
      refund.status,
      'reference' in refund ? refund.reference : '',
      'amountMinor' in refund ? refund.amountMinor : 0,
    ])
    .toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1)),
  creditNotes:
    state.invoice.status === 'issued'
      ? state.invoice.document.creditNotes.map(({ refundId }) => refundId).toSorted()
      : [],
  disputes: state.disputes?.map(({ dispute, verdict, withdrawnMinor, reinstatedMinor }) => [
    dispute,
    verdict,
    withdrawnMinor,
    reinstatedMinor,
  ]),
});

/** One that comes back unseen was never made, as far as anybody here can know. */
const anyMove = () => fc.constantFrom(...MOVES.filter((move) => move !== 'come back'));

describe('what the gateway says, in whatever order, however often, or never', () => {
  it('leads to one state once somebody has asked in the end (F29, I24)', () =>
    fc.assert(
      fc.property(
        fc.record({
          plan: anyPlan(),
          amounts: fc.array(fc.constantFrom(500, 1_500, 4_758), { maxLength: 2 }),
          isCancelled: fc.boolean(),
          moves: fc.array(anyMove(), { minLength: 1, maxLength: 8, size: 'max' }),
          deliveries: fc.array(fc.nat({ max: 20 }), { maxLength: 12, size: 'max' }),
          between: fc.array(fc.array(fc.nat({ max: 20 }), { maxLength: 2 }), {
            maxLength: 8,
            size: 'max',
          }),
        }),
        ({ plan, amounts, isCancelled, moves, deliveries, between }) => {
          const live = (isDelivered: boolean) => {
            const world = begin(plan);
            amounts.forEach((amountMinor, at) => ask(world, `r-${at + 1}`, amountMinor));
            if (isCancelled) world.command(cancelOrder());
            world.drive([{}]);
            const said: Order.Hint[] = [];
            for (const [at, move] of moves.entries()) {
              const one = world.move(move);
              if (one !== undefined) said.push(one);
              // Refunds that a cancelled order asks for again depend on when it knows of what.
              if (isDelivered && !isCancelled) deliver(world, said, between[at] ?? []);
            }
            said.push(...world.settle(({ refundId }) => refundId === undefined));
            if (isDelivered) deliver(world, said, deliveries);
            lastAsking(world, said);
            // What ended without an answer comes again.
            world.drive([{ asksPending: true }]);
            return world;
          };
          const [quiet, loud] = [live(false), live(true)];
          expect(factsOf(loud)).to.deep.equal(factsOf(quiet));
          expect(firstIllegal(loud.commits)).to.equal(undefined);
          expect(loud.numbers.size).to.equal(quiet.numbers.size);
        },
      ),
      { numRuns: runsOf(375, 1_500) },
    ));

  it('costs nothing once it is in the log', () =>
    fc.assert(
      fc.property(
        anyPlan(),
        fc.array(fc.constantFrom(...MOVES), { maxLength: 6 }),
        (plan, moves) => {
          const world = begin(plan);
          ask(world, 'r-1', 500);
          for (const move of moves) {
            const said = world.move(move);
            if (said === undefined) continue;
            world.deliver(said);
            const { version } = world.state;
            world.deliver(said);
            world.deliver(said);
            expect(world.state.version).to.equal(version);
          }
        },
      ),
      { numRuns: runsOf(125, 500) },
    ));
});
