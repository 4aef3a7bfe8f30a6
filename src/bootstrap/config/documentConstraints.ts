import { printedByBoth } from '../../domain/series/index.ts';
import type { ConfigMistake } from './configMistake.ts';
import { SELLER_NEEDS, SELLER_SETTINGS } from './seller.ts';
import type { Settings } from './settings.ts';

/** Mistakes in settings of documents that are right each by itself. */
export const documentDisagreements = (settings: Partial<Settings>): readonly ConfigMistake[] => [
  ...distinctDocuments(settings),
  ...wholeSeller(settings),
  ...linkedInvoices(settings),
];

/** Without this rule two documents could carry one number. */
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

/**
 * An invoice that names its seller by half is no invoice: the settings give all of it, or nothing.
 */
const wholeSeller = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  const given = SELLER_SETTINGS.find((name) => settings[name] !== undefined);
  if (given === undefined) return [];
  return SELLER_NEEDS.filter((name) => settings[name] === undefined).map((name) => ({
    name,
    wrong: `is missing, and ${given} is set`,
    remedy: 'Set it too, or take all of SELLER_… away.',
  }));
};

/** Without this rule no mail would have the link that was asked for. */
const linkedInvoices = (settings: Partial<Settings>): readonly ConfigMistake[] => {
  if (settings.INVOICE_DELIVERY !== 'link' || settings.INVOICE_LINK !== undefined) return [];
  const wrong = 'is link, and there is no INVOICE_LINK';
  const remedy = 'Set INVOICE_LINK to the address of the shop’s page for invoices.';
  return [{ name: 'INVOICE_DELIVERY', wrong, remedy }];
};
