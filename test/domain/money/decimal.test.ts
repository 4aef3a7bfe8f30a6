import { expect } from 'chai';
import fc from 'fast-check';
import { parseDecimal } from '../../../src/domain/money/index.ts';
import { runsOf } from '../../support/runs.ts';

const PLAIN = /^(0|[1-9]\d*)(?:\.(\d+))?$/u;

/** The same by a pattern and a bigint, as it is specified. */
const specified = (text: string, decimalsMax: number) => {
  const [, whole, fraction = ''] = PLAIN.exec(text) ?? [];
  if (whole === undefined || whole.length > 15 || fraction.length > decimalsMax) return undefined;
  return { units: BigInt(whole + fraction), decimals: fraction.length };
};

const anyDigits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), maxLength });

/** Mostly a decimal, or nearly one. */
const anyText = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.tuple(anyDigits(16), anyDigits(11)).map((parts) => parts.join('.')),
    anyDigits(17),
    fc.string({ unit: fc.constantFrom(...Array.from('019.,-+e /:٣９')), maxLength: 6 }),
  );

describe('reading a decimal', () => {
  it('takes plain digits with or without a point, and nothing else', () => {
    expect(parseDecimal('19.90', 2)).to.deep.equal({ units: 1_990n, decimals: 2 });
    expect(parseDecimal('0', 0)).to.deep.equal({ units: 0n, decimals: 0 });
    for (const text of ['', '.', '.5', '5.', '05', '00', '1.2.3', '-1', '+1', '1e3', ' 1', '٣']) {
      expect(parseDecimal(text, 6), text).to.equal(undefined);
    }
  });

  it('bounds the digits before and behind the point', () => {
    expect(parseDecimal('999999999999999', 6)?.units).to.equal(999_999_999_999_999n);
    expect(parseDecimal('1000000000000000', 6)).to.equal(undefined);
    expect(parseDecimal('1.123456', 6)?.decimals).to.equal(6);
    expect(parseDecimal('1.1234567', 6)).to.equal(undefined);
  });

  it('is exact where a double is not', () => {
    expect(parseDecimal('999999999999999.9999999999', 10)).to.deep.equal({
      units: 9_999_999_999_999_999_999_999_999n,
      decimals: 10,
    });
  });

  it('says what a pattern and a bigint say, whatever the text is', () =>
    fc.assert(
      fc.property(anyText(), fc.constantFrom(0, 2, 6, 10), (text, decimalsMax) => {
        expect(parseDecimal(text, decimalsMax)).to.deep.equal(specified(text, decimalsMax));
      }),
      { numRuns: runsOf(2_000, 100_000) },
    ));
});
