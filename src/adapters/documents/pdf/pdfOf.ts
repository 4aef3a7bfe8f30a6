import { once } from 'node:events';
import PdfKit from 'pdfkit';
import type { Sheet } from '../../../application/documents/sheet.ts';
import type { Pdf } from '../../../application/ports/documentRenderer.ts';
import { drawSheet } from './drawSheet.ts';
import { attachFacturX } from './facturX.ts';
import type { Fonts } from './fonts.ts';
import { createPaper } from './paper.ts';
import { createTypesetter } from './typesetter.ts';

export type PdfOptions = {
  readonly fonts: Fonts;
  /** The document's date, in milliseconds since the epoch: the file bears no other. */
  readonly issuedAt: number;
  /** To be embedded; without it the file is still PDF/A. */
  readonly xml?: string;
};

/**
 * A document as PDF/A-3b, whose bytes depend on nothing but what is given here: nothing in it is
 * compressed, since a newer zlib may find a shorter form.
 */
export const pdfOf = async (
  sheet: Sheet,
  { fonts, issuedAt, xml }: PdfOptions,
): Promise<Pick<Pdf, 'bytes' | 'unprintable'>> => {
  const issued = new Date(issuedAt);
  const canvas = new PdfKit({
    pdfVersion: '1.7',
    subset: 'PDF/A-3b',
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    bufferPages: true,
    compress: false,
    lang: sheet.language.tag,
    displayTitle: true,
    // Nothing: PDFKit would look for the metrics of Helvetica, which PDF/A forbids.
    font: '',
    info: { Title: sheet.title, Creator: 'Paidonce', Producer: 'Paidonce', CreationDate: issued },
  });
  for (const { name, bytes } of [...fonts.regular, ...fonts.bold]) canvas.registerFont(name, bytes);
  const chunks: Buffer[] = [];
  canvas.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = once(canvas, 'end');
  const typesetter = createTypesetter(canvas, fonts);
  drawSheet(sheet, { paper: createPaper(canvas, typesetter), typesetter });
  if (xml !== undefined) attachFacturX(canvas, xml, issued);
  canvas.end();
  await ended;
  return { bytes: Buffer.concat(chunks), unprintable: typesetter.unprintable() };
};
