import { expect } from 'chai';
import { problemsAtTheEnd } from './ended.ts';
import type { Rarity } from './rarities.ts';
import { createProcess } from './process.ts';
import { receive, settle } from './run.ts';
import { playStories } from './stories.ts';
import { anyStory, placeOrder } from './story.ts';
import { createSimulatedWorld } from './world.ts';
import { runsOf } from '../support/runs.ts';

/** So many that they surely meet whatever is frequent. */
const FULL_RUNS = 1_200;
/**
 * How many stories each run of the suite plays. SIMULATION_RUNS sets it: 100,000 take some twenty
 * minutes (mocha --no-config --require test/support/setup.ts
 * test/simulation/interleavings.test.ts). The seed of each run is printed; FC_SEED repeats it.
 */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? runsOf(100, FULL_RUNS));

describe('an order that is placed, cancelled, refunded and resumed by workers that crash', () => {
  it('agrees with the gateway, always and in the end (I1 to I16, E1 to E3)', async function () {
    this.timeout(300_000 + RUNS * 100);
    const seen = await playStories(anyStory(), { numRuns: RUNS });
    // The checker checks itself: it came across what it is to find its way through (K2).
    const missed = FREQUENT.filter((rarity) => !seen.has(rarity));
    if (RUNS >= FULL_RUNS) expect(missed).to.deep.equal([]);
  });

  it('agrees with it where the slots of a process share their calls', async function () {
    const numRuns = Math.ceil(RUNS / 3);
    this.timeout(300_000 + numRuns * 100);
    const stories = anyStory().map((story) => ({ ...story, shares: true }));
    const seen = await playStories(stories, { numRuns, isGrouped: true });
    // Of ten stories one has two orders written at the same moment.
    if (RUNS >= FULL_RUNS) expect([...seen]).to.include('calls shared');
  });

  it('is written in one call with another that comes at the same moment', async () => {
    const seen = new Set<string>();
    const world = createSimulatedWorld({ turn: () => Promise.resolve(), seen, isGrouped: true });
    const messages = ['o-1', 'o-2'].map((orderId) => world.payments.send(placeOrder(orderId)));
    const { slots } = createProcess(world, 'P');
    await Promise.all(
      messages.map((message, at) => receive(world, slots[at === 0 ? 0 : 1], message)),
    );
    await settle(world);
    expect(await problemsAtTheEnd(world)).to.deep.equal([]);
    expect([...seen]).to.include('calls shared');
  });
});

/** What `FULL_RUNS` stories surely meet. The rest of the rarities is staged in holes.test.ts. */
const FREQUENT: readonly Rarity[] = [
  'attempt 2 captured',
  'cancelled before it was placed',
  'capture after tombstone',
  'captured as a look-up says',
  'failed by absence',
  'payload B won',
  'redrive after key expiry',
  'refund rejected',
  'second cancel refund',
  'two POSTs at once',
  'void by absence',
];
