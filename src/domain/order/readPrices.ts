import {
  PREPAID_TYPES,
  PRICE_MODES,
  QUANTITY_DECIMALS_MAX,
  RATE_DECIMALS_MAX,
  ROUNDINGS,
  TAX_CATEGORIES,
  UNIT_PRICE_DECIMALS_MAX,
  AMOUNT_MINOR_MAX,
  type Adjustment,
  type GivenAmounts,
  type OrderCharge,
  type OrderLine,
  type Prepaid,
  type PriceTerms,
  type Tax,
} from '../money/index.ts';
import { LINES_MAX } from './content.ts';
import type { DraftParts, DraftReader } from './reader.ts';
import { DESCRIPTION, plain, QUANTITY_MAX, SKU, type TextRule } from './rules.ts';

/** The maximum number of taxes of a line: GST, QST and two more. */
export const TAXES_MAX = 4;
export const ADJUSTMENTS_MAX = 10;
export const CHARGES_MAX = 20;
export const PREPAID_MAX = 10;
/** A thousand of most currencies' major units: none is paid in coarser coins. */
export const CASH_STEP_MINOR_MAX = 100_000;

const REASON = plain(100);
const TAX_NAME = plain(32);
const PREPAID_REFERENCE = plain(64);
const UNIT: TextRule = [/^[A-Z0-9]{2,3}$/, 'a code of UN/ECE Recommendation 20, such as KGM'];
const AMOUNT = [0, AMOUNT_MINOR_MAX] as const;

/** The parts of an order of version 2 that say its prices. */
export const PRICE_PARTS = [
  'priceMode',
  'rounding',
  'lines',
  'allowances',
  'charges',
  'prepaid',
  'cashRounding',
  'expectedTotalMinor',
] as const;
export const LINE_PARTS = [
  'sku',
  'description',
  'quantity',
  'unit',
  'unitPrice',
  'allowances',
  'charges',
  'taxes',
  'given',
  'expectedTotalMinor',
] as const;

export const readPrices = (
  order: DraftParts,
  reader: DraftReader,
): Omit<PriceTerms, 'currency'> => {
  const { priceMode, rounding = 'line', cashRounding, expectedTotalMinor } = order;
  const readLine = (value: unknown, path: string) => lineOf(value, path, reader);
  const readCharge = (value: unknown, path: string) => chargeOf(value, path, reader);
  const readPrepaid = (value: unknown, path: string) => prepaidOf(value, path, reader);
  return {
    priceMode: reader.oneOf(priceMode, 'priceMode', PRICE_MODES),
    rounding: reader.oneOf(rounding, 'rounding', ROUNDINGS),
    lines: reader.list(order['lines'], 'lines', { min: 1, max: LINES_MAX, read: readLine }),
    allowances: adjustmentsOf(order['allowances'], 'allowances', reader),
    charges: reader.list(order['charges'], 'charges', { max: CHARGES_MAX, read: readCharge }),
    prepaid: reader.list(order['prepaid'], 'prepaid', { max: PREPAID_MAX, read: readPrepaid }),
    ...(cashRounding !== undefined && {
      cashRounding: {
        stepMinor: reader.whole(
          reader.object(cashRounding, 'cashRounding', ['stepMinor'])['stepMinor'],
          'cashRounding.stepMinor',
          [1, CASH_STEP_MINOR_MAX],
        ),
      },
    }),
    ...(expectedTotalMinor !== undefined && {
      expectedTotalMinor: reader.whole(expectedTotalMinor, 'expectedTotalMinor', AMOUNT),
    }),
  };
};

const lineOf = (value: unknown, path: string, reader: DraftReader): OrderLine => {
  const line = reader.object(value, path, LINE_PARTS);
  const { given, expectedTotalMinor } = line;
  return {
    sku: reader.text(line['sku'], `${path}.sku`, SKU),
    description: reader.text(line['description'], `${path}.description`, DESCRIPTION),
    quantity: reader.decimal(line['quantity'], `${path}.quantity`, {
      decimalsMax: QUANTITY_DECIMALS_MAX,
      isAboveZero: true,
      max: QUANTITY_MAX,
      isNumberToo: true,
    }),
    unit: reader.optionalText(line['unit'], `${path}.unit`, UNIT),
    unitPrice: reader.decimal(line['unitPrice'], `${path}.unitPrice`, {
      decimalsMax: UNIT_PRICE_DECIMALS_MAX,
    }),
    allowances: adjustmentsOf(line['allowances'], `${path}.allowances`, reader),
    charges: adjustmentsOf(line['charges'], `${path}.charges`, reader, CHARGE_PERCENT_MAX),
    taxes: taxesOf(line['taxes'], `${path}.taxes`, reader),
    ...(given !== undefined && { given: givenOf(given, `${path}.given`, reader) }),
    ...(expectedTotalMinor !== undefined && {
      expectedTotalMinor: reader.whole(expectedTotalMinor, `${path}.expectedTotalMinor`, AMOUNT),
    }),
  };
};

