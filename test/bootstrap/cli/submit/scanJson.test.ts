import { expect } from 'chai';
import fc from 'fast-check';
import { DEPTH_MAX, scanJson } from '../../../../src/bootstrap/cli/submit/scanJson.ts';
import { runsOf } from '../../../support/runs.ts';

/** What texts of JSON are made of. */
const MARKS = Array.from('{}[],:"\\ 01.eE-+\n\taux');

describe('scanJson', () => {
  const takes = (text: string): boolean => scanJson(text).isOk();
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('takes what JSON.parse takes, and nothing else', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...MARKS)).map(([json, at, mark]) => {
            const place = at % (json.length + 1);
            return `${json.slice(0, place)}${mark}${json.slice(place)}`;
          }),
          fc.tuple(fc.json(), fc.nat()).map(([json, at]) => json.slice(0, at % (json.length + 1))),
          fc.string({ unit: fc.constantFrom(...MARKS, 'null', 'true') }),
        ),
        (text) => {
          expect(takes(text), text).to.equal(parses(text));
        },
      ),
      { numRuns: runsOf(750, 3_000) },
    ));

  it('says where a mistake is, and what is expected there', () => {
    for (const [text, line, column, why] of [
      ['[1, 2', 1, 6, 'it ends before it is complete'],
      ['', 1, 1, 'it ends before it is complete'],
      ['[1 2]', 1, 4, 'a comma, or the end of the list or object, is expected here'],
      ['{\n "a": 1,\n}', 3, 1, 'a name in double quotes is expected here'],
      ["{'a': 1}", 1, 2, 'a name in double quotes, or }, is expected here'],
      ['{"a" 1}', 1, 6, 'a colon is expected here'],
      ['[\n1,\n]', 3, 1, 'a value is expected here'],
      ['{}\n{}', 2, 1, 'nothing more is expected here'],
      ['[NaN]', 1, 2, 'a value or ] is expected here'],
      ['[01]', 1, 2, 'a value or ] is expected here'],
      ['["a\nb"]', 1, 2, 'a value or ] is expected here'],
    ] as const) {
      expect(scanJson(text)._unsafeUnwrapErr(), text).to.deep.equal({ line, column, why });
    }
  });

  const scanned = (text: string) => scanJson(text)._unsafeUnwrap();

  it('knows the line of each value of a list, or of the only value', () => {
    expect(scanned('[{}, 1,\n\n{"a": [1]}]').map(({ line }) => line)).to.deep.equal([1, 1, 3]);
    expect(scanned('\n{"a": 1}').map(({ line }) => line)).to.deep.equal([2]);
    expect(scanned('[]')).to.deep.equal([]);
  });

  it('finds names that stand twice, whatever their escapes', () => {
    expect(scanned('[{"a":1},{"b":{"c":1,"\\u0063":2,"c":3}}]')).to.deep.equal([
      { line: 1, faults: [] },
      { line: 1, faults: [{ path: 'b.c', why: 'is given twice' }] },
    ]);
    expect(scanned('{"l":[{"a":1},{"a":1,"a":1}]}')[0]?.faults).to.deep.equal([
      { path: 'l[1].a', why: 'is given twice' },
    ]);
  });

  it('finds numbers that a double cannot hold, and takes all others', () => {
    const faultsOf = (number: string) => scanned(`{"n":${number}}`)[0]?.faults.length;
    for (const number of ['9007199254740993', '1.00000000000000000001', '1e400', '1e-400']) {
      expect(faultsOf(number), number).to.equal(1);
    }
    for (const number of [
      '9007199254740992',
      '1.0',
      '1e3',
      '0.1',
      '-0',
      '0.000',
      '1E+2',
      '5e-324',
    ]) {
      expect(faultsOf(number), number).to.equal(0);
    }
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(faultsOf(JSON.stringify(number))).to.equal(0);
      }),
    );
  });

  it('finds what is nested too deep, and stops at no depth', () => {
    const nested = (depth: number) => scanned(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(nested(DEPTH_MAX - 1)[0]?.faults).to.deep.equal([]);
    expect(nested(DEPTH_MAX)[0]?.faults).to.have.length(1);
    expect(nested(300_000)[0]?.faults).to.have.length(1);
  });
});
