import type { Address, Buyer, Seller } from '../../domain/invoice/parties.ts';
import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';
import type { TaxCategory, TaxedLine } from '../../domain/money/index.ts';
import type { Language } from '../../application/language/language.ts';
import { netAdjustments, netPrice, type NetAdjustment } from './netPrice.ts';

/**
 * An invoice or credit note in the terms of EN 16931-1, the European standard for electronic
 * invoices: what both of its syntaxes, CII and UBL, say. Amounts are whole minor units. Everything
 * was paid before the document was issued, so that its amount due (BT-115) is zero: whoever reads
 * it by machine must not pay again.
 */
export type ElectronicInvoice = {
  /** BT-3: 380, or 381. */
  readonly type: 'invoice' | 'credit-note';
  /** BT-1. */
  readonly number: string;
  /** BT-2, such as `2026-11-29`. */
  readonly issuedOn: string;
  /** BT-5. */
  readonly currency: string;
  /** BG-3. */
  readonly precedingInvoice?: { readonly number: string; readonly issuedOn: string };
  /** BT-10. */
  readonly buyerReference: string;
  /** BT-13. */
  readonly orderReference: string;
  /** BT-14: the shop's own order. */
  readonly salesOrder: string;
  readonly seller?: Seller;
  readonly buyer?: Buyer;
  /** BT-72. */
  readonly deliveredOn: string;
  /** BG-15, where the law or the order wants it. */
  readonly deliverTo?: Address;
  /** BG-16; absent where nothing was payable. */
  readonly payment?: {
    /** BT-81, of UNTDID 4461. */
    readonly code: string;
    /** BT-82. */
    readonly text: string;
    /** BT-83. */
    readonly reference: string;
  };
  /** BT-20. */
  readonly paymentTerms: string;
  readonly lines: readonly ElectronicLine[];
  readonly breakdown: readonly VatBreakdown[];
  /** BT-106 and BT-109: charges of the order are lines. */
  readonly netMinor: number;
  /** BT-110. */
  readonly taxMinor: number;
  /** BT-112. */
  readonly totalMinor: number;
  /** BT-114. */
  readonly roundingMinor: number;
};

export type ElectronicLine = {
  /** BT-126. */
  readonly number: number;
  /** BT-153. */
  readonly name: string;
  /** BT-155. */
  readonly sku: string;
  /** BT-129. */
  readonly quantity: string;
  /** BT-130, of UN/ECE Recommendation 20. */
  readonly unit: string;
  /** BT-146, in the major unit. */
  readonly price: string;
  /** BG-27. */
  readonly allowances: readonly NetAdjustment[];
  /** BG-28. */
  readonly charges: readonly NetAdjustment[];
  /** BT-131. */
  readonly netMinor: number;
  readonly vat: VatRate;
};

/** BT-151 and BT-152. `E` and its like have a rate of 0, and `O` has none. */
export type VatRate = { readonly category: TaxCategory; readonly rate: string };

/** BG-23. */
export type VatBreakdown = VatRate & {
  readonly taxableMinor: number;
  readonly taxMinor: number;
  /** BT-120. */
  readonly reason: string;
};

/** The codes of UNTDID 5305. */
export const CATEGORY_CODES: Readonly<Record<TaxCategory, string>> = {
  standard: 'S',
  zero: 'Z',
  exempt: 'E',
  'reverse-charge': 'AE',
  'intra-community': 'K',
  export: 'G',
  'out-of-scope': 'O',
};

/** The code for one piece, for a line that has no unit of its own. */
const PIECE = 'C62';
const CARD = '48';
const CREDIT_TRANSFER = '30';
/** If the seller's account is not known, no credit transfer can be named (BR-61). */
const NOT_DEFINED = '1';

type ShownLine = Pick<
  TaxedLine,
  'description' | 'sku' | 'unit' | 'taxes' | 'netMinor' | 'taxMinor'
>;

/** The invoice, or one of its credit notes. */
export const electronicInvoiceOf = (
  invoice: InvoiceDocument,
  note: CreditNote | undefined,
  language: Language,
): ElectronicInvoice => {
  const { label: number, issuedOn, netMinor, taxMinor, totalMinor } = note ?? invoice;
  const shown: readonly ShownLine[] = (note ?? invoice).lines;
  return {
    type: note === undefined ? 'invoice' : 'credit-note',
    number,
    issuedOn,
    currency: invoice.currency,
    ...(note && { precedingInvoice: { number: invoice.label, issuedOn: invoice.issuedOn } }),
    buyerReference: invoice.buyerReference,
    orderReference: invoice.orderReference,
    salesOrder: invoice.orderId,
    ...partiesOf(invoice),
    deliveredOn: invoice.supplyDate === '' ? invoice.issuedOn : invoice.supplyDate,
    ...paymentOf(invoice, note, language),
    paymentTerms: note === undefined ? invoice.paymentTerms : '',
    lines: note === undefined ? linesOf(invoice, language) : creditLinesOf(note, invoice.currency),
    breakdown: breakdownOf(shown, language),
    netMinor,
    taxMinor,
    totalMinor,
    roundingMinor: (note ?? invoice).roundingMinor,
  };
};

