import { expect } from 'chai';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { creditNoteSheet } from '../../../src/application/documents/creditNoteSheet.ts';
import { html, sourceOf } from '../../../src/application/documents/html.ts';
import { invoiceSheet } from '../../../src/application/documents/invoiceSheet.ts';
import { pageHtml } from '../../../src/application/documents/pageHtml.ts';
import { de } from '../../../src/application/language/de.ts';
import { en } from '../../../src/application/language/en.ts';
import { aCreditNote, anInvoice, aTaxedLine, PARTIES } from '../../support/documents/invoices.ts';

/** RFC 5322, 2.1.1, without the line break. */
const LINE_OCTETS_MAX = 998;

const longest = (source: string): number =>
  Math.max(...source.split('\n').map((line) => Buffer.byteLength(line)));

describe('html', () => {
  it('keeps every text a text: read back, it is what it was, in lines that a mail may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const written = text.replaceAll(/\s/gu, ' ');
        const source = sourceOf(html`<p title="${written}">${written}</p>`);
        const { document } = new JSDOM(source).window;
        const [paragraph, ...others] = document.querySelectorAll('p');
        expect(others).to.have.length(0);
        expect(paragraph?.textContent.replaceAll('\n', ' ')).to.equal(written);
        expect(paragraph?.title).to.equal(written);
        expect(paragraph?.querySelectorAll(':not(wbr)')).to.have.length(0);
      }),
    );
  });

  for (const [what, word] of [
    ['of plain characters', 'x'.repeat(5_000)],
    ['of what is escaped', '"'.repeat(5_000)],
    ['of emoji', '💶'.repeat(5_000)],
    ['of marks', `a${'\u0301'.repeat(5_000)}`],
    ['of Chinese characters', '領収書'.repeat(2_000)],
  ] as const) {
    it(`breaks a word ${what} in the source, and nowhere a reader would see it`, () => {
      const source = sourceOf(html`<p>${word}</p>`);
      expect(longest(source)).to.be.at.most(LINE_OCTETS_MAX);
      expect(new JSDOM(source).window.document.querySelector('p')?.textContent).to.equal(word);
    });
  }

  it('keeps marks with their character', () => {
    const source = sourceOf(html`<p>${'e\u0301'.repeat(100)}</p>`);
    expect(source).to.include('<wbr');
    expect(source).to.not.match(/>\u0301/u);
  });
});

describe('the page of a document', () => {
  const page = (sheet: Parameters<typeof pageHtml>[0]) =>
    new JSDOM(pageHtml(sheet)).window.document;

  it('shows the lines under heads that are repeated on each sheet of paper', () => {
    const document = page(invoiceSheet(anInvoice(PARTIES), en));
    expect(document.documentElement.lang).to.equal('en');
    expect(document.title).to.equal('Invoice INV-2026-000007');
    const [lines] = document.querySelectorAll('table.l');
    expect(
      [...(lines?.querySelectorAll('thead th') ?? [])].map((th) => th.textContent),
    ).to.deep.equal(['No.', 'Item', 'Quantity', 'Unit price', 'Tax rate', 'Gross (EUR)']);
    const [first] = lines?.querySelectorAll('tbody tr') ?? [];
    expect([...(first?.querySelectorAll('td') ?? [])].map((td) => td.className)).to.deep.equal([
      'w r',
      'i',
      'w r',
      'w r',
      'w t',
      'r',
    ]);
    const style = document.querySelector('style')?.textContent ?? '';
    for (const rule of ['size: A4', 'display: table-header-group', 'break-inside: avoid']) {
      expect(style).to.include(rule);
    }
  });

  it('of a credit note has no column of unit prices', () => {
    const document = page(creditNoteSheet(anInvoice(), aCreditNote(), de));
    const heads = [...document.querySelectorAll('table.l')][0]?.querySelectorAll('th') ?? [];
    expect([...heads].map((th) => th.textContent)).to.not.include('Einzelpreis');
    const [row] = [...document.querySelectorAll('table.l tbody tr')];
    expect(row?.querySelectorAll('td')).to.have.length(5);
  });

  it('lets no text end the style sheet or begin a tag', () => {
    const hostile = `</style><script>alert(1)</script>"; } * { display: none } /* <img src=x>`;
    const line = aTaxedLine({ description: hostile, sku: hostile });
    const seller = { ...PARTIES.seller, name: hostile, footer: hostile };
    const document = page(
      invoiceSheet(anInvoice({ ...PARTIES, seller, lines: [line], orderReference: hostile }), en),
    );
    expect(document.querySelectorAll('script, img')).to.have.length(0);
    expect(document.querySelectorAll('style')).to.have.length(1);
    const content = /@bottom-left \{ content: "([^"\n]*)";/.exec(
      document.querySelector('style')?.textContent ?? '',
    )?.[1];
    expect(content).to.not.match(/[<>;{}*]/);
    const read = content?.replaceAll(/\\([0-9a-f]+) /g, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
    expect(read).to.equal(hostile);
  });

  it('is the same bytes whenever it is made', () => {
    const make = () => pageHtml(invoiceSheet(anInvoice(PARTIES), de));
    expect(make()).to.equal(make());
  });
});
