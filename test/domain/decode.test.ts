import { expect } from 'chai';
import {
  list,
  object,
  oneOf,
  optional,
  row,
  string,
  unread,
  whole,
} from '../../src/domain/decode.ts';

describe('reading stored data', () => {
  const pair = row({ name: string, count: whole });
  const shape = object({
    id: string,
    kind: oneOf('a', 'b'),
    pairs: list(pair),
    more: optional(pair),
    tags: list(string),
  });
  const stored = { id: 'x', kind: 'a', pairs: [['one', 1]], more: [], tags: ['t'] };
  const mistakeIn = (value: unknown) => shape(value, 'It')._unsafeUnwrapErr();

  it('gives each part what its decoder makes of it, and leaves what it was given as it was', () => {
    const before = JSON.stringify(stored);
    expect(shape(stored, 'It')._unsafeUnwrap()).to.deep.equal({
      ...stored,
      pairs: [{ name: 'one', count: 1 }],
      more: undefined,
    });
    expect(JSON.stringify(stored)).to.equal(before);
  });

  it('gives the parts in the order of the shape, however they are stored', () => {
    const { id, ...others } = stored;
    expect(Object.keys(shape({ ...others, id }, 'It')._unsafeUnwrap())).to.deep.equal(
      Object.keys(stored),
    );
    const asMeant = object({ first: string, second: string });
    const value = asMeant({ second: 'b', first: 'a' }, 'It')._unsafeUnwrap();
    expect(Object.keys(value)).to.deep.equal(['first', 'second']);
  });

  it('refuses a part that is not known in place of one that may be anything', () => {
    const anything = object({ id: string, rest: unread });
    expect(anything({ id: 'x', other: 1 }, 'It')._unsafeUnwrapErr()).to.deep.equal({
      path: 'It.other',
      why: 'is not known',
    });
  });

  it('gives what is stored as it is meant as it is, without a copy', () => {
    const asMeant = object({ id: string, tags: list(string) });
    const value = { id: 'x', tags: ['t'] };
    expect(asMeant(value, 'It')._unsafeUnwrap()).to.equal(value);
  });

  it('names the place of what does not fit, and why, however deep it is', () => {
    const { id: _, ...without } = stored;
    const pairs = [
      ['one', 1],
      ['two', -1],
    ];
    const wrong: readonly (readonly [unknown, string, string])[] = [
      [[], 'It', 'is not an object'],
      [without, 'It.id', 'is not a string'],
      [{ ...stored, other: 1 }, 'It.other', 'is not known'],
      [JSON.parse('{"__proto__":1}'), 'It.__proto__', 'is not known'],
      [{ ...stored, kind: 'c' }, 'It.kind', 'is not one of a, b'],
      [{ ...stored, pairs }, 'It.pairs[1].count', 'is not a whole number'],
      [{ ...stored, pairs: [['one']] }, 'It.pairs[0]', 'is not a list of 2'],
      [{ ...stored, more: [['one', 1.5]] }, 'It.more.count', 'is not a whole number'],
      [{ ...stored, more: {} }, 'It.more', 'is not a list of at most one'],
      [{ ...stored, tags: ['t', 1] }, 'It.tags[1]', 'is not a string'],
      [{ ...stored, tags: 't' }, 'It.tags', 'is not a list'],
    ];
    for (const [value, path, why] of wrong) {
      expect(mistakeIn(value), path).to.deep.equal({ path, why });
    }
  });
});
