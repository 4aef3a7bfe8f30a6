import { expect } from 'chai';
import fc from 'fast-check';
import * as CardNumber from '../../../src/domain/cardNumber/index.ts';

/**
 * Of the test pages of gateways and schemes: true in prefix, length and check digit, and nobody's.
 */
const TEST_NUMBERS = [
  '4242424242424242',
  '4000056655665556',
  '4111111111111111',
  '5555555555554444',
  '2223003122003222',
  '5105105105105100',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '6011981111111113',
  '3056930009020004',
  '36227206271667',
  '30569309025904',
  '38520000023237',
  '3566002020360505',
  '3530111333300000',
  '6200000000000005',
  '6205500000000000004',
  '6304000000000000',
  '6759649826438453',
  '6799990100000000019',
  '5019717010103742',
  '2200000000000004',
];

/** How people write them, and how programs pass them on. */
const SPELLINGS: Readonly<Record<string, string>> = {
  'in one go': '4242424242424242',
  blanks: '4242 4242 4242 4242',
  dashes: '4242-4242-4242-4242',
  dots: '4242.4242.4242.4242',
  underscores: '4242_4242_4242_4242',
  slashes: '4242/4242/4242/4242',
  backslashes: '4242\\4242\\4242\\4242',
  commas: '4242,4242,4242,4242',
  colons: '4242:4242:4242:4242',
  stars: '4242*4242*4242*4242',
  bars: '4242 | 4242 | 4242 | 4242',
  plus: '4242+4242+4242+4242',
  'wide blanks': '4242  4242  4242  4242',
  'dashes with blanks': '4242 - 4242 - 4242 - 4242',
  tabs: '4242\t4242\t4242\t4242',
  'two lines': '4242 4242\n4242 4242',
  'lines of Windows': '4242\r\n4242\r\n4242\r\n4242',
  'no-break spaces': '4242\u00A04242\u00A04242\u00A04242',
  'narrow no-break spaces': '4242\u202F4242\u202F4242\u202F4242',
  'thin spaces': '4242\u20094242\u20094242\u20094242',
  'ideographic spaces': '4242\u30004242\u30004242\u30004242',
  'line separators': '4242\u20284242\u20284242\u20284242',
  'en dashes': '4242–4242–4242–4242',
  'non-breaking hyphens': '4242\u20114242\u20114242\u20114242',
  'middle dots': '4242·4242·4242·4242',
  'mixed separators': '4242 4242-4242.4242',
  'one blank': '42424242 42424242',
  'twelve and four': '424242424242 4242',
  'four and twelve': '4242 424242424242',
  'six and ten': '424242 4242424242',
  pairs: '42 42 42 42 42 42 42 42',
  'single digits': '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2',
  'American Express in 4-6-5': '3782 822463 10005',
  'American Express with dots': '3782.822463.10005',
  'American Express in 4-4-4-3': '3782 8224 6310 005',
  'Diners Club in 4-6-4': '3622 720627 1667',
  'Diners Club in 4-4-4-2': '3622 7206 2716 67',
  'UnionPay in 6-13': '620550 0000000000004',
  'UnionPay in 4-4-4-4-3': '6205 5000 0000 0000 004',
  'full-width': '４２４２ ４２４２ ４２４２ ４２４２',
  'Arabic-Indic': '٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢',
  Persian: '۴۲۴۲۴۲۴۲۴۲۴۲۴۲۴۲',
  Devanagari: '४२४२ ४२४२ ४२४२ ४२४२',
  'bold digits of mathematics': '𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐',
  circled: '④②④②④②④②④②④②④②④②',
  'circled in pairs': '㊷'.repeat(8),
  raised: '⁴²⁴²⁴²⁴²⁴²⁴²⁴²⁴²',
  keycaps: '4\uFE0F\u20E32\uFE0F\u20E3'.repeat(8),
  'mixed scripts': '4２٤2 4242 4242 4242',
  'zero-width spaces': '4242\u200B4242\u200B4242\u200B4242',
  'zero-width joiners': '42\u200D42424242424242',
  'soft hyphens': '4242\u00AD4242\u00AD4242\u00AD4242',
  'word joiners and a blank': '4242\u2060 4242\u2060 4242\u2060 4242',
  'byte order mark': '\uFEFF4242\uFEFF424242424242',
  'many zero-width spaces': `4242${'\u200B'.repeat(9)}4242${'\u0301'.repeat(9)}42424242`,
  'turned around': '\u202E4242424242424242\u202C',
  'its code behind it': '4242 4242 4242 4242 123',
  'its code glued to it': '4242424242424242123',
  'its four-digit code glued to it': '3782822463100051234',
  'its expiry behind it': '4242424242424242 12/29',
  'its expiry glued to it': '42424242424242421229',
  'its expiry and code glued to it': '42424242424242421229123',
  'expiry and code behind it': '4242-4242-4242-4242 exp 12/29 cvc 123',
  'the word for its code': '4242424242424242CVC123',
  'other digits before it': '1234 4242 4242 4242 4242',
  'a word before it': 'CARD4242424242424242X',
  'a word before its groups': 'Visa4242 4242 4242 4242',
  'an underscore before it': 'order_4242424242424242',
  'a label': 'card no.: 4242 4242 4242 4242, please',
  brackets: '(4242) (4242) (4242) (4242)',
  quotes: '"4242424242424242"',
  'two of them': '4242424242424242,4000056655665556',
};

