import { expect } from 'chai';
import fc from 'fast-check';
import { runsOf } from '../support/runs.ts';
import { problemsAtTheEnd } from './ended.ts';
import { FAULTS, type Fault, type Step } from './faults.ts';
import { createProcess } from './process.ts';
import { receive, settle } from './run.ts';
import { cancelOrder, placeOrder, placeOrderPaidBy, refundPayment, resumeOrder } from './story.ts';
import { CLOSE_MS, GIVE_UP_MS } from './time.ts';
import { createSimulatedWorld } from './world.ts';

/**
 * Messages and waits, one after the other, and the faults that lead where it is worth meeting
 * another.
 */
type Life = {
  readonly of: string;
  readonly acts: readonly (string | number)[];
  readonly faults?: Partial<Record<Step, readonly Fault[]>>;
  /** What the shop has made at the gateway before: `pi_memory_1` is the first. */
  readonly made?: readonly { readonly isCaptured?: boolean }[];
  /** The test method that a customer has saved. */
  readonly saves?: string;
};

const SHOPS = { amountMinor: 4_758, currency: 'EUR' };
const AUTHORISED = { type: 'authorised', payment: 'pi_memory_1' } as const;
const SAVED = {
  type: 'saved',
  customer: 'cus_memory_1',
  paymentMethod: 'pm_memory_1',
} as const;
const FREE = { allowances: [{ reason: 'coupon', percent: '100' }] };
const PAID = { type: 'paid', payment: 'pi_memory_1' } as const;

const LIVES: readonly Life[] = [
  {
    of: 'an order that is paid, refunded and cancelled',
    acts: [placeOrder(), refundPayment('r-1', { amountMinor: 3_000 }), cancelOrder(), placeOrder()],
  },
  {
    of: 'an order whose payment is looked up, and comes into review and out of it',
    acts: [placeOrder(), GIVE_UP_MS, placeOrder(), resumeOrder(), resumeOrder()],
    faults: { charge: ['lose'], find: ['reject', 'reject'] },
  },
  {
    of: 'an order whose refund is looked up, and comes into review and out of it',
    acts: [placeOrder(), refundPayment('r-1'), GIVE_UP_MS, cancelOrder(), resumeOrder()],
    faults: { refund: ['lose'], findRefund: ['reject'] },
  },
  {
    of: 'an order whose refund was never made, and is compared with the gateway',
    acts: [placeOrder(), refundPayment('r-1'), CLOSE_MS, resumeOrder(), cancelOrder()],
    faults: { refund: ['reject'] },
  },
  {
    of: 'an order all of whose appends lose their answers',
    acts: [placeOrder(), refundPayment('r-1', { amountMinor: 1 })],
    faults: { 'insert order': ['lose', 'lose', 'lose', 'lose'], 'insert series': ['lose', 'lose'] },
  },
  {
    of: 'an order whose authorised payment is captured, and a part of it refunded',
    made: [{}],
    acts: [placeOrderPaidBy(AUTHORISED), refundPayment('r-1', { amountMinor: 1_000 })],
  },
  {
    of: 'an order whose capture gets no answer, and which is cancelled then',
    made: [{}],
    acts: [placeOrderPaidBy(AUTHORISED), cancelOrder(), resumeOrder()],
    faults: { charge: ['lose'] },
  },
  {
    of: 'an order whose authorisation is released, and one whose cancellation came first',
    made: [{}, {}],
    acts: [
      placeOrderPaidBy(AUTHORISED),
      cancelOrder(),
      resumeOrder(),
      cancelOrder('o-2'),
      placeOrderPaidBy({ type: 'authorised', payment: 'pi_memory_2' }, 'o-2'),
    ],
    faults: { charge: ['reject'] },
  },
  {
    of: 'an order whose authorised payment is never captured, and released in the end',
    made: [{}],
    acts: [placeOrderPaidBy(AUTHORISED), CLOSE_MS, resumeOrder(), resumeOrder()],
    faults: { charge: ['reject', 'lose'] },
  },
  {
    of: 'two orders that name the same payment, of which one is cancelled',
    made: [{}],
    acts: [
      placeOrderPaidBy(AUTHORISED),
      placeOrderPaidBy(AUTHORISED, 'o-2'),
      cancelOrder(),
      resumeOrder('o-2'),
    ],
  },
  {
    of: 'two orders that were paid by one payment before, of which one is cancelled',
    made: [{ isCaptured: true }],
    acts: [placeOrderPaidBy(PAID), placeOrderPaidBy(PAID, 'o-2'), cancelOrder(), resumeOrder()],
  },
  {
    of: 'an order that is paid with a saved method, whose charge gets no answer',
    saves: 'pm_card_visa',
    acts: [placeOrderPaidBy(SAVED), refundPayment('r-1'), resumeOrder(), cancelOrder()],
    faults: { charge: ['lose'], find: ['reject'] },
  },
  {
    of: 'an order of which nothing is to be paid, and which is cancelled then',
    acts: [
      placeOrderPaidBy({ type: 'none' }, 'o-1', FREE),
      refundPayment('r-1'),
      cancelOrder(),
      resumeOrder(),
    ],
  },
  {
    of: 'an order that is paid by transfer, a part of which the shop refunds',
    acts: [
      placeOrderPaidBy({ type: 'transferred', reference: 'RF18' }),
      refundPayment('r-1', { amountMinor: 1_000 }),
      cancelOrder(),
    ],
  },
  {
    of: 'an order that is cancelled before it comes, and one whose payment is never made',
    acts: [
      cancelOrder(),
      placeOrder(),
      placeOrder('o-2'),
      cancelOrder('o-2'),
      CLOSE_MS,
      resumeOrder('o-2'),
    ],
    faults: { charge: ['reject', 'reject'] },
  },
];

