import { expect } from 'chai';
import { runsOf } from '../support/runs.ts';
import { GATEWAY_RARITIES } from './rarities.ts';
import { playStories } from './stories.ts';
import { anyGatewayStory } from './story.ts';

/** So many that they surely meet every rarity of the gateway. */
const FULL_RUNS = 800;
/** As in interleavings.test.ts. */
const RUNS = Number(process.env['SIMULATION_RUNS'] ?? runsOf(50, FULL_RUNS));

describe('an order whose money the gateway moves by itself, beside workers that crash', () => {
  it('agrees with it, whatever was said (F29, G12, G16 to G19, I21 to I23)', async function () {
    this.timeout(300_000 + RUNS * 100);
    const seen = await playStories(anyGatewayStory(), { numRuns: RUNS, asksGateway: true });
    const missed = GATEWAY_RARITIES.filter((rarity) => !seen.has(rarity));
    if (RUNS >= FULL_RUNS) expect(missed).to.deep.equal([]);
  });
});