const partiesOf = ({
  seller,
  buyer,
  lines,
}: InvoiceDocument): Pick<ElectronicInvoice, 'seller' | 'buyer' | 'deliverTo'> => {
  const categories = new Set(lines.flatMap(({ taxes }) => taxes.map(({ category }) => category)));
  // BR-O-02, BR-O-03: what is outside the scope of VAT is stated without its identifiers.
  const outside = categories.has('out-of-scope') ? { vatId: '' } : {};
  // BR-IC-12: an intra-Community supply says where it went, which is the buyer's address.
  const deliverTo =
    buyer?.delivery ?? (categories.has('intra-community') ? buyer?.address : undefined);
  return {
    ...(seller && { seller: { ...seller, ...outside } }),
    ...(buyer && { buyer: { ...buyer, ...outside } }),
    ...(deliverTo && { deliverTo }),
  };
};

const paymentOf = (
  { paymentMeans, paymentReference, seller }: InvoiceDocument,
  note: CreditNote | undefined,
  { document: words }: Language,
): Pick<ElectronicInvoice, 'payment'> => {
  if (paymentMeans === 'none') return {};
  const transfer = (seller?.iban ?? '') === '' ? NOT_DEFINED : CREDIT_TRANSFER;
  const payment = {
    code: paymentMeans === 'card' ? CARD : transfer,
    text: words.means[paymentMeans],
    reference: note === undefined ? paymentReference : note.refundReference,
  };
  return { payment };
};

const linesOf = (invoice: InvoiceDocument, language: Language): readonly ElectronicLine[] =>
  invoice.lines.map((line, index) => {
    const adjusted = netAdjustments(line, invoice.priceMode, language);
    const price = netPrice(line, adjusted, invoice);
    const { description: name, sku, quantity, netMinor } = line;
    const unit = line.unit === '' ? PIECE : line.unit;
    const vat = rateOf(line);
    return { number: index + 1, name, sku, quantity, unit, vat, netMinor, ...adjusted, price };
  });

/** What was refunded as an amount is one piece of it: a line has a quantity (BR-22). */
const creditLinesOf = (note: CreditNote, currency: string): readonly ElectronicLine[] =>
  note.lines.map((line) => {
    const isAmount = Number(line.quantity) === 0;
    const quantity = isAmount ? '1' : line.quantity;
    const none = { allowances: [], charges: [] };
    const { line: number, description: name, sku, netMinor } = line;
    const price = netPrice({ netMinor, quantity }, none, { currency });
    const unit = isAmount || line.unit === '' ? PIECE : line.unit;
    return { number, name, sku, quantity, unit, price, ...none, netMinor, vat: rateOf(line) };
  });

/**
 * The rate of the first tax. A line with more taxes has no form in EN 16931, which `unmetRules`
 * reports.
 */
const rateOf = ({ taxes }: Pick<ShownLine, 'taxes'>): VatRate => {
  const [{ category, rate } = { category: 'standard', rate: '0' } as const] = taxes;
  return { category, rate: withoutZeros(rate) };
};

const withoutZeros = (decimal: string): string =>
  decimal.includes('.') ? decimal.replace(/\.?0+$/u, '') : decimal;

const breakdownOf = (lines: readonly ShownLine[], language: Language): readonly VatBreakdown[] => {
  const groups = new Map<string, VatBreakdown>();
  for (const line of lines) {
    const vat = rateOf(line);
    const key = `${vat.category} ${vat.rate}`;
    const before = groups.get(key);
    groups.set(key, {
      ...vat,
      taxableMinor: (before?.taxableMinor ?? 0) + line.netMinor,
      taxMinor: (before?.taxMinor ?? 0) + line.taxMinor,
      reason: before?.reason ?? reasonOf(line, language),
    });
  }
  return [...groups.values()];
};

/** BR-S-10, BR-Z-10: what is taxed, if only at zero, has no reason for being exempt. */
const reasonOf = ({ taxes: [tax] }: ShownLine, { document: words }: Language): string => {
  if (tax === undefined || tax.category === 'standard' || tax.category === 'zero') return '';
  return tax.reason === '' ? words.exemption[tax.category] : tax.reason;
};

/** BT-34 and BT-49: the scheme and the value of a Peppol participant; no value without a scheme. */
export const readParticipant = (
  address: string,
): { readonly scheme: string; readonly value: string } => {
  const at = address.indexOf(':');
  return at === -1
    ? { scheme: address, value: '' }
    : { scheme: address.slice(0, at), value: address.slice(at + 1) };
};
