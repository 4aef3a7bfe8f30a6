import { errAsync, type ResultAsync } from 'neverthrow';
import { loadErasures } from '../../../application/erasure/erasePerson.ts';
import type { InvoiceDocument } from '../../../domain/invoice/index.ts';
import { customerOwner, ERASED } from '../../../domain/personal/index.ts';
import type { Services } from '../../tokens.ts';
import { failed, failureOf, type CliFailure } from '../common/failure.ts';
import { timeOf } from '../common/text.ts';

/** Why no electronic form was made, where that is an erasure: who, when, and what is left. */
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
