import { ResultAsync } from 'neverthrow';
import type { RendererSettings } from '../../adapters/documents/documentRenderer.ts';
import type { DocumentRenderer } from '../../application/ports/documentRenderer.ts';

/** Loads what makes PDFs with the first of them: that takes seconds, and many workers make none. */
export const createPdfRenderer = (settings: RendererSettings): Pick<DocumentRenderer, 'pdf'> => {
  let loading: Promise<DocumentRenderer> | undefined;
  const load = async (): Promise<DocumentRenderer> => {
    const { createDocumentRenderer } = await import('../../adapters/documents/documentRenderer.ts');
    return createDocumentRenderer(settings);
  };
  return {
    pdf: (document) => {
      loading ??= load();
      return ResultAsync.fromSafePromise(loading).andThen((renderer) => renderer.pdf(document));
    },
  };
};
