import fc from 'fast-check';
import type { Adjustment, OrderLine, PriceTerms, Tax } from '../../../src/domain/money/index.ts';

/** A country as a shop knows it: its currency, and the taxes that a line there can bear. */
type Country = {
  readonly currency: string;
  /** Each combination that one line bears together, as `name rate`. */
  readonly taxes: readonly (readonly string[])[];
  /** In minor units, where what is paid is usually rounded, or the gateway wants it. */
  readonly step?: number;
};

/** Rates as they were in force in 2025. Where several stand together, a line bears all of them. */
const COUNTRIES: Readonly<Record<string, Country>> = {
  germany: { currency: 'EUR', taxes: [['VAT 19'], ['VAT 7'], ['VAT 0']] },
  austria: { currency: 'EUR', taxes: [['VAT 20'], ['VAT 13'], ['VAT 10']] },
  france: { currency: 'EUR', taxes: [['TVA 20'], ['TVA 10'], ['TVA 5.5'], ['TVA 2.1']] },
  ireland: { currency: 'EUR', taxes: [['VAT 23'], ['VAT 13.5'], ['VAT 9'], ['VAT 4.8']] },
  finland: { currency: 'EUR', taxes: [['ALV 25.5'], ['ALV 13.5'], ['ALV 10']], step: 5 },
  spain: { currency: 'EUR', taxes: [['IVA 21'], ['IVA 21', 'RE 5.2'], ['IVA 10', 'RE 1.4']] },
  luxembourg: { currency: 'EUR', taxes: [['TVA 17'], ['TVA 16'], ['TVA 3']] },
  hungary: { currency: 'HUF', taxes: [['AFA 27'], ['AFA 18'], ['AFA 5']], step: 500 },
  britain: { currency: 'GBP', taxes: [['VAT 20'], ['VAT 5'], ['VAT 0']] },
  switzerland: { currency: 'CHF', taxes: [['MWST 8.1'], ['MWST 3.8'], ['MWST 2.6']], step: 5 },
  sweden: { currency: 'SEK', taxes: [['MOMS 25'], ['MOMS 12'], ['MOMS 6']], step: 100 },
  newYork: {
    currency: 'USD',
    taxes: [['NY 4', 'NYC 4.5', 'MCTD 0.375'], ['SALES 8.875'], ['NY 0']],
  },
  chicago: { currency: 'USD', taxes: [['IL 6.25', 'COOK 1.75', 'CITY 1.25', 'RTA 1']] },
  quebec: { currency: 'CAD', taxes: [['GST 5', 'QST 9.975'], ['GST 5'], ['GST 0']], step: 5 },
  ontario: { currency: 'CAD', taxes: [['HST 13']] },
  india: { currency: 'INR', taxes: [['CGST 9', 'SGST 9'], ['CGST 2.5', 'SGST 2.5'], ['IGST 28']] },
  japan: { currency: 'JPY', taxes: [['JCT 10'], ['JCT 8']] },
  iceland: { currency: 'ISK', taxes: [['VSK 24'], ['VSK 11']] },
  kuwait: { currency: 'KWD', taxes: [['NONE 0']], step: 10 },
  bahrain: { currency: 'BHD', taxes: [['VAT 10'], ['VAT 0']], step: 10 },
  tunisia: { currency: 'TND', taxes: [['TVA 19', 'FODEC 1'], ['TVA 13'], ['TVA 7']], step: 10 },
  madagascar: { currency: 'MGA', taxes: [['TVA 20']], step: 100 },
};

const DECIMALS: Readonly<Record<string, number>> = { JPY: 0, ISK: 0, KWD: 3, BHD: 3, TND: 3 };

/** A real-shaped order without what the shop says of its own totals. It can always be priced. */
export const anyPriceTerms = (): fc.Arbitrary<PriceTerms> =>
  fc.constantFrom(...Object.values(COUNTRIES)).chain((country) => anyOrderOf(country));

