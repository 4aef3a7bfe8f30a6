import { expect } from 'chai';
import fc from 'fast-check';
import { problemsAtTheEnd } from './ended.ts';
import { play, settle } from './run.ts';
import type { Story } from './story.ts';
import { createSimulatedWorld, type World, type WorldOptions } from './world.ts';

type StoryRuns = Pick<WorldOptions, 'isGrouped' | 'ordersOf' | 'otherNames'> & {
  readonly numRuns: number;
  readonly asksGateway?: boolean;
  /** Looks at a world in which everything has ended. */
  readonly look?: (world: World) => Promise<void>;
};

/**
 * Plays stories in random interleavings until all is calm, and finds no problem at the end of any.
 * Gives what they came across.
 */
export const playStories = async (
  stories: fc.Arbitrary<Story>,
  { numRuns, asksGateway = false, look = () => Promise.resolve(), ...options }: StoryRuns,
): Promise<ReadonlySet<string>> => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), stories, async (scheduler, story) => {
      const world = createSimulatedWorld({
        turn: (label) => scheduler.schedule(Promise.resolve(), label),
        seen,
        attemptsMax: story.attemptsMax,
        ...options,
      });
      await scheduler.waitFor(play(world, story));
      await scheduler.waitFor(settle(world, { asksGateway }));
      expect(await problemsAtTheEnd(world)).to.deep.equal([]);
      await look(world);
    }),
    { numRuns },
  );
  return seen;
};
