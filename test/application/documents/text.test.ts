import { expect } from 'chai';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { creditNoteSheet } from '../../../src/application/documents/creditNoteSheet.ts';
import { invoiceSheet } from '../../../src/application/documents/invoiceSheet.ts';
import { sheetText } from '../../../src/application/documents/sheetText.ts';
import { TEXT_COLUMNS, widthOf, wrapText } from '../../../src/application/documents/wrapText.ts';
import { de } from '../../../src/application/language/de.ts';
import { en } from '../../../src/application/language/en.ts';
import { aCreditNote, anInvoice, aTaxedLine, PARTIES } from '../../support/documents/invoices.ts';

const plain = (text: string): string => text.replaceAll('\u00A0', ' ');

describe('the width of a text', () => {
  it('is that which terminals give it, for every character of the basic plane', () => {
    for (let codePoint = 0x20; codePoint <= 0xffff; codePoint += 1) {
      const character = String.fromCodePoint(codePoint);
      // Controls are in no text of ours.
      if (/[\p{Cc}\p{Cs}\u00AD]/u.test(character)) continue;
      const width = stringWidth(character);
      if (widthOf(character) !== width) expect.fail(`U+${codePoint.toString(16)}: not ${width}`);
    }
  });

  const characters = fc.oneof(
    fc.constantFrom(
      ' ',
      'a',
      'é',
      '領',
      'か',
      'が',
      '한',
      '、',
      'Ａ',
      '\u3099',
      '\u0301',
      '\uFF9E',
    ),
    fc.constantFrom('💶', '👨‍👩‍👧', '☕️', '🇩🇪', '1️⃣', '\u1112\u1161', 'ש', '\u0903'),
  );
  const texts = fc.array(characters, { maxLength: 60 }).map((all) => all.join(''));

  it('is that which terminals give it, for mixtures of scripts and emoji', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(widthOf(text)).to.equal(stringWidth(text));
      }),
    );
  });

  it('is used up to the last column by each line, and exceeded by none', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 8, max: 40 }), (text, columns) => {
        const lines = wrapText(text, columns);
        for (const [at, line] of lines.entries()) {
          expect(stringWidth(line)).to.be.at.most(columns);
          const [next] = lines[at + 1]?.split(' ') ?? [];
          if (next === undefined || !text.includes(`${line} ${next}`)) continue;
          expect(stringWidth(`${line} ${next}`)).to.be.greaterThan(columns);
        }
      }),
    );
  });
});

describe('a document as plain text', () => {
  it('has aligned columns, and figures at the right', () => {
    expect(plain(sheetText(invoiceSheet(anInvoice(), en)))).to.equal(
      `Invoice INV-2026-000007
=======================

Number:             INV-2026-000007
Date:               19 November 2026
Date of supply:     19 November 2026
Order:              o-1
Customer:           c-1
Payment:            Card
Payment reference:  pi_1

No.  Item                        Quantity  Unit price  Tax rate  Gross (EUR)
----------------------------------------------------------------------------
  1  Filter coffee, 1 kg                2        9.99   VAT 19%        19.98
     coffee-1kg
     Summer sale: -1.00
  2  Green tea                    0.25 kg       40.00    VAT 7%        10.00
     tea
  3  Shipping                           1        4.90   VAT 19%         4.90

                                                Total without tax  EUR 30.26
                                                        Total tax   EUR 4.62
                                                            Total  EUR 34.88
                                                     Paid by card  EUR 34.88

Tax breakdown:
Tax rate                                           Taxable amount  Tax (EUR)
VAT 19%                                                     20.91       3.97
VAT 7%                                                       9.35       0.65

Prices include tax.`,
    );
  });

  it('of a credit note has no column of unit prices', () => {
    const text = plain(sheetText(creditNoteSheet(anInvoice(), aCreditNote(), de)));
    expect(text).to.include(
      `
Pos.  Artikel                                Menge  Steuersatz  Brutto (EUR)
----------------------------------------------------------------------------
   1  Filter coffee, 1 kg                        1    VAT 19 %          9,99
      coffee-1kg
   3  Shipping                                        VAT 19 %          1,00
`,
    );
  });

  it('has seller, buyer and the foot behind the figures', () => {
    const text = sheetText(invoiceSheet(anInvoice(PARTIES), en));
    expect(text).to.include('\n\nSeller:\n  Kontor Köln GmbH\n  Domplatz 1\n  50667 Köln\n');
    expect(text.endsWith(`\n\n${PARTIES.seller.footer}`)).to.equal(true);
  });

  it('keeps every amount in its column beside any description, whatever its script', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), {
          minLength: 1,
          maxLength: 5,
        }),
        (descriptions) => {
          const lines = descriptions.map((description) => aTaxedLine({ description, sku: '' }));
          const text = sheetText(invoiceSheet(anInvoice({ lines }), en));
          const rows = text.split('\n').filter((row) => row.endsWith('  19.98'));
          expect(rows).to.have.length(descriptions.length);
          for (const row of rows) expect(stringWidth(row)).to.equal(TEXT_COLUMNS);
          for (const row of text.split('\n')) {
            expect(stringWidth(row)).to.be.at.most(TEXT_COLUMNS);
          }
        },
      ),
    );
  });

  it('keeps a description from right to left from turning the figures behind it', () => {
    const line = aTaxedLine({ description: 'קפה 500 גרם', sku: '' });
    const text = sheetText(invoiceSheet(anInvoice({ lines: [line] }), en));
    expect(text).to.include('  1  \u2068קפה 500 גרם\u2069  ');
    expect(text).to.match(/\u2069 +2 +9\.99 +VAT 19% +19\.98$/mu);
    // Every isolate ends within its own line.
    for (const row of text.split('\n')) {
      expect(row.split('\u2068').length).to.equal(row.split('\u2069').length);
    }
  });

  for (const count of [300, 1_000]) {
    it(`shows each of ${count} lines`, () => {
      const lines = Array.from({ length: count }, (_, at) =>
        aTaxedLine({ sku: `sku-${at + 1}`, description: `Item ${at + 1}` }),
      );
      const text = sheetText(invoiceSheet(anInvoice({ lines }), en));
      expect(text.match(/^ *\d+ {2}Item \d+ .* 19\.98$/gmu)).to.have.length(count);
      expect(plain(text)).to.include(`Total  EUR ${count === 300 ? '5,994.00' : '19,980.00'}`);
    });
  }
});

describe('wrapText', () => {
  it('loses nothing but the blanks at which it breaks', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.integer({ min: 2, max: 80 }),
        (text, columns) => {
          const lines = wrapText(text, columns);
          expect(lines.join('').replaceAll(' ', '')).to.equal(text.replaceAll(' ', ''));
        },
      ),
    );
  });

  it('breaks between words, and a word only where it is too long', () => {
    expect(wrapText('one two three', 7)).to.deep.equal(['one two', 'three']);
    expect(wrapText('one twothreefour', 7)).to.deep.equal(['one', 'twothre', 'efour']);
    expect(wrapText('領収書 領収書', 6)).to.deep.equal(['領収書', '領収書']);
    expect(wrapText('', 7)).to.deep.equal(['']);
  });
});
