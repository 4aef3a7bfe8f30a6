import type { InvoiceDocument } from '../../domain/invoice/document.ts';
import type { Address, Buyer, Seller } from '../../domain/invoice/parties.ts';
import { taxBreakdown, type TaxedLine } from '../../domain/money/index.ts';
import { withoutSteering } from '../../domain/plainText.ts';
import type { Language } from '../language/language.ts';
import {
  writeAmount,
  writeDate,
  writeFigures,
  writePriceFigures,
  writeQuantity,
} from '../language/write.ts';
import {
  breakdownOf,
  exemptionTexts,
  labelled,
  plainTexts,
  roundingText,
  taxText,
  type PartyText,
  type Sheet,
  type SheetLine,
} from './sheet.ts';

/**
 * The part of an invoice's sheet that each of its credit notes has as well, with lines of its own.
 */
export const commonSheet = (
  invoice: InvoiceDocument,
  lines: Parameters<typeof taxBreakdown>[0],
  language: Language,
): Omit<Sheet, 'title' | 'facts' | 'lines' | 'totals'> => {
  const words = language.document;
  const { currency, priceMode } = invoice;
  const taxes = taxBreakdown(lines);
  return {
    language,
    parties: partiesOf(invoice, language),
    heads: {
      position: words.position,
      item: words.item,
      quantity: words.quantity,
      unitPrice: words.unitPrice,
      taxRate: words.taxRate,
      amount: `${priceMode === 'gross' ? words.gross : words.net} (${currency})`,
    },
    // The total stands behind the sums without tax and of tax.
    totalAt: 2,
    breakdown: breakdownOf(language, taxes, currency),
    notes: exemptionTexts(language, taxes),
    footer: withoutSteering(invoice.seller?.footer ?? ''),
  };
};

export const invoiceSheet = (document: InvoiceDocument, language: Language): Sheet => {
  const words = language.document;
  const common = commonSheet(document, document.lines, language);
  return {
    ...common,
    title: withoutSteering(`${words.invoice} ${document.label}`),
    facts: labelled([
      [words.number, document.label],
      [words.date, writeDate(language, document.issuedOn)],
      [words.supplyDate, writeDate(language, supplyDateOf(document))],
      [words.order, document.orderId],
      [words.customer, document.customerId],
      [words.orderReference, document.orderReference],
      [words.buyerReference, document.buyerReference],
      [words.paymentTerms, document.paymentTerms],
      [words.paymentMeans, words.means[document.paymentMeans]],
      [words.paymentReference, document.paymentReference],
    ]),
    lines: document.lines.map((line, at) => lineOf(line, at + 1, { document, language })),
    totals: totalsOf(document, language),
    notes: [
      ...common.notes,
      document.priceMode === 'gross' ? words.pricesWithTax : words.pricesWithoutTax,
    ],
  };
};

const supplyDateOf = ({ supplyDate, issuedOn }: InvoiceDocument): string =>
  supplyDate === '' ? issuedOn : supplyDate;

type WrittenInvoice = { readonly document: InvoiceDocument; readonly language: Language };

const lineOf = (
  line: TaxedLine,
  position: number,
  { document: { currency, priceMode }, language }: WrittenInvoice,
): SheetLine => {
  const words = language.document;
  const amount = (minor: number) => writeFigures(language, minor, currency);
  return {
    position: String(position),
    item: withoutSteering(line.description),
    details: plainTexts([
      line.sku,
      ...line.allowances.map(
        ({ reason, amountMinor }) => `${reason || words.allowance}: ${amount(-amountMinor)}`,
      ),
      ...line.charges.map(
        ({ reason, amountMinor }) => `${reason || words.charge}: ${amount(amountMinor)}`,
      ),
    ]),
    quantity: withoutSteering(writeQuantity(language, line.quantity, line.unit)),
    unitPrice: writePriceFigures(language, line.unitPrice, currency),
    taxRate: line.taxes.map((tax) => taxText(language, tax)).join(', '),
    amount: amount(line.netMinor + (priceMode === 'gross' ? line.taxMinor : 0)),
  };
};

const totalsOf = (document: InvoiceDocument, language: Language): Sheet['totals'] => {
  const words = language.document;
  const amount = (minor: number) => writeAmount(language, minor, document.currency);
  return labelled([
    [words.netTotal, amount(document.netMinor)],
    [words.taxTotal, amount(document.taxMinor)],
    [words.total, amount(document.totalMinor)],
    [words.rounding, roundingText(language, document.roundingMinor, document.currency)],
    ...document.prepaid.map(
      ({ type, reference, amountMinor }) =>
        [
          reference === '' ? words.prepaid[type] : `${words.prepaid[type]} ${reference}`,
          amount(-amountMinor),
        ] as const,
    ),
    [words.paid[document.paymentMeans], amount(document.payableMinor)],
  ]);
};

/** The seller, the buyer, and the address of the goods, as far as the document says. */
const partiesOf = (
  { seller, buyer }: Pick<InvoiceDocument, 'seller' | 'buyer'>,
  { document: words }: Language,
): readonly PartyText[] => [
  ...(seller === undefined
    ? []
    : [{ label: words.seller, lines: plainTexts(sellerLines(seller, words)) }]),
  ...(buyer === undefined
    ? []
    : [{ label: words.buyer, lines: plainTexts(buyerLines(buyer, words)) }]),
  ...(buyer?.delivery === undefined
    ? []
    : [{ label: words.deliveryAddress, lines: plainTexts(addressLines(buyer.delivery)) }]),
];

const sellerLines = (seller: Seller, words: Language['document']): readonly string[] => [
  seller.name,
  ...addressLines(seller.address),
  withLabel(words.vatId, seller.vatId),
  withLabel(words.taxNumber, seller.taxNumber),
  seller.registration,
  withLabel(words.email, seller.email),
  withLabel(words.phone, seller.phone),
  withLabel(words.bank, seller.bankName),
  withLabel(words.iban, seller.iban),
  withLabel(words.bic, seller.bic),
];

const buyerLines = (buyer: Buyer, words: Language['document']): readonly string[] => [
  buyer.company,
  buyer.name,
  ...addressLines(buyer.address),
  withLabel(words.vatId, buyer.vatId),
];

const addressLines = (address: Address): readonly string[] => [
  address.street,
  address.addition,
  [address.postalCode, address.city].filter((part) => part !== '').join(' '),
  address.region,
  address.country,
];

const withLabel = (label: string, text: string): string => (text === '' ? '' : `${label} ${text}`);
