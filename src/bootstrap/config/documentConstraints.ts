import { printedByBoth } from '../../domain/series/index.ts';
import type { ConfigMistake } from './configMistake.ts';
import { wholeSeller } from './seller.ts';
import type { Settings } from './settings.ts';

/** Mistakes in settings of documents that are right each by itself. */
export const documentDisagreements = (settings: Partial<Settings>): readonly ConfigMistake[] => [
  ...distinctDocuments(settings),
  ...wholeSeller(settings),
  ...linkedInvoices(settings),
];

/** Otherwise two documents could carry one number. */
const distinctDocuments = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const { INVOICE_SERIES, CREDIT_NOTE_SERIES } = settings;
  const { INVOICE_NUMBER_FORMAT, CREDIT_NOTE_NUMBER_FORMAT } = settings;
  if (INVOICE_SERIES === undefined || CREDIT_NOTE_SERIES === undefined) return [];
  if (INVOICE_SERIES === CREDIT_NOTE_SERIES) {
    const wrong = 'is the same series as INVOICE_SERIES';
    const remedy = 'Give invoices and credit notes a series each, such as INV and CN.';
    return [{ name: 'CREDIT_NOTE_SERIES', wrong, remedy }];
  }
  if (INVOICE_NUMBER_FORMAT === undefined || CREDIT_NOTE_NUMBER_FORMAT === undefined) return [];
  const alike = printedByBoth(
    { series: INVOICE_SERIES, format: INVOICE_NUMBER_FORMAT },
    { series: CREDIT_NOTE_SERIES, format: CREDIT_NOTE_NUMBER_FORMAT },
  );
  if (alike === undefined) return [];
  const wrong = 'prints the number of a credit note as INVOICE_NUMBER_FORMAT prints an invoice’s';
  const remedy = 'Put {series} into both, or another text into one of them.';
  return [{ name: 'CREDIT_NOTE_NUMBER_FORMAT', wrong, remedy }];
};

/** Otherwise no mail would have the link that was asked for. */
const linkedInvoices = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  if (settings.INVOICE_DELIVERY !== 'link' || settings.INVOICE_LINK !== undefined) return [];
  const wrong = 'is link, and there is no INVOICE_LINK';
  const remedy = 'Set INVOICE_LINK to the address of the shop’s page for invoices.';
  return [{ name: 'INVOICE_DELIVERY', wrong, remedy }];
};
