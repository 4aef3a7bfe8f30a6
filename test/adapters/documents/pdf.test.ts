import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDocumentRenderer } from '../../../src/adapters/documents/documentRenderer.ts';
import { readFonts } from '../../../src/adapters/documents/pdf/fonts.ts';
import { pdfOf } from '../../../src/adapters/documents/pdf/pdfOf.ts';
import type { Sheet } from '../../../src/application/documents/sheet.ts';
import { languageFor } from '../../../src/application/language/languages.ts';
import type { Pdf } from '../../../src/application/ports/documentRenderer.ts';
import { pdfText } from '../../support/documents/pdfText.ts';
import { ciiOfSample } from '../../support/documents/render.ts';
import {
  buyer,
  creditNote,
  invoice,
  line,
  VALID_SAMPLES,
} from '../../support/documents/samples.ts';
import { makeTemporaryFolder } from '../../support/temporaryFolder.ts';
import { someOf } from '../../support/runs.ts';

const renderer = createDocumentRenderer({ language: 'en', fontFiles: [] });

/** Nothing in it is compressed, so that it can be searched. */
const textOf = ({ bytes }: Pdf): string => Buffer.from(bytes).toString('utf8');
const pagesOf = (pdf: Pdf): number => textOf(pdf).match(/\/Type \/Page\n/gu)?.length ?? 0;
const made = async (document: Parameters<typeof renderer.pdf>[0]): Promise<Pdf> =>
  (await renderer.pdf(document))._unsafeUnwrap();

