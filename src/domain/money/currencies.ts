import { decimalText } from './decimal.ts';

/**
 * The number of decimals of each currency's minor unit: ISO 4217 List One as published by the
 * maintenance agency on 2024-06-25
 * (https://www.six-group.com/en/products-services/financial-information/data-standards.html), and
 * XCG, which replaced ANG on 2025-03-31. Withdrawn codes stay, since invoices in them must stay
 * readable. Metals, test codes and units without a minor unit (XAU, XTS, XDR …) are no money here.
 */
const EXPONENTS: readonly (readonly [exponent: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP ' +
      'BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR ' +
      'FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW ' +
      'KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN ' +
      'NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD ' +
      'SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS ' +
      'VED VES WST XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const EXPONENT_OF: ReadonlyMap<string, number> = new Map(
  EXPONENTS.flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, exponent] as const),
  ),
);

export const CURRENCY_CODES: readonly string[] = [...EXPONENT_OF.keys()];

/** The number of decimals: JPY 0, EUR 2, KWD 3, UYW 4; undefined for an unknown currency. */
export const currencyExponent = (code: string): number | undefined => EXPONENT_OF.get(code);

/**
 * An amount is an integer number of minor units (cents, yen, fils). JSON and doubles cannot
 * distinguish greater ones, so that they are refused as overflow.
 */
export const AMOUNT_MINOR_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Writes an amount in the currency's major unit, with all of its decimals: 12345 in KWD is
 * `12.345`.
 */
export const inMajorUnits = (amountMinor: number, currency: string): string => {
  const text = decimalText(Math.abs(amountMinor), currencyExponent(currency) ?? 0);
  return amountMinor < 0 ? `-${text}` : text;
};

/** Writes `KWD 12.345`: the same in every locale, for documents and for people. */
export const formatAmount = (amountMinor: number, currency: string): string =>
  `${currency} ${inMajorUnits(amountMinor, currency)}`;
