import type { CreditNote, InvoiceDocument } from '../../domain/invoice/document.ts';
import type { UnmetRule } from '../../application/ports/documentRenderer.ts';
import { ENCRYPTED, ERASED, isMarker } from '../../domain/personal/index.ts';
import { currencyExponent, type TaxCategory, type TaxedLine } from '../../domain/money/index.ts';
import type { ElectronicInvoice, VatBreakdown } from './electronicInvoice.ts';

type Rule = UnmetRule & { readonly isMet: boolean };

const unmet = (
  rules: readonly Rule[],
  { buyer }: Pick<ElectronicInvoice, 'buyer'>,
): readonly UnmetRule[] => {
  const isKnown = buyer === undefined || !isMarker(buyer.name);
  return rules
    .filter(({ isMet, term }) => !isMet && (isKnown || !BUYERS_TERMS.has(term)))
    .map(({ rule, term, why }) => ({ rule, term, why }));
};

/** The terms about a buyer. For a buyer whose data cannot be read, only that is reported. */
const BUYERS_TERMS: ReadonlySet<string> = new Set(['BT-48', 'BT-49', 'BT-55']);

/** EN 16931 has two decimals for every amount (BR-DEC). */
const DECIMALS_MAX = 2;

/**
 * The rules of EN 16931-1 that are unmet, among those that the data of an order or the
 * configuration can break.
 */
export const unmetByEn16931 = (
  document: InvoiceDocument | CreditNote,
  invoice: ElectronicInvoice,
): readonly UnmetRule[] => {
  const { currency, seller, buyer, breakdown } = invoice;
  const unknown = unknownBuyerText(buyer?.name ?? '');
  const lines: readonly Pick<TaxedLine, 'taxes'>[] = document.lines;
  const categories = new Set(breakdown.map(({ category }) => category));
  const sellerIds = [seller?.vatId, seller?.registration];
  const rules: readonly Rule[] = [
    {
      rule: 'BR-DEC',
      term: 'BT-5',
      why: 'amounts have at most two decimals, and this currency has more',
      isMet: (currencyExponent(currency) ?? 0) <= DECIMALS_MAX,
    },
    {
      rule: 'BR-CO-04',
      term: 'BT-151',
      why: 'each line has exactly one VAT category, and a line here has several taxes',
      isMet: lines.every(({ taxes }) => taxes.length === 1),
    },
    {
      rule: 'BR-06',
      term: 'BT-27',
      why: 'the seller is missing: SELLER_NAME was not set when the invoice was issued',
      isMet: seller !== undefined,
    },
    {
      rule: 'BR-CO-26',
      term: 'BT-31',
      why:
        'the seller has no identifier: neither SELLER_VAT_ID nor SELLER_REGISTRATION was set ' +
        'when the invoice was issued',
      isMet: seller === undefined || sellerIds.some((id) => id !== undefined && id !== ''),
    },
    {
      rule: 'BR-07',
      term: 'BT-44',
      why: unknown ?? 'the name of the buyer is missing: the order gave none',
      isMet: unknown === undefined && buyer !== undefined && buyerName(buyer) !== '',
    },
    {
      rule: 'BR-11',
      term: 'BT-55',
      why: 'the country of the buyer is missing: the order gave none',
      isMet: buyer !== undefined && buyer.address.country !== '',
    },
    {
      rule: 'BR-CO-09',
      term: 'BT-48',
      why: 'the VAT identifier of the buyer does not begin with a country code',
      isMet: /^([A-Z]{2}.*)?$/u.test(buyer?.vatId ?? ''),
    },
    {
      rule: 'BR-O-11',
      term: 'BG-23',
      why: 'a line outside the scope of VAT stands beside one within it',
      isMet: !categories.has('out-of-scope') || categories.size === 1,
    },
    ...breakdown.flatMap((group) => rulesOfCategory(group, invoice)),
  ];
  return unmet(rules, invoice);
};

/** The reason why a buyer's personal data cannot be read; undefined for any other buyer. */
const unknownBuyerText = (name: string): string | undefined => {
  if (name === ERASED) return 'the buyer was erased';
  return name === ENCRYPTED
    ? 'the buyer is encrypted, and this process has neither PERSONAL_DATA_KEY nor KEYS_TABLE'
    : undefined;
};

