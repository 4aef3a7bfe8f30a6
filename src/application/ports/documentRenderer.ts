import type { Result, ResultAsync } from 'neverthrow';
import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';

/** An invoice, or one of its credit notes. */
export type IssuedDocument = {
  readonly invoice: InvoiceDocument;
  readonly note?: CreditNote;
};

/** What a standard wants of a document and this one has not. It is said, and never invented. */
export type UnmetRule = {
  /** As the standard's own validators name it: `BR-07`, `PEPPOL-EN16931-R020`. */
  readonly rule: string;
  /** The business term that is missing or wrong: `BT-44`. */
  readonly term: string;
  readonly why: string;
};

export type NoElectronicForm = {
  readonly type: 'NoElectronicForm';
  readonly unmet: readonly UnmetRule[];
};

export type Pdf = {
  readonly bytes: Uint8Array;
  /** Why no XML is in it. Empty where there is one. */
  readonly unmet: readonly UnmetRule[];
  /** Characters that no font has, as code points: a mark stands in their place. */
  readonly unprintable: readonly number[];
};

export type FontUnreadable = {
  readonly type: 'FontUnreadable';
  /** Which of the further fonts, from 1; 0 is one of the program's own. */
  readonly font: number;
  readonly cause: string;
};

/** Makes files of documents. The same document gives the same bytes, whenever it is asked for. */
export interface DocumentRenderer {
  /** PDF/A-3b. Where the document has a form in EN 16931, its Factur-X XML is embedded. */
  pdf(document: IssuedDocument): ResultAsync<Pdf, readonly FontUnreadable[]>;
  /** The code points of this text that a PDF would have a mark for, once each font is tried. */
  unprintable(text: string): ResultAsync<readonly number[], readonly FontUnreadable[]>;
  /** Factur-X and ZUGFeRD in the profile EN 16931: CII. */
  xml(document: IssuedDocument): Result<string, NoElectronicForm>;
  /** Peppol BIS Billing 3.0: UBL 2.1. */
  ubl(document: IssuedDocument): Result<string, NoElectronicForm>;
}
