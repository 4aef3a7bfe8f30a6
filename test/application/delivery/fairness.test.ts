import { expect } from 'chai';
import fc from 'fast-check';
import { isCrowded, nextToStart, shareOf } from '../../../src/application/delivery/slots.ts';

type Message = { readonly groupId?: string };

const anyMessages = (groups: readonly (string | undefined)[], maxLength: number) =>
  fc.array(
    fc.constantFrom(...groups).map((groupId): Message => (groupId ? { groupId } : {})),
    { maxLength },
  );
const GROUPS = ['a', 'b', 'c'];

const countOf = (messages: readonly Message[], { groupId }: Message): number =>
  groupId === undefined ? 0 : messages.filter((other) => other.groupId === groupId).length;

describe('the fair choice', () => {
  it('gives a group no more than its share while another that is below its own waits', () => {
    const property = fc.property(
      fc.oneof(anyMessages(GROUPS, 20), anyMessages([...GROUPS, undefined], 20)),
      anyMessages([...GROUPS, undefined], 20),
      fc.integer({ min: 1, max: 10 }),
      (waiting, running, share) => {
        const next = nextToStart<Message>(waiting, running, share);
        const below = waiting.filter((message) => countOf(running, message) < share);
        const fewest = Math.min(...waiting.map((message) => countOf(running, message)));
        if (next === undefined) expect(waiting).to.deep.equal([]);
        else if (below.length > 0) expect(next).to.equal(below[0]);
        else expect(countOf(running, next)).to.equal(fewest);
      },
    );
    fc.assert(property);
  });

  it('gives a slot that nobody else could use to the group with the fewest', () => {
    const [a, b] = [{ groupId: 'a' }, { groupId: 'b' }];
    expect(nextToStart([a, b], [a, a, a, b, b], 2)).to.equal(b);
    expect(nextToStart([a, b], [a, a, b, b], 2)).to.equal(a);
  });

  it('takes messages without a group for one group each', () => {
    const bare: Message[] = Array.from({ length: 9 }, () => ({}));
    expect(nextToStart([{ groupId: 'a' }], bare, 1)).to.deep.equal({ groupId: 'a' });
    expect(nextToStart<Message>([{ groupId: 'a' }, {}], [{ groupId: 'a' }], 1)).to.deep.equal({});
    expect(isCrowded(bare, 1)).to.equal(false);
  });

  it('is needed when one group has more than its share', () => {
    const three = Array.from({ length: 3 }, () => ({ groupId: 'a' }));
    expect([isCrowded(three, 2), isCrowded(three, 3), isCrowded([], 1)]).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it('has a share of one slot at least', () => {
    expect([shareOf(50, 0.25), shareOf(3, 0.25), shareOf(0, 1), shareOf(8, 1)]).to.deep.equal([
      12, 1, 1, 8,
    ]);
  });
});
