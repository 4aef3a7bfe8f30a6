import { expect } from 'chai';
import fc from 'fast-check';
import { de } from '../../../src/application/language/de.ts';
import { en } from '../../../src/application/language/en.ts';
import { languageFor, LANGUAGE_TAGS } from '../../../src/application/language/languages.ts';
import {
  writeAmount,
  writeDate,
  writeDecimal,
  writePriceFigures,
  writeQuantity,
  writeRate,
} from '../../../src/application/language/write.ts';
import { CURRENCY_CODES, currencyExponent } from '../../../src/domain/money/index.ts';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('the language of a customer', () => {
  for (const [tag, fallback, expected] of [
    ['de', 'en', 'de'],
    ['de-AT', 'en', 'de'],
    ['DE-ch-1996', 'en', 'de'],
    ['de-Latn-DE-x-shop', 'en', 'de'],
    ['en-GB', 'de', 'en'],
    ['fr', 'de', 'de'],
    ['', 'de', 'de'],
    ['', 'de-AT', 'de'],
    ['fr', 'it', 'en'],
    // Danish is no German, and neither is a tag that only begins like it.
    ['da', 'en', 'en'],
    ['deu', 'en', 'en'],
    ['-', 'de', 'de'],
    [`de${'-x'.repeat(100_000)}`, 'en', 'de'],
  ] as const) {
    it(`is ${expected} for “${tag.slice(0, 20)}” where ${fallback} is the default`, () => {
      expect(languageFor(tag, fallback).tag).to.equal(expected);
    });
  }

  it('is one of those that there are', () => {
    expect(LANGUAGE_TAGS).to.deep.equal(['en', 'de']);
    for (const tag of LANGUAGE_TAGS) expect(languageFor(tag, 'none').tag).to.equal(tag);
  });
});

describe('figures', () => {
  for (const [language, locale] of [
    [en, 'en-GB'],
    [de, 'de-DE'],
  ] as const) {
    it(`are written as people write them in ${locale}, by another's rules`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: -1e12, max: 1e12 }),
          fc.constantFrom(...CURRENCY_CODES),
          (minor, currency) => {
            const exponent = currencyExponent(currency) ?? 0;
            const format = new Intl.NumberFormat(locale, {
              style: 'currency',
              currency,
              currencyDisplay: 'code',
              minimumFractionDigits: exponent,
              maximumFractionDigits: exponent,
            });
            const written = format.format(minor / 10 ** exponent);
            // Before a negative amount ICU writes the sign first, and we the currency.
            const expected = minor < 0 ? written.replace('-', '') : written;
            const ours = writeAmount(language, minor, currency);
            expect(minor < 0 ? ours.replace('-', '') : ours).to.equal(expected);
            expect(ours.includes('-')).to.equal(minor < 0);
          },
        ),
      );
    });

    it(`and dates in ${locale} too`, () => {
      const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
      for (let month = 1; month <= 12; month += 1) {
        const date = `2026-${String(month).padStart(2, '0')}-09`;
        expect(writeDate(language, date)).to.equal(format.format(Date.parse(date)));
      }
    });

    it(`and rates in ${locale} too`, () => {
      for (const rate of ['19', '8.875', '9.975', '0', '1234.5']) {
        const style = { style: 'percent', maximumFractionDigits: 6 } as const;
        const expected = new Intl.NumberFormat(locale, style).format(Number(rate) / 100);
        expect(writeRate(language, rate)).to.equal(expected);
      }
    });
  }

  it('of the greatest amounts keep every digit', () => {
    expect(plain(writeAmount(de, Number.MAX_SAFE_INTEGER, 'KWD'))).to.equal(
      '9.007.199.254.740,991 KWD',
    );
    expect(plain(writeAmount(en, -5, 'EUR'))).to.equal('EUR -0.05');
  });

  it('of a price have at least the decimals of the currency, and all of their own', () => {
    expect(writePriceFigures(de, '8.5', 'EUR')).to.equal('8,50');
    expect(writePriceFigures(de, '0.0042', 'EUR')).to.equal('0,0042');
    expect(writePriceFigures(en, '1234567', 'JPY')).to.equal('1,234,567');
  });

  it('of a decimal have no zeros that say nothing', () => {
    expect(writeDecimal(de, '1234.500')).to.equal('1.234,5');
    expect(writeDecimal(en, '3.0')).to.equal('3');
    expect(writeDecimal(en, '100')).to.equal('100');
  });

  for (const [quantity, unit, english, german] of [
    ['1', 'DAY', '1 day', '1 Tag'],
    ['1.0', 'DAY', '1 day', '1 Tag'],
    ['2', 'DAY', '2 days', '2 Tage'],
    ['0.5', 'DAY', '0.5 days', '0,5 Tage'],
    ['0.5', 'KGM', '0.5 kg', '0,5 kg'],
    ['3', '', '3', '3'],
    ['3', 'H87', '3', '3'],
    ['3', 'XBX', '3 XBX', '3 XBX'],
    ['3', 'constructor', '3 constructor', '3 constructor'],
  ] as const) {
    it(`of ${quantity} of the unit ${JSON.stringify(unit)} is ${english}, ${german}`, () => {
      expect(plain(writeQuantity(en, quantity, unit))).to.equal(english);
      expect(plain(writeQuantity(de, quantity, unit))).to.equal(german);
    });
  }
});

describe('each language', () => {
  /** Where nothing is said on purpose: the rate says all. */
  const EMPTY = [
    'document.category.standard',
    'document.category.zero',
    'document.exemption.standard',
    'document.exemption.zero',
  ];

  for (const language of [en, de]) {
    it(`has a word for everything (${language.tag})`, () => {
      const words = wordsOf({ document: language.document });
      const empty = words.filter(([, text]) => text === '').map(([path]) => path);
      expect(empty).to.deep.equal(EMPTY);
    });
  }

  it('has the same units', () => {
    expect(Object.keys(de.document.units)).to.deep.equal(Object.keys(en.document.units));
  });
});

const wordsOf = (value: unknown, path: readonly string[] = []): readonly [string, string][] => {
  if (typeof value === 'string') return [[path.join('.'), value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => wordsOf(inner, [...path, key]));
};