/** The name of each category in the names of its rules. */
const RULE_NAMES: Readonly<Record<TaxCategory, string>> = {
  standard: 'BR-S',
  zero: 'BR-Z',
  exempt: 'BR-E',
  'reverse-charge': 'BR-AE',
  'intra-community': 'BR-IC',
  export: 'BR-G',
  'out-of-scope': 'BR-O',
};

/** The categories for which a tax number of the seller is not enough. */
const WANTS_VAT_ID: ReadonlySet<TaxCategory> = new Set(['intra-community', 'export']);
const WANTS_BUYERS_VAT_ID: ReadonlySet<TaxCategory> = new Set([
  'reverse-charge',
  'intra-community',
]);

const rulesOfCategory = (group: VatBreakdown, invoice: ElectronicInvoice): readonly Rule[] => {
  const { category, rate } = group;
  const { seller, buyer } = invoice;
  const name = RULE_NAMES[category];
  const isTaxed = category === 'standard';
  const hasVatId = (seller?.vatId ?? '') !== '';
  const isRegistered =
    hasVatId || (!WANTS_VAT_ID.has(category) && (seller?.taxNumber ?? '') !== '');
  return [
    {
      rule: `${name}-02`,
      term: 'BT-31',
      why: WANTS_VAT_ID.has(category)
        ? 'the seller has no VAT identifier: SELLER_VAT_ID was not set'
        : 'the seller has no tax identifier: neither SELLER_VAT_ID nor SELLER_TAX_NUMBER was set',
      isMet: category === 'out-of-scope' || isRegistered,
    },
    {
      rule: `${name}-02`,
      term: 'BT-48',
      why: 'the buyer has no VAT identifier: the order gave none',
      isMet: !WANTS_BUYERS_VAT_ID.has(category) || (buyer?.vatId ?? '') !== '',
    },
    {
      rule: `${name}-05`,
      term: 'BT-152',
      why: isTaxed ? 'a standard rate is above zero' : 'its rate is zero',
      isMet: isTaxed ? Number(rate) > 0 : Number(rate) === 0,
    },
    {
      rule: 'BR-CO-17',
      term: 'BT-117',
      why:
        'the tax of a rate, which is the sum of its lines as each was rounded, differs by a ' +
        'whole unit of the currency from that on their sum: order with `"rounding": "order"`',
      isMet: isWithinTolerance(group, invoice),
    },
  ];
};

/** The validators of EN 16931 allow a difference of less than one major unit. */
const isWithinTolerance = (
  { taxableMinor, taxMinor, rate }: VatBreakdown,
  { currency }: ElectronicInvoice,
): boolean => {
  const unit = 10 ** (currencyExponent(currency) ?? 0);
  return Math.abs(taxMinor - (taxableMinor * Number(rate)) / 100) < unit - 0.5;
};

/** The unmet rules that Peppol BIS Billing 3.0 adds to EN 16931. */
export const unmetByPeppol = (invoice: ElectronicInvoice): readonly UnmetRule[] => {
  const { seller, buyer, buyerReference, orderReference } = invoice;
  const rules: readonly Rule[] = [
    {
      rule: 'PEPPOL-EN16931-R020',
      term: 'BT-34',
      why:
        'the seller has no electronic address: SELLER_ELECTRONIC_ADDRESS was not set when the ' +
        'invoice was issued',
      isMet: (seller?.electronicAddress ?? '') !== '',
    },
    {
      rule: 'PEPPOL-EN16931-R010',
      term: 'BT-49',
      why: 'the buyer has no electronic address: the order gave none',
      isMet: isParticipant(buyer?.electronicAddress ?? ''),
    },
    {
      rule: 'PEPPOL-EN16931-R003',
      term: 'BT-10',
      why: "neither the buyer's reference nor the buyer's order number is there",
      isMet: buyerReference !== '' || orderReference !== '',
    },
  ];
  return unmet(rules, invoice);
};

/** `scheme:value`, where the scheme is a code of the list EAS. */
const isParticipant = (address: string): boolean => /^\d{4}:.+$/u.test(address);

/** BT-44: who is to pay, a company where there is one. */
export const buyerName = ({
  company,
  name,
}: {
  readonly company: string;
  readonly name: string;
}): string => (company === '' ? name : company);
