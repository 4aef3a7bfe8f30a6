/*
 * The amounts that the sandbox accepts, in Stripe's units. Nothing here is imported from the
 * adapter that is tested against it: otherwise a mistake in one would be a mistake in the other,
 * and no test could notice. Sources: https://docs.stripe.com/currencies and the doc comment of a
 * PaymentIntent's `amount` in Stripe's SDK.
 */

/** https://docs.stripe.com/currencies#presentment-currencies, without the withdrawn ones. */
const TAKEN =
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd ' +
  'bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp ' +
  'gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr ' +
  'kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn ' +
  'myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf ' +
  'sar sbd scr sek sgd shp sle sos srd szl thb tjs tnd top try ttd twd tzs uah ugx usd ' +
  'uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw';
const CURRENCIES: ReadonlySet<string> = new Set(TAKEN.split(' '));

/** Networks carry two of three decimals; and some currencies have two decimals that must be 00. */
const STEPS: Readonly<Record<string, number>> = {
  bhd: 10,
  jod: 10,
  kwd: 10,
  omr: 10,
  tnd: 10,
  isk: 100,
  ugx: 100,
};

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
const LEAST: ReadonlyMap<string, number> = new Map(
  (
    'usd:50 aed:200 ars:50 aud:50 brl:50 cad:50 chf:50 cop:50 czk:1500 dkk:250 eur:50 ' +
    'gbp:30 hkd:400 huf:17500 idr:50 ils:50 inr:50 jpy:50 krw:50 mxn:1000 myr:200 nok:300 ' +
    'nzd:50 php:50 pln:200 ron:200 rub:50 sek:300 sgd:50 thb:1000 zar:50'
  )
    .split(' ')
    .map((entry) => entry.split(':'))
    .map(([currency = '', amount]) => [currency, Number(amount)]),
);

/** "The amount value supports up to eight digits"; the page above has these exceptions. */
const MOST = 99_999_999;
const MOST_ELSEWHERE: Readonly<Record<string, number>> = {
  cop: 9_999_999_999,
  idr: 999_999_999_999,
  inr: 999_999_999,
};

export type ChargeRules = {
  /** Amounts, including those of refunds, are a multiple of it. */
  readonly step: number;
  readonly least: number;
  readonly most: number;
};

/** The rules for a currency; undefined if nothing is charged in it. */
export const chargeRulesOf = (currency: string): ChargeRules | undefined =>
  CURRENCIES.has(currency)
    ? {
        step: STEPS[currency] ?? 1,
        least: LEAST.get(currency) ?? 1,
        most: MOST_ELSEWHERE[currency] ?? MOST,
      }
    : undefined;
