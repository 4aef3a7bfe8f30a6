import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  chainCauses,
  placeSteps,
  type UnplacedStep,
} from '../../../src/application/trace/timeline.ts';

const draft = (key: string, at: number, more: Partial<UnplacedStep> = {}): UnplacedStep => ({
  key,
  at,
  phase: 3,
  from: 'client',
  to: 'client',
  kind: 'done',
  what: key,
  source: 'event',
  ...more,
});

/**
 * Each may be caused by, and come after, earlier ones of the list; the clocks say what they like.
 */
const anyDrafts = (): fc.Arbitrary<readonly UnplacedStep[]> =>
  fc
    .array(fc.tuple(fc.nat(100), fc.option(fc.nat(20)), fc.option(fc.nat(20))), { maxLength: 30 })
    .map((parts) =>
      parts.map(([at, cause, after], index) => {
        const earlier = (other: number | null): string | undefined =>
          other === null || index === 0 ? undefined : String(other % index);
        return draft(String(index), at, { cause: earlier(cause), after: earlier(after) });
      }),
    )
    .chain((drafts) => fc.shuffledSubarray([...drafts], { minLength: drafts.length }));

describe('inOrder', () => {
  it('puts every cause before its effects and loses nothing, whatever the clocks say (X4)', () => {
    fc.assert(
      fc.property(anyDrafts(), (drafts) => {
        const { steps } = placeSteps(drafts);
        const places = new Map(steps.map(({ what }, place) => [what, place]));
        expect(steps.map(({ what }) => what)).to.have.members(drafts.map(({ key }) => key));
        for (const { key, cause, after } of drafts) {
          const place = places.get(key) ?? -1;
          expect(steps[place]?.cause).to.equal(cause === undefined ? undefined : places.get(cause));
          for (const before of [cause, after]) {
            if (before !== undefined) expect(places.get(before)).to.be.lessThan(place);
          }
        }
      }),
    );
  });

  it('goes by the clocks where nothing else is known, and then by the given order', () => {
    const drafts = [draft('c', 5), draft('a', 1), draft('b', 1)];

    const { steps, skewMs } = placeSteps(drafts);

    expect(steps.map(({ what }) => what)).to.deep.equal(['a', 'b', 'c']);
    expect(skewMs).to.equal(0);
  });

  it('says by how much the clocks contradict it', () => {
    const drafts = [draft('effect', 10, { cause: 'cause' }), draft('cause', 42)];

    expect(placeSteps(drafts).skewMs).to.equal(32);
  });

  it('ends although steps wait for each other, or for one that is not there', () => {
    const circle = [draft('a', 1, { after: 'b' }), draft('b', 2, { after: 'a' })];

    expect(placeSteps(circle).steps).to.have.length(2);
    expect(placeSteps([draft('a', 1, { cause: 'gone' })]).steps[0]).to.not.have.property('cause');
  });

  it('chains what happened one after the other', () => {
    const links = chainCauses([draft('a', 1), draft('b', 1)], 'first').map(({ cause }) => cause);

    expect(links).to.deep.equal(['first', 'a']);
  });
});
