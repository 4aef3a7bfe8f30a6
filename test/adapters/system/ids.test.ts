import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { expect } from 'chai';
import fc from 'fast-check';
import { isValid } from 'ulid';
import { createMemoryIds } from '../../../src/adapters/memory/ids.ts';
import { createSystemIds } from '../../../src/adapters/system/ids.ts';
import type { Json } from '../../../src/application/ports/json.ts';

const MANY = 2_000;
const manyOf = (create: () => string) => Array.from({ length: MANY }, create);

for (const [name, make] of [
  ['system', createSystemIds],
  ['memory', () => createMemoryIds(7)],
] as const) {
  describe(`ids: ${name}`, () => {
    it('are ULIDs, each another, that sort in the order of their creation', () => {
      const ids = make();
      const created = manyOf(() => ids.create());
      expect(created.every(isValid)).to.equal(true);
      expect(new Set(created).size).to.equal(MANY);
      expect(created.toSorted()).to.deep.equal(created);
    });

    it('F14: give one fingerprint in any order of keys, and another for other content', () => {
      const ids = make();
      const fingerprint = (json: Json) => ids.fingerprint(json);
      fc.assert(
        fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
          const json = JSON.parse(JSON.stringify(object)) as Record<string, Json>;
          const turned = Object.fromEntries(Object.entries(json).toReversed());
          expect(fingerprint(turned)).to.equal(fingerprint(json));
          expect(fingerprint({ ...json, added: fingerprint(json) })).not.to.equal(
            fingerprint(json),
          );
        }),
      );
      // SHA-256 of the canonical text {"a":2,"b":1}, by openssl.
      const expected = '02JqwwqH5vemQoIzs8aCmZdoZfpVCOQmfFQVx2r3p3I';
      expect(fingerprint({ b: 1, a: 2 })).to.equal(expected);
    });

    it('draw fractions from the whole of [0, 1)', () => {
      const ids = make();
      const drawn = Array.from({ length: MANY }, () => ids.random());
      expect(drawn.every((fraction) => fraction >= 0 && fraction < 1)).to.equal(true);
      expect(new Set(drawn.map((fraction) => Math.floor(fraction * 10))).size).to.equal(10);
    });
  });
}

describe('a fingerprint', () => {
  const ids = createSystemIds();
  const fingerprint = (json: Json) => ids.fingerprint(json);
  /** Names that JavaScript puts elsewhere than where they were added, and others. */
  const name = fc.oneof(
    fc.constantFrom(
      'b',
      'a',
      'aB',
      'B',
      'a_1',
      'ä',
      '',
      ' ',
      '10',
      '9',
      '1a',
      '__proto__',
      '\ud83d\ude00',
    ),
    fc.string(),
  );
  const { anyJson } = fc.letrec<{ anyJson: Json }>((tie) => ({
    anyJson: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'json' },
      fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
      ),
      fc.string({ unit: 'grapheme' }),
      fc.array(tie('anyJson'), { maxLength: 3 }),
      fc.dictionary(name, tie('anyJson'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  it('F14: is SHA-256 over the canonical JSON (RFC 8785), whatever the names of members', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(fingerprint(value)).to.equal(hash('sha256', canonicalize(value) ?? '', 'base64url'));
      }),
      { numRuns: 2_000 },
    );
  });

  it('throws on what RFC 8785 has no form for', () => {
    for (const none of [Number.NaN, Infinity, -Infinity, '\ud800'])
      for (const value of [none, [none], { a: none }])
        expect(() => fingerprint(value), JSON.stringify(value)).to.throw();
    expect(() => fingerprint({ '\ud800': 1 })).to.throw();
  });
});

describe('ids: memory', () => {
  it('are the same again for the same seed, and others for another', () => {
    const draw = (seed: number) => {
      const ids = createMemoryIds(seed);
      return [ids.create(), ids.create(), ids.random(), ids.random()];
    };
    expect(draw(3)).to.deep.equal(draw(3));
    expect(draw(3)).not.to.deep.equal(draw(4));
  });
});