describe('The PDF of a document', () => {
  it('is the same bytes whenever and by whomever it is made', async () => {
    const document = { invoice: invoice({ priceMode: 'gross' }) };
    const [one, other] = [await made(document), await made(document)];
    const third = await createDocumentRenderer({ language: 'en', fontFiles: [] }).pdf(document);
    expect(Buffer.from(one.bytes).equals(other.bytes)).to.equal(true);
    expect(Buffer.from(one.bytes).equals(third._unsafeUnwrap().bytes)).to.equal(true);
  });

  it('is the same bytes in every Node and on every processor', async () => {
    const fonts = (await readFonts([]))._unsafeUnwrap();
    const { bytes } = await pdfOf(SHEET, { fonts, issuedAt: 0, xml: '<xml/>' });
    // A change of the layout or of a library changes it, and nothing otherwise.
    expect(createHash('sha256').update(bytes).digest('hex')).to.equal(SHEET_HASH);
  });

  it('has the XML of Factur-X in it, and says so', async () => {
    const pdf = await made({ invoice: invoice() });
    expect(pdf.unmet).to.deep.equal([]);
    expect(textOf(pdf))
      .to.include(ciiOfSample({ document: invoice() }))
      .and.to.include('<fx:DocumentFileName>factur-x.xml<')
      .and.to.include('<fx:ConformanceLevel>EN 16931<')
      .and.to.include('/AFRelationship /Alternative');
  });

  it('is made without XML where the document has none, and says by rule why', async () => {
    const { buyer: _, ...document } = invoice();
    const pdf = await made({ invoice: document });
    expect(pdf.unmet.map(({ rule }) => rule)).to.deep.equal(['BR-07', 'BR-11']);
    expect(textOf(pdf)).to.include('<pdfaid:part>3<').and.not.to.include('factur-x');
  });

  it('takes one page for a few lines, and as many as 300 lines need', async () => {
    const many = VALID_SAMPLES.find(({ name }) => name.startsWith('300 lines'));
    if (many === undefined) throw new Error('There is no sample with 300 lines');
    expect(pagesOf(await made({ invoice: invoice() }))).to.equal(1);
    expect(pagesOf(await made({ invoice: many.document }))).to.be.within(10, 30);
  });

  it('names the document on each page, whatever stands there', async () => {
    // By their number all places of a page's end are met: in the lines, sums, taxes and notes.
    for (const count of someOf(
      4,
      Array.from({ length: 30 }, (_, at) => at + 1),
    )) {
      const document = invoice({ lines: Array.from({ length: count }, () => line()) });
      const pdf = await made({ invoice: document });
      const titles = pdfText(pdf.bytes)
        .split('\n')
        .filter((text) => text === 'Rechnung INV-2026-000123');
      expect(titles, `${count} lines`).to.have.length(pagesOf(pdf));
    }
  });

  it('has room for words that are wider than their column', async () => {
    const document = invoice({
      lines: [line({ description: 'Ω'.repeat(500), sku: 'S'.repeat(200) })],
      orderReference: '9'.repeat(200),
    });
    expect(pagesOf(await made({ invoice: document }))).to.be.within(1, 2);
  });

  it('is another for a credit note, dated as that is', async () => {
    const document = invoice();
    const note = creditNote({ lines: [{ ...line(), line: 1 }] });
    const pdf = textOf(await made({ invoice: document, note }));
    expect(pdf).to.include('<xmp:CreateDate>2026-12-03T12:00:00Z<');
    expect(pdf).to.include('<ram:TypeCode>381<');
  });

  it('prints names of Latin, Greek and Cyrillic script', async () => {
    const name = 'Łukasz Żółć, Đặng Thị Ngọc, Αθηνά, Жанна Їжакевич, İpek Şahin, Þór';
    const { unprintable } = await made({ invoice: invoice({ buyer: buyer({ name }) }) });
    expect(unprintable).to.deep.equal([]);
  });

  it('puts a mark in place of a character that no font has, and names it', async () => {
    const name = '山田\u200D 🎁';
    const { unprintable } = await made({ invoice: invoice({ buyer: buyer({ name }) }) });
    expect(unprintable).to.deep.equal([0x5c71, 0x7530, 0x1f381]);
  });

  it('takes what the built-in fonts lack from further font files', async () => {
    const document = { invoice: invoice({ buyer: buyer({ name: 'A \u2268 B' }) }) };
    expect((await made(document)).unprintable).to.deep.equal([0x2268]);
    const further = createDocumentRenderer({ language: 'en', fontFiles: [MATHEMATICAL] });
    expect((await further.pdf(document))._unsafeUnwrap().unprintable).to.deep.equal([]);
  });

  it('is refused where a further font cannot be read, until it can', async () => {
    const folder = await makeTemporaryFolder();
    const noFont = join(folder.path, 'no.ttf');
    await writeFile(noFont, 'no font');
    const cutOff = join(folder.path, 'cut.ttf');
    const whole = await readFile(MATHEMATICAL);
    await writeFile(cutOff, whole.subarray(0, Math.floor(whole.length * 0.9)));
    const fontFiles = [noFont, MATHEMATICAL, `${noFont}.missing`, cutOff];
    const broken = createDocumentRenderer({ language: 'en', fontFiles });
    const unreadable = (await broken.pdf({ invoice: invoice() }))._unsafeUnwrapErr();
    expect(unreadable.map(({ type, font }) => [type, font])).to.deep.equal([
      ['FontUnreadable', 1],
      ['FontUnreadable', 3],
      ['FontUnreadable', 4],
    ]);
    for (const file of [noFont, `${noFont}.missing`, cutOff]) await writeFile(file, whole);
    expect((await broken.pdf({ invoice: invoice() })).isOk()).to.equal(true);
    await folder.remove();
  });

  it('names what it could not print before it is made', async () => {
    const asked = async (text: string) => (await renderer.unprintable(text))._unsafeUnwrap();
    expect(await asked('Łukasz & Ärzte\u200D e\u0301')).to.deep.equal([]);
    expect(await asked('山田\u200D 🎁田')).to.deep.equal([0x5c71, 0x7530, 0x1f381]);
  });
});

/** A font that mermaid brings, with signs of mathematics. */
const MATHEMATICAL = 'node_modules/katex/dist/fonts/KaTeX_AMS-Regular.ttf';

const SHEET: Sheet = {
  language: languageFor('en', 'en'),
  title: 'Invoice 1',
  parties: [{ label: 'Seller', lines: ['Ärzte & Söhne', 'Köln'] }],
  facts: [{ label: 'Number', text: '1' }],
  heads: {
    position: 'No.',
    item: 'Item',
    quantity: 'Quantity',
    unitPrice: 'Price',
    taxRate: 'Rate',
    amount: 'Net',
  },
  lines: [
    {
      position: '1',
      item: 'Äpfel',
      details: ['APPLE'],
      quantity: '0.5 kg',
      unitPrice: '3.99',
      taxRate: '7%',
      amount: '2.00',
    },
  ],
  totals: [{ label: 'Total', text: 'EUR 2.14' }],
  totalAt: 0,
  breakdown: {
    title: 'Tax',
    heads: { tax: 'Rate', taxable: 'Net', amount: 'Tax' },
    rows: [{ tax: '7%', taxable: '2.00', amount: '0.14' }],
  },
  notes: ['Prices are without tax.'],
  footer: 'Footer',
};
const SHEET_HASH = '3a681b5a5f9329889598975bf35f94d45e59f1876e2c77132c14242aca2fcc08';
