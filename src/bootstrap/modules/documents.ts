import { ResultAsync } from 'neverthrow';
import type { RendererSettings } from '../../adapters/documents/documentRenderer.ts';
import type { DocumentRenderer } from '../../application/ports/documentRenderer.ts';
import { from, type Module } from '../tokens.ts';

/** The calendar by whose years documents are numbered. */
export const documents = {
  calendar: from(
    { settings: ['INVOICE_TIME_ZONE', 'INVOICE_YEAR_START'] },
    (_, { INVOICE_TIME_ZONE: timeZone, INVOICE_YEAR_START: yearStart }) => ({
      timeZone,
      yearStart,
    }),
  ),
} satisfies Module;

type PdfRenderer = Pick<DocumentRenderer, 'pdf' | 'unprintable'>;

/**
 * Loads what makes PDFs when the first one is made: that takes seconds, and many workers make none.
 */
export const createPdfRenderer = (settings: RendererSettings): PdfRenderer => {
  let loading: Promise<DocumentRenderer> | undefined;
  const load = async (): Promise<DocumentRenderer> => {
    const { createDocumentRenderer } = await import('../../adapters/documents/documentRenderer.ts');
    return createDocumentRenderer(settings);
  };
  const loaded = (): ResultAsync<DocumentRenderer, never> => {
    loading ??= load();
    return ResultAsync.fromSafePromise(loading);
  };
  return {
    pdf: (document) => loaded().andThen((renderer) => renderer.pdf(document)),
    unprintable: (text) => loaded().andThen((renderer) => renderer.unprintable(text)),
  };
};
