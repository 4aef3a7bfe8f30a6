import type { ResultAsync } from 'neverthrow';
import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';

/** A document as a file, such as a PDF. The same document has the same bytes for ever. */
export type DocumentFile = {
  /** With its extension: `INV-2026-000007.pdf`. */
  readonly name: string;
  /** `application/pdf`. */
  readonly mediaType: string;
  readonly bytes: Uint8Array;
};

/** This document will never have the file, whoever asks again. `why` names no value of it. */
export type NotRendered = { readonly type: 'NotRendered'; readonly why: string };

export interface DocumentFiles {
  /** The files that the customer gets of an invoice, or of one of its credit notes. */
  filesOf(
    invoice: InvoiceDocument,
    creditNote?: CreditNote,
  ): ResultAsync<readonly DocumentFile[], NotRendered>;
}
