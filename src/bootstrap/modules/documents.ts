import { from, type Module } from '../tokens.ts';
import { createPdfRenderer } from './pdfRenderer.ts';

/** In which year documents are numbered, and how they are printed. */
export const documents = {
  calendar: from(
    { settings: ['INVOICE_TIME_ZONE', 'INVOICE_YEAR_START'] },
    (_, { INVOICE_TIME_ZONE: timeZone, INVOICE_YEAR_START: yearStart }) => ({
      timeZone,
      yearStart,
    }),
  ),
  pdfRenderer: from({ settings: ['DEFAULT_LANGUAGE', 'INVOICE_FONTS'] }, (_, config) =>
    createPdfRenderer({
      language: config.DEFAULT_LANGUAGE,
      fontFiles: config.INVOICE_FONTS ?? [],
    }),
  ),
} satisfies Module;
