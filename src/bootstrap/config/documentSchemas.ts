import * as z from 'zod';
import { isTimeZone, isYearStart } from '../../domain/calendar.ts';
import { COUNTRY_CODE } from '../../domain/invoice/parties.ts';
import { isMailAddress } from '../../domain/mailAddress.ts';
import { STEERING } from '../../domain/plainText.ts';
import { numberFormat, seriesName } from './settingTypes.ts';

const TEXT_CHARACTERS_MAX = 200;
const PLAIN = new RegExp(`^[^${STEERING}]{1,${TEXT_CHARACTERS_MAX}}$`, 'u');

/** One line that stands on the documents as it is. */
const plainText = (title: string) =>
  z
    .string()
    .regex(PLAIN, `is not one line of at most ${TEXT_CHARACTERS_MAX} plain characters`)
    .optional()
    .describe('Set it to what invoices are to show, or take it away.')
    .meta({ title });

const matching = (title: string, pattern: RegExp, wrong: string, example: string) =>
  z
    .string()
    .regex(pattern, wrong)
    .optional()
    .describe(`Set it to a value such as ${example}, or take it away.`)
    .meta({ title });

/** An IBAN has digits and capitals of a country, whose remainder by 97 is 1 (ISO 13616). */
const isIban = (text: string): boolean => {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/u.test(text)) return false;
  const digits = (text.slice(4) + text.slice(0, 4)).replaceAll(/[A-Z]/gu, (letter) =>
    String(Number.parseInt(letter, 36)),
  );
  return BigInt(digits) % 97n === 1n;
};

/** The settings for numbering and dating documents, and for the seller that they name. */
export const documentSchemas = {
  INVOICE_SERIES: seriesName('INV', 'series in which invoices are numbered'),
  INVOICE_NUMBER_FORMAT: numberFormat('how the number of an invoice is printed'),
  CREDIT_NOTE_SERIES: seriesName('CN', 'series in which credit notes are numbered'),
  CREDIT_NOTE_NUMBER_FORMAT: numberFormat('how the number of a credit note is printed'),
  INVOICE_TIME_ZONE: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'is not the name of a time zone')
    .describe('Set it to a name such as Europe/Berlin, or take it away for UTC.')
    .meta({ title: 'time zone of the dates and years of documents' }),
  INVOICE_YEAR_START: z
    .string()
    .default('01-01')
    .refine(isYearStart, 'is not a month and day that each year has')
    .describe('Set it to a month and day such as 07-01, or take it away for 01-01.')
    .meta({ title: 'first day of the year in which documents are numbered' }),
  INVOICE_FONTS: z
    .string()
    .regex(/^[^,]{1,500}(?:,[^,]{1,500}){0,9}$/u, 'is not a list of 1 to 10 files')
    .transform((text) => text.split(','))
    .optional()
    .describe('Set it to paths of font files, parted by commas, or take it away.')
    .meta({ title: 'font files for characters that the built-in font of PDFs lacks' }),

  SELLER_NAME: plainText('who sells, as the law wants the name'),
  SELLER_STREET: plainText('street and house of the seller'),
  SELLER_ADDITION: plainText('second line of that address'),
  SELLER_POSTAL_CODE: plainText('postal code of the seller'),
  SELLER_CITY: plainText('city of the seller'),
  SELLER_REGION: plainText('province or state of the seller'),
  SELLER_COUNTRY: matching(
    'country of the seller',
    COUNTRY_CODE,
    'is not a country of two capitals',
    'DE',
  ),
  SELLER_VAT_ID: matching(
    'VAT identifier of the seller',
    /^[A-Z]{2}[A-Z0-9+*. -]{2,20}$/u,
    'is not a VAT identifier that begins with its country',
    'DE123456789',
  ),
  SELLER_TAX_NUMBER: plainText('number of the seller at the tax office'),
  SELLER_REGISTRATION: plainText('register and number of the seller'),
  SELLER_EMAIL: z
    .string()
    .refine(isMailAddress, 'is not one plain mail address')
    .optional()
    .describe('Set it to an address such as billing@example.com, or take it away.')
    .meta({ title: 'mail address of the seller for questions' }),
  SELLER_PHONE: plainText('telephone of the seller for questions'),
  SELLER_BANK_NAME: plainText('bank of the seller'),
  SELLER_IBAN: z
    .string()
    .transform((text) => text.replaceAll(' ', ''))
    .refine(isIban, 'is not an IBAN whose check digits are right')
    .optional()
    .describe('Set it to the IBAN of the account, or take it away.')
    .meta({ title: 'account of the seller' }),
  SELLER_BIC: matching(
    'BIC of that bank',
    /^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/u,
    'is not a BIC of 8 or 11 characters',
    'COLSDE33',
  ),
  SELLER_ELECTRONIC_ADDRESS: matching(
    'participant identifier of the seller in Peppol',
    /^\d{4}:[^\s:]{1,50}$/u,
    'is not a scheme of four digits and a value, with a colon between',
    '0088:4012345000009',
  ),
  SELLER_FOOTER: plainText('line at the foot of each page'),
};
