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
          `the invoice ${invoice.label} has no credit note of the refund ` +
            JSON.stringify(refundId),
          [refundsText(invoice)],
        ),
      )
    : ok({ invoice, note });
};

const REFUNDS_SHOWN_MAX = 10;

const refundsText = ({ label, creditNotes }: InvoiceDocument): string => {
  if (creditNotes.length === 0) return 'It has no credit note at all.';
  const ids = creditNotes.slice(0, REFUNDS_SHOWN_MAX).map(({ refundId }) => refundId);
  const more = creditNotes.length > ids.length ? `, and more: \`paidonce invoice ${label}\`` : '';
  return `It has those of: ${ids.join(', ')}${more}`;
};