describe('an order, whatever befalls one of the calls that are made for it (X1, K2)', () => {
  const seen = new Set<string>();
  for (const life of LIVES) {
    it(`ends well for ${life.of}`, async () => {
      const { calls } = await live(life, { at: -1, fault: 'none' }, seen);
      expect(calls.length).to.be.within(15, 100);
      for (const [at, step] of calls.entries()) {
        for (const fault of faultsAt(at, isMet(step, seen))) {
          const { problems } = await live(life, { at, fault }, seen);
          expect(problems, `${fault} at call ${at}`).to.deep.equal([]);
        }
      }
    });
  }

  it('has met every step, with every fault where all of them are run', () => {
    const missed = STEPS.flatMap((step) =>
      FAULTS.map((fault) => `${step}: ${fault}`).filter((pair) => !seen.has(pair)),
    );
    if (STRIDE === 1) expect(missed).to.deep.equal([]);
    else expect(STEPS.filter((step) => !isMet(step, seen))).to.deep.equal([]);
  });
});

const isMet = (step: Step, seen: ReadonlySet<string>): boolean =>
  FAULTS.some((fault) => seen.has(`${step}: ${fault}`));

/**
 * Of all faults at all calls every so manieth is run, and other ones with another seed; at a step
 * that has met none yet there is always one.
 */
const STRIDE = runsOf(12, 1);
const FIRST = Math.abs(fc.readConfigureGlobal().seed ?? 0);
/** Has no factor in common with the stride: so each call has another fault than the one before. */
const APART = 7;
const faultsAt = (at: number, isMetBefore: boolean): readonly Fault[] => {
  const nth = FIRST + at * APART;
  const some = FAULTS.filter((_, index) => (nth + index) % STRIDE === 0);
  return some.length > 0 || isMetBefore
    ? some
    : FAULTS.filter((_, index) => index === nth % FAULTS.length);
};

const STEPS: readonly Step[] = [
  'insert order',
  'load order',
  'read order',
  'insert payment',
  'load payment',
  'read payment',
  'insert series',
  'head series',
  'load series',
  'read series',
  'charge',
  'find',
  'refund',
  'findRefund',
  'listRefunds',
  'row',
  'notify',
  'publish',
  'deadLetter',
  'delete',
];

/**
 * Lives it once, with one more fault at one call. Every receive is by a new process, whose
 * allocator is cold.
 */
const live = async (
  { acts, faults = {}, made: payments = [], saves }: Life,
  extra: { readonly at: number; readonly fault: Fault },
  seen: Set<string>,
) => {
  const { promise: storm, resolve: passes } = Promise.withResolvers<void>();
  const world = createSimulatedWorld({
    turn: (label) => (label.endsWith('lands late') ? storm : Promise.resolve()),
    seen,
  });
  if (saves !== undefined) world.gateway.saveMethod(saves);
  for (const payment of payments) world.gateway.authorise({ ...SHOPS, ...payment });
  const met = new Map<Step, number>();
  const calls: Step[] = [];
  const nextFault = (step: Step): Fault => {
    const nth = met.get(step) ?? 0;
    met.set(step, nth + 1);
    calls.push(step);
    return calls.length === extra.at + 1 ? extra.fault : (faults[step]?.[nth] ?? 'none');
  };
  for (const [index, act] of acts.entries()) {
    if (typeof act === 'number') await world.time.pass(act);
    else {
      const message = world.payments.send(act);
      await receive(world, createProcess(world, `P${index}`, nextFault).slots[0], message);
    }
  }
  const made = [...calls];
  passes();
  await settle(world);
  return { calls: made, problems: await problemsAtTheEnd(world) };
};