const givenOf = (value: unknown, path: string, reader: DraftReader): GivenAmounts => {
  const given = reader.object(value, path, ['netMinor', 'taxMinor', 'grossMinor']);
  const amount = (name: string) => reader.whole(given[name], `${path}.${name}`, AMOUNT);
  return {
    netMinor: amount('netMinor'),
    taxMinor: amount('taxMinor'),
    grossMinor: amount('grossMinor'),
  };
};

/** The maximum percentage of a charge. An allowance cannot exceed its base, and a charge may. */
const CHARGE_PERCENT_MAX = 1_000;

const adjustmentsOf = (
  value: unknown,
  path: string,
  reader: DraftReader,
  percentMax = 100,
): readonly Adjustment[] =>
  reader.list(value, path, {
    max: ADJUSTMENTS_MAX,
    read: (one, at): Adjustment => {
      const found = reader.object(one, at, ['reason', 'percent', 'amountMinor']);
      const { percent, amountMinor } = found;
      const reason = reader.text(found['reason'], `${at}.reason`, REASON);
      if ((percent === undefined) === (amountMinor === undefined)) {
        reader.report(at, 'has not exactly one of percent and amountMinor');
      }
      return percent === undefined
        ? { reason, amountMinor: reader.whole(amountMinor ?? 0, `${at}.amountMinor`, AMOUNT) }
        : {
            reason,
            percent: reader.decimal(percent, `${at}.percent`, {
              decimalsMax: RATE_DECIMALS_MAX,
              max: percentMax,
            }),
          };
    },
  });

/** Several taxes are all of the category `standard`, as an invoice has one category for a line. */
const taxesOf = (value: unknown, path: string, reader: DraftReader): readonly Tax[] => {
  const taxes = reader.list(value, path, {
    min: 1,
    max: TAXES_MAX,
    read: (one, at) => taxOf(one, at, reader),
  });
  if (taxes.length > 1 && taxes.some(({ category }) => category !== 'standard')) {
    reader.report(path, 'are several, and not all of the category standard');
  }
  if (new Set(taxes.map(({ name }) => name)).size < taxes.length) {
    reader.report(path, 'has a name twice');
  }
  return taxes;
};

const taxOf = (value: unknown, path: string, reader: DraftReader): Tax => {
  const tax = reader.object(value, path, ['name', 'category', 'rate', 'reason']);
  const category = reader.oneOf(tax['category'] ?? 'standard', `${path}.category`, TAX_CATEGORIES);
  const isStandard = category === 'standard';
  const rate = reader.decimal(tax['rate'] ?? (isStandard ? undefined : '0'), `${path}.rate`, {
    decimalsMax: RATE_DECIMALS_MAX,
    max: 100,
  });
  const isZero = /^[0.]+$/u.test(rate);
  if (isStandard && isZero) reader.report(`${path}.rate`, 'is 0, which is the category zero');
  if (!isStandard && rate !== '' && !isZero) {
    reader.report(`${path}.rate`, `is not 0, as it has to be in the category ${category}`);
  }
  const reason = reader.optionalText(tax['reason'], `${path}.reason`, REASON);
  // The law wants to know which exemption it is; the other categories say their reason themselves.
  if (category === 'exempt' && reason === '') {
    reader.report(`${path}.reason`, 'is missing: the invoice has to say why it is exempt');
  }
  return {
    name: reader.text(tax['name'], `${path}.name`, TAX_NAME),
    category,
    rate: isStandard ? rate : '0',
    reason,
  };
};

const chargeOf = (value: unknown, path: string, reader: DraftReader): OrderCharge => {
  const charge = reader.object(value, path, ['description', 'amountMinor', 'taxes']);
  return {
    description: reader.text(charge['description'], `${path}.description`, DESCRIPTION),
    amountMinor: reader.whole(charge['amountMinor'], `${path}.amountMinor`, AMOUNT),
    taxes: taxesOf(charge['taxes'], `${path}.taxes`, reader),
  };
};

const prepaidOf = (value: unknown, path: string, reader: DraftReader): Prepaid => {
  const prepaid = reader.object(value, path, ['type', 'reference', 'amountMinor']);
  return {
    type: reader.oneOf(prepaid['type'], `${path}.type`, PREPAID_TYPES),
    reference: reader.text(prepaid['reference'], `${path}.reference`, PREPAID_REFERENCE),
    amountMinor: reader.whole(prepaid['amountMinor'], `${path}.amountMinor`, [1, AMOUNT_MINOR_MAX]),
  };
};
