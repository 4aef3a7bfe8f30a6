import type { Result, ResultAsync } from 'neverthrow';
import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';

/** An invoice, or one of its credit notes. */
export type IssuedDocument = {
  readonly invoice: InvoiceDocument;
  readonly note?: CreditNote;
};

/**
 * A rule of a standard that the document does not meet. It is reported, and nothing is invented to
 * meet it.
 */
export type UnmetRule = {
  /** The rule's name in the standard's own validators: `BR-07`, `PEPPOL-EN16931-R020`. */
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
  /** The reasons why it has no XML inside; empty where it has. */
  readonly unmet: readonly UnmetRule[];
  /** Characters that no font has, as code points: a mark stands in their place. */
  readonly unprintable: readonly number[];
};

export type FontUnreadable = {
  readonly type: 'FontUnreadable';
  /** The position among the further fonts, from 1; 0 is one of the program's own. */
  readonly font: number;
  readonly cause: string;
};

/** Makes files of documents. The same document gives the same bytes, whenever it is asked for. */
export interface DocumentRenderer {
  /** PDF/A-3b. Where the document has a form in EN 16931, its Factur-X XML is embedded. */
  pdf(document: IssuedDocument): ResultAsync<Pdf, readonly FontUnreadable[]>;
  /** The code points of this text that a PDF would show as a mark, once each font is tried. */
  unprintable(text: string): ResultAsync<readonly number[], readonly FontUnreadable[]>;
  /** Factur-X and ZUGFeRD in the profile EN 16931: CII. */
  xml(document: IssuedDocument): Result<string, NoElectronicForm>;
  /** Peppol BIS Billing 3.0: UBL 2.1. */
  ubl(document: IssuedDocument): Result<string, NoElectronicForm>;
}
