import { expect } from 'chai';
import fc from 'fast-check';
import * as Series from '../../../src/domain/series/index.ts';
import { formatOf } from '../../support/orderContext.ts';
import { runsOf } from '../../support/runs.ts';

type Named = readonly [series: string, format: string];

const print = (series: string, format: string): Series.PrintFormat => ({
  series,
  format: formatOf(format),
});

describe('two series and how they are printed', () => {
  for (const [one, other, example] of [
    // The case that was reported: a new name, and a format that does not show it.
    [['INV', '{year}/{number}'], ['INV2', '{year}/{number}'], '2026/1'],
    [['INV', '{series}-{year}-{number:6}'], ['INV2', '{series}-{year}-{number:6}'], undefined],
    [['INV', '{year}/{number}'], ['CN', '{year}-{number}'], undefined],
    // What differs by leading zeros alone differs not at all, once there are enough documents.
    [['INV', '{year}/{number}'], ['INV2', '{year}/{number:6}'], '2026/100000'],
    [['INV', '{year}/{number}'], ['INV2', '{number}/{year}'], '2026/2026'],
    [['INV', '{year}/{number:6}'], ['INV2', '{number:6}/{year}'], undefined],
    // A text that looks like the year or the number of the other.
    [['INV', '{year}/{number}'], ['INV2', '2026/{number}.{year}'], undefined],
    [['INV', '2026-{number}/{year}'], ['INV2', '{year}-{number}/2027'], '2026-1/2027'],
    [['INV', '1969-{number}/{year}'], ['INV2', '{year}-{number}/2027'], undefined],
    // The name of one is what the other has as a text.
    [['A', '{series}-{year}-{number}'], ['B', 'A-{year}-{number}'], 'A-2026-1'],
    [['7', '{series}-{year}.{number}'], ['B', '{number}-{year}.7'], '7-2026.7'],
    [['07', '{series}-{year}.{number}'], ['B', '{number}-{year}.7'], undefined],
    [['07', '{series}-{year}.{number}'], ['B', '{number:2}-{year}.7'], '07-2026.7'],
    [['0', '{series}-{year}.{number}'], ['B', '{number}-{year}.7'], undefined],
  ] as readonly (readonly [Named, Named, string | undefined])[]) {
    const what = example === undefined ? 'never print the same' : `both print ${example}`;
    it(`${one.join(' ')} and ${other.join(' ')} ${what} (B9)`, () => {
      expect(Series.printedByBoth(print(...one), print(...other))).to.equal(example);
      const [a, b] = [print(...one), print(...other)];
      const back = Series.printedByBoth(b, a);
      expect(back === undefined).to.equal(example === undefined);
      if (back !== undefined) expectPrintedBy(back, [a, b]);
    });
  }

  it('never print the same where that is said, and print what is said where it is not', () => {
    let alike = 0;
    let apart = 0;
    fc.assert(
      fc.property(anyPrint(), anyPrint(), fc.array(anyPlace()), (one, other, places) => {
        const both = Series.printedByBoth(one, other);
        if (both !== undefined) {
          alike += 1;
          return expectPrintedBy(both, [one, other]);
        }
        apart += 1;
        for (const place of places) {
          const label = Series.formatNumber(one.format, { series: one.series, ...place });
          expect(Series.placePrinted(other, label), label).to.equal(undefined);
        }
      }),
      { numRuns: runsOf(2_500, 4_000) },
    );
    expect(alike).to.be.greaterThan(20);
    expect(apart).to.be.greaterThan(100);
  });

  it('never print the same in any two places, found one by one (B9)', () =>
    fc.assert(
      fc.property(anyPrint(), anyPrint(), (one, other) => {
        if (Series.printedByBoth(one, other) !== undefined) return;
        const mine = new Set(SMALL.map((place) => labelOf(one, place)));
        const theirs = SMALL.map((place) => labelOf(other, place));
        expect(theirs.filter((label) => mine.has(label))).to.deep.equal([]);
      }),
      { numRuns: runsOf(150, 500) },
    ));

  it('are read back from what they print', () =>
    fc.assert(
      fc.property(anyPrint(), anyPlace(), (one, place) => {
        const label = labelOf(one, place);
        expect(Series.placePrinted(one, label)).to.deep.equal(place);
        const read = Series.formatOf(label, place);
        expect(read && Series.formatNumber(read, { series: '', ...place })).to.equal(label);
      }),
    ));

  it('are read back from no text that they do not print', () => {
    const filled = print('INV', '{year}/{number:4}');
    for (const [text, place] of [
      ['2026/0042', { year: 2026, number: 42 }],
      ['2026/10042', { year: 2026, number: 10_042 }],
      ['2026/00042', undefined],
      ['2026/42', undefined],
      ['2026-0042', undefined],
      ['12026/0042', undefined],
    ] as const) {
      expect(Series.placePrinted(filled, text), text).to.deep.equal(place);
    }
  });

  it('are read back whatever text a document was forged with', () => {
    for (const text of [
      '(2026)-7',
      '[a-2026-*7',
      String.raw`2026\7$`,
      '2026-00000000000000000007',
    ]) {
      const place = { year: 2026, number: 7 };
      const forged = Series.formatOf(text, place);
      expect(forged && Series.placePrinted({ series: 'INV', format: forged }, text)).to.deep.equal(
        place,
      );
    }
  });

  it('have formats that are the same text where they print the same', () => {
    for (const text of ['{series}-{year}-{number:6}', 'RE {year}/{number}']) {
      expect(Series.textOf(formatOf(text))).to.equal(text);
    }
    expect(Series.textOf(formatOf('{year}-{number:1}'))).to.equal('{year}-{number}');
  });
});

const labelOf = ({ series, format }: Series.PrintFormat, place: { year: number; number: number }) =>
  Series.formatNumber(format, { series, ...place });

const expectPrintedBy = (label: string, prints: readonly Series.PrintFormat[]): void => {
  for (const each of prints) {
    const place = Series.placePrinted(each, label);
    expect(place, label).to.not.equal(undefined);
    if (place !== undefined) expect(labelOf(each, place)).to.equal(label);
  }
};

/** Few years and numbers of each size, so that two prints of them meet where they can. */
const SMALL = [2026, 2027].flatMap((year) =>
  [1, 2, 7, 26, 2026, 2027, 20_261, 100_000].map((number) => ({ year, number })),
);

const anyPlace = () =>
  fc.record({
    year: fc.integer({ min: 1970, max: 9999 }),
    number: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 10 ** 12 })),
  });

const SEPARATORS = ['-', '/', '.', '-A-', '-2026-', '/1/', '.7-'] as const;

/** Made of few parts, so that two of them are often alike, and always one that a format may be. */
const anyPrint = (): fc.Arbitrary<Series.PrintFormat> =>
  fc
    .record({
      series: fc.constantFrom('A', 'B', '1', '7', '2026', '07'),
      parts: fc.shuffledSubarray(['{year}', '{number}', '{series}'], { minLength: 3 }),
      number: fc.constantFrom('{number}', '{number:2}', '{number:4}', '{number:6}'),
      isNamed: fc.boolean(),
      separators: fc.tuple(fc.constantFrom(...SEPARATORS), fc.constantFrom(...SEPARATORS)),
    })
    .map(({ series, parts, number, isNamed, separators }) => {
      const shown = parts
        .filter((part) => isNamed || part !== '{series}')
        .map((part) => (part === '{number}' ? number : part));
      const text = shown.map((part, at) => (at === 0 ? part : `${separators[at - 1]}${part}`));
      return print(series, text.join(''));
    });
