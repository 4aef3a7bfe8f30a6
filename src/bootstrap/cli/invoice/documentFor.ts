import { err, ok, type Result } from 'neverthrow';
import type { IssuedDocument } from '../../../application/ports/documentRenderer.ts';
import type { InvoiceDocument } from '../../../domain/invoice/index.ts';
import { failed, type CliFailure } from '../common/failure.ts';

/** The invoice, or the credit note of a refund, which its number or its refund names. */
export const documentFor = (
  invoice: InvoiceDocument,
  refundId: string | undefined,
): Result<IssuedDocument, CliFailure> => {
  if (refundId === undefined) return ok({ invoice });
  const note = invoice.creditNotes.find((each) => each.refundId === refundId);
  return note === undefined
    ? err(
        failed(
          'UnknownCreditNote',
          `the invoice ${invoice.label} has no credit note of that refund`,
          [`\`paidonce invoice ${invoice.label}\` shows those that it has.`],
        ),
      )
    : ok({ invoice, note });
};
