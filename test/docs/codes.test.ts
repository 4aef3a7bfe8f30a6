import { expect } from 'chai';
import { sourcesBelow } from '../architecture/source.ts';
import { citedIn, definitionsIn, rangesIn } from './codes.ts';
import { listItems, pages, readText } from './markdown.ts';

/** Its own examples are no citations. */
const isAboutCodes = (path: string): boolean => path.startsWith('test/docs/codes');

const NOT_CITED = /_Not cited by a test: .{20,}_$/;

describe('The codes of docs/protocol.md', () => {
  const definitions = definitionsIn(listItems(readText('docs/protocol.md')));
  const defined = definitions.map(({ code }) => code);
  const tests = sourcesBelow('test').filter(({ path }) => !isAboutCodes(path));
  const documents = pages().map((path) => ({ path, text: readText(path) }));

  it('are each defined once', () => {
    const twice = defined.filter((code, at) => defined.indexOf(code) !== at);

    expect(defined.length).to.be.greaterThan(150);
    expect(twice).to.deep.equal([]);
  });

  it('are all that sources, tests and pages cite', () => {
    const undefinedCodes = [...sourcesBelow('src'), ...tests, ...documents].flatMap(
      ({ path, text }) =>
        [...citedIn(text)]
          .filter((code) => !defined.includes(code))
          .map((code) => `${path}: ${code}`),
    );

    expect(undefinedCodes).to.deep.equal([]);
  });

  it('are each cited by a test, or say why not', () => {
    const text = tests.map((source) => source.text).join('\n');
    const cited = new Set([...citedIn(text), ...rangesIn(text).flatMap(within)]);
    const silent = definitions.filter(
      (definition) => !cited.has(definition.code) && !NOT_CITED.test(definition.text),
    );
    const wrong = definitions.filter(
      (definition) => cited.has(definition.code) && NOT_CITED.test(definition.text),
    );

    expect(silent.map(({ code }) => code)).to.deep.equal([]);
    expect(wrong.map(({ code }) => code)).to.deep.equal([]);
  });

  /** What is defined between two codes of one family: I2 to I16 lie within (I1 to I16). */
  const within = ([from, to]: readonly [string, string]): readonly string[] => {
    const numberOf = (code: string): number => Number(/\d+/.exec(code)?.[0]);
    return defined.filter(
      (code) =>
        code.startsWith(from.slice(0, 1)) &&
        numberOf(code) >= numberOf(from) &&
        numberOf(code) <= numberOf(to),
    );
  };

  describe('are recognised', () => {
    const recognised: readonly (readonly [text: string, codes: readonly string[]])[] = [
      ["it('hears it once (X1, K2)', …", ['X1', 'K2']],
      ['in every state (I1 to I16, E1 to E3)', ['I1', 'I16', 'E1', 'E3']],
      ['(C8, R11, hole 5c)', ['C8', 'R11', 'hole 5']],
      ["it('Q7, F7: deletes again'", ['Q7', 'F7']],
      ['// F15: it is asked for', ['F15']],
      ['/** I9 and I16: a message goes', ['I9', 'I16']],
      ['check(is, `I12: ${key} is sent`)', ['I12']],
      ['_F2: shows neither_', ['F2']],
      ["appends the review (R4')", ["R4'"]],
      ['the dead letter of an older view, hole 14.', ['hole 14']],
    ];
    for (const [text, codes] of recognised) {
      it(`in ${text}`, () => expect([...citedIn(text)]).to.deep.equal(codes));
    }
  });

  describe('are not seen', () => {
    for (const text of [
      'kept in S3 (the bucket)',
      'd="M1,1 L9,9 M1,9"',
      '+L1 -L2 ->> --x L0: x',
      'asked T23:59:59.999Z',
      'no MD5 (FIPS)',
      '(run F12: known keys are refused)',
      'as R5 says',
    ]) {
      it(`in ${text}`, () => expect([...citedIn(text)]).to.deep.equal([]));
    }
  });
});
