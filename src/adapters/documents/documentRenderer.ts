import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { creditNoteSheet } from '../../application/documents/creditNoteSheet.ts';
import { invoiceSheet } from '../../application/documents/invoiceSheet.ts';
import { languageFor } from '../../application/language/languages.ts';
import type { Language } from '../../application/language/language.ts';
import type {
  DocumentRenderer,
  FontUnreadable,
  IssuedDocument,
  NoElectronicForm,
  Pdf,
  UnmetRule,
} from '../../application/ports/documentRenderer.ts';
import { ciiOf } from './cii.ts';
import { electronicInvoiceOf } from './electronicInvoice.ts';
import { readFonts, unprintableIn, type Fonts } from './pdf/fonts.ts';
import { pdfOf } from './pdf/pdfOf.ts';
import { ublOf } from './ubl.ts';
import { unmetByEn16931, unmetByPeppol } from './unmetRules.ts';

export type RendererSettings = {
  /** The language of a document whose order names none. */
  readonly language: string;
  /** Font files for characters that the built-in fonts lack, tried in this order. */
  readonly fontFiles: readonly string[];
};

export const createDocumentRenderer = (settings: RendererSettings): DocumentRenderer => {
  let reading: ResultAsync<Fonts, readonly FontUnreadable[]> | undefined;
  const fontsOf = (): ResultAsync<Fonts, readonly FontUnreadable[]> => {
    // Read again after a failure: the file may be there by then.
    reading ??= readFonts(settings.fontFiles).orTee(() => (reading = undefined));
    return reading;
  };
  const languageOf = ({ invoice }: IssuedDocument): Language =>
    languageFor(invoice.language, settings.language);

  const xml = (document: IssuedDocument): Result<string, NoElectronicForm> => {
    const { electronic, unmet } = read(document, languageOf(document));
    return unmet.length > 0 ? err(noForm(unmet)) : ok(ciiOf(electronic));
  };

  return {
    xml,
    unprintable: (text) => fontsOf().map((fonts) => unprintableIn(text, fonts)),
    ubl: (document) => {
      const { electronic, unmet } = read(document, languageOf(document));
      const all = [...unmet, ...unmetByPeppol(electronic)];
      return all.length > 0 ? err(noForm(all)) : ok(ublOf(electronic));
    },
    pdf: (document) => {
      const { invoice, note } = document;
      const language = languageOf(document);
      const sheet =
        note === undefined
          ? invoiceSheet(invoice, language)
          : creditNoteSheet(invoice, note, language);
      const embedded = xml(document);
      const { issuedAt } = note ?? invoice;
      return fontsOf().andThen((fonts) =>
        ResultAsync.fromSafePromise(
          pdfOf(sheet, { fonts, issuedAt, ...(embedded.isOk() && { xml: embedded.value }) }),
        ).map((made): Pdf => ({ ...made, unmet: embedded.isErr() ? embedded.error.unmet : [] })),
      );
    },
  };
};

const read = ({ invoice, note }: IssuedDocument, language: Language) => {
  const electronic = electronicInvoiceOf(invoice, note, language);
  return { electronic, unmet: unmetByEn16931(note ?? invoice, electronic) };
};

const noForm = (unmet: readonly UnmetRule[]): NoElectronicForm => ({
  type: 'NoElectronicForm',
  unmet,
});
