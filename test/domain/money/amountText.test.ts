import { expect } from 'chai';
import fc from 'fast-check';
import { err, ok } from 'neverthrow';
import {
  AMOUNT_MINOR_MAX,
  currencyExponent,
  CURRENCY_CODES,
  formatAmount,
  parseAmount,
} from '../../../src/domain/money/index.ts';

describe('parseAmount', () => {
  const TAKEN: readonly (readonly [text: string, currency: string, minor: number])[] = [
    ['12.34', 'EUR', 1_234],
    ['12,34', 'EUR', 1_234],
    ['12.34 EUR', 'EUR', 1_234],
    ['12,34 EUR', 'EUR', 1_234],
    ['EUR 12.34', 'EUR', 1_234],
    ['eur12.34', 'EUR', 1_234],
    ['12.34eur', 'EUR', 1_234],
    [' 12.34 ', 'EUR', 1_234],
    ['12 EUR', 'EUR', 1_200],
    ['0.05', 'EUR', 5],
    ['1,234.56', 'EUR', 123_456],
    ['1.234,56', 'EUR', 123_456],
    ['1 234,56 EUR', 'EUR', 123_456],
    ['1\u202F234,56\u00A0EUR', 'EUR', 123_456],
    ["1'234.56", 'EUR', 123_456],
    ['1’234’567.89', 'EUR', 123_456_789],
    ['1,234,567 EUR', 'EUR', 123_456_700],
    ['1234 EUR', 'EUR', 123_400],
    ['1234 JPY', 'JPY', 1_234],
    ['1234', 'JPY', 1_234],
    ['1,234', 'JPY', 1_234],
    ['1.234 JPY', 'JPY', 1_234],
    ['1234.567 KWD', 'KWD', 1_234_567],
    ['0.500 KWD', 'KWD', 500],
    ['1.234,567', 'KWD', 1_234_567],
    ['90071992547409.91', 'EUR', AMOUNT_MINOR_MAX],
  ];
  for (const [text, currency, minor] of TAKEN) {
    it(`reads ${text} of an order in ${currency}`, () => {
      expect(parseAmount(text, currency)).to.deep.equal(ok(minor));
    });
  }

  const UNCLEAR: readonly (readonly [text: string, currency: string, ...meant: string[]])[] = [
    ['1,234 EUR', 'EUR', '1.234', '1234.00'],
    ['1.234', 'EUR', '1.234', '1234.00'],
    ['1.234 KWD', 'KWD', '1.234', '1234.000'],
    ['12,345', 'KWD', '12.345', '12345.000'],
    ['1999', 'EUR', '1999.00', '19.99'],
    ['5', 'EUR', '5.00', '0.05'],
    ['1,234,567', 'EUR', '1234567.00', '12345.67'],
    ['12', 'KWD', '12.000', '0.012'],
  ];
  for (const [text, currency, ...meant] of UNCLEAR) {
    it(`refuses ${text} of an order in ${currency}, which could be ${meant.join(' or ')}`, () => {
      expect(parseAmount(text, currency)).to.deep.equal(err({ type: 'Unclear', meant }));
    });
  }

  const NO_AMOUNTS = [
    ['', ' ', 'EUR', '.', ',', '.50', '12.', '+1.00', '(1.00)', '1e3', '0x10', '12.34.56'],
    ['1,23,456.78', '1,234.567,89', '12,34,56', '12.34 EURO', '€12.34', 'EUR 12.34 EUR'],
    ['1 2.34', '1.2 EUR 3', '12.34 EUR EUR', '١٢.٣٤', '１２.３４', 'NaN', 'Infinity', 'twelve'],
    ['0,123.45', '1..00', '1,.00', '12.34\n1', `${'1'.repeat(70)}.00`, '12. 34', '1, 234.00'],
  ].flat();
  const REFUSED: readonly (readonly [type: string, currency: string, ...texts: string[]])[] = [
    // XTS is ISO 4217's code for tests.
    ['OtherCurrency', 'EUR', '12.34 USD', 'USD 12.34', '12 JPY', '12.34 XTS'],
    [
      'NotPositive',
      'EUR',
      '0.00',
      '0 EUR',
      '0',
      '00',
      '-12.34',
      '−12.34 EUR',
      'EUR -1.00',
      '-0.00',
    ],
    ['WrongDecimals', 'EUR', '12.3', '12.345 EUR'.replace('12', '0012'), '1234.5', '1,234.5'],
    ['WrongDecimals', 'JPY', '12.34', '1234.00 JPY', '1,234.0'],
    ['WrongDecimals', 'KWD', '12.34', '1,234.56 KWD'],
    ['TooGreat', 'EUR', '90071992547409.92', '1'.repeat(40) + '.00'],
    ['NotAnAmount', 'EUR', ...NO_AMOUNTS],
  ];
  for (const [type, currency, ...texts] of REFUSED) {
    for (const text of texts) {
      it(`refuses ${JSON.stringify(text)} of an order in ${currency}: ${type}`, () => {
        expect(parseAmount(text, currency)._unsafeUnwrapErr()).to.have.property('type', type);
      });
    }
  }

  const anyCurrency = fc.constantFrom(...CURRENCY_CODES);
  const anyMinor = fc.integer({ min: 1, max: AMOUNT_MINOR_MAX });

  it('reads back what the program prints, or says that it is unclear', () =>
    fc.assert(
      fc.property(anyMinor, anyCurrency, (minor, currency) => {
        const printed = formatAmount(minor, currency);
        const read = parseAmount(printed, currency);
        // A group of three behind the point could be thousands.
        const isUnclear = /^\w{3} [1-9]\d{0,2}\.\d{3}$/.test(printed);
        expect(isUnclear ? read._unsafeUnwrapErr().type : read._unsafeUnwrap()).to.equal(
          isUnclear ? 'Unclear' : minor,
        );
      }),
    ));

  it('takes every way to write an amount as the same, or as unclear, and never as another', () =>
    fc.assert(
      fc.property(
        anyMinor,
        anyCurrency,
        fc.tuple(fc.constantFrom('', ',', '.', ' ', "'", '\u00A0'), fc.constantFrom('.', ',')),
        fc.constantFrom(
          (number: string) => number,
          (number: string, code: string) => `${number} ${code}`,
          (number: string, code: string) => `${code}${number}`,
        ),
        (minor, currency, [group, decimal], spell) => {
          fc.pre(group !== decimal);
          const exponent = currencyExponent(currency) ?? 0;
          const digits = String(minor).padStart(exponent + 1, '0');
          const whole = digits.slice(0, digits.length - exponent);
          const fraction = exponent === 0 ? '' : `${decimal}${digits.slice(-exponent)}`;
          const text = spell(`${whole.replaceAll(/\B(?=(\d{3})+$)/g, group)}${fraction}`, currency);
          const read = parseAmount(text, currency);
          if (read.isOk()) expect(read.value, text).to.equal(minor);
          else expect(read.error.type, text).to.equal('Unclear');
        },
      ),
    ));

  it('takes any text without failing, and finds no amount but a whole, positive one', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: fc.constantFrom('0', '1', '9', '.', ',', '-', ' ', 'EUR', "'") }),
        ),
        anyCurrency,
        (text, currency) => {
          const read = parseAmount(text, currency);
          if (read.isOk())
            expect(Number.isSafeInteger(read.value) && read.value > 0).to.equal(true);
        },
      ),
    ));
});
