import { err, ok, type Result, errAsync, type ResultAsync } from 'neverthrow';
import { loadErasures } from '../../../application/erasure/erasePerson.ts';
import type { IssuedDocument } from '../../../application/ports/documentRenderer.ts';
import type { InvoiceDocument } from '../../../domain/invoice/index.ts';
import { customerOwner, ERASED } from '../../../domain/personal/index.ts';
import type { Services } from '../../tokens.ts';
import { failed, type CliFailure, failureOf } from '../common/failure.ts';
import { timeOf } from '../common/text.ts';

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

/**
 * Adds to a failure without an electronic form that the buyer was erased: by whom, when, and what
 * is left.
 */
export const withErasure = (
  failure: CliFailure,
  invoice: InvoiceDocument,
  log: Pick<Services, 'store' | 'ids'>,
): ResultAsync<never, CliFailure> => {
  if (failure.type !== 'NoElectronicForm' || invoice.buyer?.name !== ERASED) {
    return errAsync(failure);
  }
  return loadErasures(log, customerOwner(invoice.customerId))
    .mapErr(failureOf)
    .andThen((erasures) =>
      errAsync(
        failed('BuyerErased', `the buyer was erased: ${failure.message}`, [
          ...(failure.details ?? []),
          ...erasures.map(({ at, by, reason, keys }) => {
            const last = Math.max(at, ...keys.map(({ endsAt }) => endsAt));
            const kept = last > at ? `; invoices kept the buyer until ${timeOf(last)}` : '';
            return `erased at ${timeOf(at)} by ${by}: ${reason}${kept}`;
          }),
          'Every figure is there: --html and --pdf write it without its buyer.',
        ]),
      ),
    );
};
