/** Where each kind of file is to be written. */
export type FileWishes = {
  readonly html?: string;
  readonly pdf?: string;
  readonly xml?: string;
  readonly ubl?: string;
};

/** What the files need beside the invoice. */
export const FILE_SETTINGS = ['DEFAULT_LANGUAGE', 'INVOICE_FONTS'] as const;

export const FILES_HELP = `\
With --html, --pdf, --xml or --ubl the document is written to these files: the invoice, or the
credit note whose number or refund is named. The same document gives the same bytes; a file that is
there with other ones is left as it is. Where a standard wants what the document has not, nothing is
invented: each rule is named, the XML is not written, and the PDF is written without it.`;