const NO_CARDS: readonly string[] = [
  // EAN-13, GTIN-14, ISBN
  '4006381333931',
  '4005900000002',
  '4012345678901',
  '5012345678900',
  '9780306406157',
  '978-3-16-148410-0',
  '3014260115531',
  '14006381333938',
  '10012345678902',
  '04006381333931',
  // IBAN in print and in one go
  'DE89 3704 0044 0532 0130 00',
  'DE89370400440532013000',
  'GB82 WEST 1234 5698 7654 32',
  'FR14 2004 1010 0505 0001 3M02 606',
  'AT61 1904 3002 3457 3201',
  'CH93 0076 2011 6238 5295 7',
  'BE68 5390 0754 7034',
  'NL91 ABNA 0417 1643 00',
  // Telephone numbers
  '+49 30 12345678',
  '+49 (30) 901820-4711',
  '0049 30 12345678, 0049 30 12345679',
  '+44 20 7946 0958, +44 20 7946 0959',
  '+1-555-010-0199 / +1-555-010-0198',
  // UUIDs, hashes, ULIDs
  '44356100-efd3-4165-8587-265946d043ad',
  '24100589-4858-4907-be7c-701855371bd9',
  '53619939-0015-1000-8000-000000000000',
  'sha256:4242424242424242a4242424242424242b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e',
  '01JDB8ZK3V5Q7R9T1W3Y5A7C9E',
  // Times and dates
  '2026-01-05T09:12:16.901Z',
  '2026-01-05 09:12:16.901',
  '20260105091216901',
  '1767604336901',
  '30.12.2025 - 30.12.2026',
  '42  2026-01-05 09:12:16',
  'from 30.12.2025 to 31.12.2025',
  // Marketplace ids, tracking numbers, order numbers in prose
  '576461413038785000',
  '576461413038785008',
  'order 576461413038785008 is late',
  '1Z999AA10123456784',
  '00340434161094042557',
  '9400111899223197428490',
  'JD014600003828392837',
  '123456789012345678',
  // Wrong check digit, prefix or length
  '4242424242424241',
  '5555555555554445',
  '378282246310006',
  '1234567890123452',
  '9999999999999995',
  '0000000000000000',
  '94242424242424242429',
  '42424242424242',
  '424242424242424',
  '7000000000000005',
  // Digits that are apart
  '4242 and 4242 and 4242 and 4242',
  '4242    4242    4242    4242',
  'sizes 36 38 40 42 44 46 48',
  'sizes 35 36 37 38 39 40 41 42',
  '192.168.10.1:8080',
  // With prefix, length and check digit of a card, and none by their shape
  '30.03.2025 - 01.03.2026',
  '40  2026-02-05 09:12:16',
  '40  02/25/2026 09:12:04',
  'DE12 5001 0517 1009 4898 90',
  '+49 30 10000002 +49 30 10000003',
  'sizes 36 38 40 42 44 46 48 50 52',
  'EUR 1,234,567.89',
  'pm_card_visa',
  '',
  '42',
];

/** Its separators make a calendar's day of it, or sizes from small to large: none by its shape. */
const isDateOrList = (text: string): boolean => {
  const groups = text.split(/\D+/).filter((group) => group !== '');
  const isRising = groups.every((group, at) => at === 0 || Number(group) > Number(groups[at - 1]));
  const days = groups.slice(2).map((last, at) => [groups[at], groups[at + 1], last].join('-'));
  const isDay = days.some((day) =>
    /^(?:(?:19|20)\d\d-[01]\d-[0-3]\d|[0-3]\d-[0-3]\d-(?:19|20)\d\d)$/.test(day),
  );
  return isDay || (groups.length >= 5 && isRising);
};