const anyOrderOf = ({ currency, taxes, step }: Country): fc.Arbitrary<PriceTerms> => {
  const decimals = DECIMALS[currency] ?? 2;
  const anyTaxes = fc.constantFrom(...taxes).map((names) => names.map(taxOf));
  return fc
    .record({
      priceMode: fc.constantFrom('net', 'gross'),
      rounding: fc.constantFrom('line', 'order'),
      lines: fc.array(anyLine(decimals, anyTaxes), {
        minLength: 1,
        maxLength: 12,
        size: 'max',
      }),
      // Together at most everything, so that they can be deducted.
      allowances: fc.array(anyPercent(50), { maxLength: 2 }),
      charges: fc.array(
        fc.record({
          description: fc.constantFrom('Shipping', 'Handling'),
          amountMinor: fc.nat({ max: 2_000 }),
          taxes: anyTaxes,
        }),
        { maxLength: 2 },
      ),
      cashRounding: fc.constantFrom(undefined, step),
      isPrepaid: fc.integer({ min: 0, max: 4 }),
    })
    .map(({ cashRounding, isPrepaid, charges, ...rest }) => ({
      ...rest,
      currency,
      charges,
      // The charges cannot be more than the whole order is; a gift card cannot be of nothing.
      prepaid: charges
        .slice(0, isPrepaid === 0 ? 1 : 0)
        .filter(({ amountMinor }) => amountMinor > 0)
        .map(({ amountMinor }) => ({
          type: 'gift-card',
          reference: 'ending in 42',
          amountMinor,
        })),
      ...(cashRounding !== undefined && { cashRounding: { stepMinor: cashRounding } }),
    }));
};

const anyLine = (
  decimals: number,
  anyTaxes: fc.Arbitrary<readonly Tax[]>,
): fc.Arbitrary<OrderLine> =>
  fc.record({
    sku: fc.constant('A'),
    description: fc.constant('A thing'),
    quantity: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 12 }).map(String) },
      { weight: 2, arbitrary: anyDecimal(50_000, 3) },
      { weight: 1, arbitrary: anyDecimal(10 ** 9, 6) },
    ),
    unit: fc.constantFrom('', 'KGM', 'HUR'),
    unitPrice: fc.oneof(
      { weight: 5, arbitrary: anyDecimal(30_000, decimals) },
      { weight: 1, arbitrary: anyDecimal(10 ** 6, decimals + 2) },
      { weight: 1, arbitrary: anyDecimal(10 ** 9, 10) },
    ),
    allowances: fc.array(
      fc.oneof(anyPercent(50), fc.constant({ reason: 'Nothing', amountMinor: 0 })),
      { maxLength: 2 },
    ),
    charges: fc.array(
      fc.oneof(
        anyPercent(200),
        fc.record({ reason: fc.constant('Engraving'), amountMinor: fc.nat({ max: 999 }) }),
      ),
      { maxLength: 1 },
    ),
    taxes: anyTaxes,
  });

const anyPercent = (most: number): fc.Arbitrary<Adjustment> =>
  fc
    .oneof(
      fc.integer({ min: 0, max: most }).map(String),
      anyDecimal(most * 10 ** 3 - 1, 3),
      anyDecimal(most * 10 ** 6 - 1, 6),
    )
    .map((percent) => ({ reason: 'Discount', percent }));

/** A number of so many decimals, up to `most` of its last decimal. */
const anyDecimal = (most: number, decimals: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: most }).map((units) => {
    const digits = String(units).padStart(decimals + 1, '0');
    return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  });

/** A rate of zero stands for an exemption; its reason is part of what makes taxes different. */
const taxOf = (text: string): Tax => {
  const [name = '', rate = '0'] = text.split(' ');
  return rate === '0'
    ? { name, category: 'zero', rate, reason: '' }
    : { name, category: 'standard', rate, reason: '' };
};
