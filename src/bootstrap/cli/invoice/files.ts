import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { err, ok, safeTry, type Result, type ResultAsync } from 'neverthrow';
import { createDocumentRenderer } from '../../../adapters/documents/documentRenderer.ts';
import { creditNoteSheet } from '../../../application/documents/creditNoteSheet.ts';
import { invoiceSheet } from '../../../application/documents/invoiceSheet.ts';
import { pageHtml } from '../../../application/documents/pageHtml.ts';
import { languageFor } from '../../../application/language/languages.ts';
import type {
  FontUnreadable,
  IssuedDocument,
  NoElectronicForm,
  Pdf,
  UnmetRule,
} from '../../../application/ports/documentRenderer.ts';
import { codePointText } from '../../../domain/plainText.ts';
import type { Config } from '../../config.ts';
import { failed, type CliFailure } from '../common/failure.ts';

type WrittenFile = {
  readonly kind: keyof FileWishes;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the file was there with the same bytes. */
  readonly unchanged: boolean;
};

type WrittenFiles = {
  readonly files: readonly WrittenFile[];
  /** The rules that keep the XML out of the PDF. */
  readonly unmet: readonly UnmetRule[];
  /** The characters of the PDF that no font has, such as `U+5C71`. */
  readonly unprintable: readonly string[];
};

type FileContent = Pick<WrittenFile, 'kind' | 'file'> & { readonly content: Uint8Array };

/** Writes all of the files, or none: nothing is written before each is made. */
export const writeFiles = (
  document: IssuedDocument,
  { html: htmlFile, pdf: pdfFile, xml: xmlFile, ubl: ublFile }: FileWishes,
  config: Config<(typeof FILE_SETTINGS)[number]>,
): ResultAsync<WrittenFiles, CliFailure> =>
  safeTry(async function* () {
    const renderer = createDocumentRenderer({
      language: config.DEFAULT_LANGUAGE,
      fontFiles: config.INVOICE_FONTS ?? [],
    });
    const contents: FileContent[] = [];
    if (htmlFile !== undefined) {
      const text = pageOf(document, config.DEFAULT_LANGUAGE);
      contents.push({ kind: 'html', file: htmlFile, content: Buffer.from(text) });
    }
    let pdf: Pdf | undefined;
    if (pdfFile !== undefined) {
      pdf = yield* renderer.pdf(document).mapErr(unreadable);
      contents.push({ kind: 'pdf', file: pdfFile, content: pdf.bytes });
    }
    if (xmlFile !== undefined) {
      const text = yield* renderer.xml(document).mapErr(noForm('EN 16931'));
      contents.push({ kind: 'xml', file: xmlFile, content: Buffer.from(text) });
    }
    if (ublFile !== undefined) {
      const text = yield* renderer.ubl(document).mapErr(noForm('Peppol BIS Billing 3.0'));
      contents.push({ kind: 'ubl', file: ublFile, content: Buffer.from(text) });
    }
    const files: WrittenFile[] = [];
    for (const each of contents) files.push(yield* await write(each));
    return ok({
      files,
      unmet: pdf?.unmet ?? [],
      unprintable: (pdf?.unprintable ?? []).map(codePointText),
    });
  });

const pageOf = ({ invoice, note }: IssuedDocument, defaultLanguage: string): string => {
  const language = languageFor(invoice.language, defaultLanguage);
  return pageHtml(
    note === undefined ? invoiceSheet(invoice, language) : creditNoteSheet(invoice, note, language),
  );
};

/** A document is for ever: a file that has another content is not taken for an older copy. */
const write = async ({
  content,
  ...wanted
}: FileContent): Promise<Result<WrittenFile, CliFailure>> => {
  const { file } = wanted;
  const about = {
    ...wanted,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
  try {
    await writeFile(file, content, { flag: 'wx' });
    return ok({ ...about, unchanged: false });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isThere)
      return err(failed('NotWritten', `${file} could not be written: ${String(error)}`));
  }
  const found = await readFile(file).catch(() => undefined);
  if (found?.equals(content) === true) return ok({ ...about, unchanged: true });
  return err(
    failed('NotWritten', `${file} is there already, and is another document`, [
      'Name another file, or remove that one.',
    ]),
  );
};

const unreadable = (fonts: readonly FontUnreadable[]): CliFailure =>
  failed(
    'FontUnreadable',
    'the PDF has no fonts',
    fonts.map(({ font, cause }) =>
      font === 0
        ? `A font of the program itself cannot be read: ${cause}`
        : `Font ${font} of INVOICE_FONTS cannot be read: ${cause}`,
    ),
  );

const noForm =
  (standard: string) =>
  ({ unmet }: NoElectronicForm): CliFailure =>
    failed('NoElectronicForm', `this document has no form in ${standard}`, unmet.map(unmetText));

export const unmetText = ({ rule, term, why }: UnmetRule): string => `${rule}, ${term}: ${why}`;

/** The place to which each kind of file is to be written. */
export type FileWishes = {
  readonly html?: string;
  readonly pdf?: string;
  readonly xml?: string;
  readonly ubl?: string;
};

/** The settings that the files need beside the invoice. */
export const FILE_SETTINGS = ['DEFAULT_LANGUAGE', 'INVOICE_FONTS'] as const;

export const FILES_HELP = `\
With --html, --pdf, --xml or --ubl the document is written to these files: the invoice, or the
credit note whose number or refund is named. The same document gives the same bytes; a file that is
there with other ones is left as it is. Where a standard wants what the document has not, nothing is
invented: each rule is named, the XML is not written, and the PDF is written without it.`;