describe('a payment card number in a text', () => {
  for (const [how, text] of Object.entries(SPELLINGS)) {
    it(`is found when written with: ${how}`, () => {
      expect(CardNumber.containsCardNumber(text)).to.equal(true);
      expect(CardNumber.containsCardNumber(`pay with ${text} please`)).to.equal(true);
      expect(CardNumber.containsCardNumber(CardNumber.maskCardNumbers(text))).to.equal(false);
    });
  }

  it('is found of every scheme, in one go and in groups', () => {
    for (const number of TEST_NUMBERS) {
      for (const text of [number, number.replaceAll(/(.{4})/g, '$1 ').trim()]) {
        expect(CardNumber.containsCardNumber(text), text).to.equal(true);
      }
    }
  });

  it('is found where its separators make no day of the calendar', () => {
    for (const text of ['50:1971/70/10.103742', '42 4242-42-42 424242']) {
      expect(CardNumber.containsCardNumber(text), text).to.equal(true);
      expect(CardNumber.maskCardNumbers(text)).to.not.match(/\d/);
    }
  });

  it('is found whatever short runs of separators are in it, wherever they are', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...TEST_NUMBERS),
        fc.array(fc.stringMatching(/^[ .,:;/_\u2013\u202F\u200B-]{0,3}$/), {
          minLength: 19,
          maxLength: 19,
        }),
        (number, separators) => {
          const text = Array.from(number, (digit, at) => digit + separators[at]).join('');
          fc.pre(!isDateOrList(text));
          expect(CardNumber.containsCardNumber(text), JSON.stringify(text)).to.equal(true);
        },
      ),
    ));

  it('is not found in what is none', () => {
    const found = NO_CARDS.filter((text) => CardNumber.containsCardNumber(text));
    expect(found).to.deep.equal([]);
    for (const text of NO_CARDS) expect(CardNumber.maskCardNumbers(text)).to.equal(text);
    expect(NO_CARDS.length).to.be.greaterThan(45);
  });

  it('is not found in any number that no scheme issues, whatever its check digit', () =>
    fc.assert(
      fc.property(fc.stringMatching(/^(?:1\d|7\d|57|58[0-8]|0\d|90)\d{10,20}$/), (digits) => {
        expect(CardNumber.containsCardNumber(digits)).to.equal(false);
      }),
    ));

  it('is masked with all its separators, and nothing else is changed', () => {
    expect(CardNumber.maskCardNumbers('a 4242424242424242 b 4242-4242-4242-4242 c 123')).to.equal(
      'a **************** b ******************* c 123',
    );
    expect(CardNumber.maskCardNumbers('9 4242424242424242,4000056655665556 9')).to.equal(
      '9 ****************,**************** 9',
    );
  });

  it('is read in any script that has decimal digits', () => {
    for (let zero = 0x660; zero < 0x1_fb00; zero += 1) {
      const isZero =
        /\p{Nd}/u.test(String.fromCodePoint(zero)) &&
        !/\p{Nd}/u.test(String.fromCodePoint(zero - 1));
      if (!isZero) continue;
      const text = Array.from('4242424242424242', (digit) =>
        String.fromCodePoint(zero + Number(digit)),
      ).join('');
      expect(CardNumber.containsCardNumber(text), zero.toString(16)).to.equal(true);
    }
  });
});

describe('a parsed value', () => {
  const card = '4242424242424242';

  it('holds a card number in any text, name or number, at any depth, in JSON texts too', () => {
    for (const value of [
      card,
      [[[card]]],
      { a: { b: [1, { c: card }] } },
      { [card]: 1 },
      { card: 4242424242424242 },
      { Message: JSON.stringify({ note: card }) },
      { Message: JSON.stringify({ note: 1 }).replace('1', '"\\u0034242424242424242"') },
      '{"card":6205500000000000004}',
      `{"cut off": "${card}`,
      '{"cut off": "\\u0034242424242424242',
      { orderId: '4242 4242 4242 4242' },
    ]) {
      expect(CardNumber.holdsCardNumber(value), JSON.stringify(value)).to.equal(true);
    }
  });

  it('holds none in an identifier, whatever its digits', () => {
    const value = {
      orderId: card,
      refundId: card,
      customer: { id: card },
      lines: [{ sku: card }, { sku: '3 0012345 60007 5' }],
      correlationId: card,
      MessageId: card,
      paymentReference: card,
    };
    expect(CardNumber.holdsCardNumber(value)).to.equal(false);
    expect(CardNumber.holdsCardNumber(JSON.stringify(value))).to.equal(false);
    expect(CardNumber.holdsCardNumber({ orderId: 4242424242424242 })).to.equal(false);
    expect(CardNumber.holdsCardNumber({ note: card })).to.equal(true);
  });

  it('may be as deep as a message can be', () => {
    const deep = `${'['.repeat(100_000)}"${card}"${']'.repeat(100_000)}`;
    expect(CardNumber.holdsCardNumber(deep)).to.equal(true);
    expect(CardNumber.holdsCardNumber(deep.replace(card, ''))).to.equal(false);
  });
});
