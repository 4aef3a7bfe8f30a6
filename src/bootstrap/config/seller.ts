import type { Seller } from '../../domain/invoice/parties.ts';
import type { SettingName, Settings } from './settings.ts';

export const SELLER_SETTINGS = [
  'SELLER_NAME',
  'SELLER_STREET',
  'SELLER_ADDITION',
  'SELLER_POSTAL_CODE',
  'SELLER_CITY',
  'SELLER_REGION',
  'SELLER_COUNTRY',
  'SELLER_VAT_ID',
  'SELLER_TAX_NUMBER',
  'SELLER_REGISTRATION',
  'SELLER_EMAIL',
  'SELLER_PHONE',
  'SELLER_BANK_NAME',
  'SELLER_IBAN',
  'SELLER_BIC',
  'SELLER_ELECTRONIC_ADDRESS',
  'SELLER_FOOTER',
] as const satisfies readonly SettingName[];

export type SellerSettings = Pick<Settings, (typeof SELLER_SETTINGS)[number]>;

/** Without these an invoice names nobody (Directive 2006/112/EC, article 226, number 5). */
export const SELLER_NEEDS = [
  'SELLER_NAME',
  'SELLER_STREET',
  'SELLER_POSTAL_CODE',
  'SELLER_CITY',
  'SELLER_COUNTRY',
] as const;

/** The seller, as it is frozen into each invoice; undefined if the settings name none. */
export const sellerOf = (settings: SellerSettings): Seller | undefined => {
  const { SELLER_NAME: name } = settings;
  if (name === undefined) return undefined;
  const { SELLER_STREET: street = '', SELLER_ADDITION: addition = '' } = settings;
  const { SELLER_POSTAL_CODE: postalCode = '', SELLER_CITY: city = '' } = settings;
  const { SELLER_REGION: region = '', SELLER_COUNTRY: country = '' } = settings;
  return {
    name,
    address: { street, addition, postalCode, city, region, country },
    vatId: settings.SELLER_VAT_ID ?? '',
    taxNumber: settings.SELLER_TAX_NUMBER ?? '',
    registration: settings.SELLER_REGISTRATION ?? '',
    email: settings.SELLER_EMAIL ?? '',
    phone: settings.SELLER_PHONE ?? '',
    bankName: settings.SELLER_BANK_NAME ?? '',
    iban: settings.SELLER_IBAN ?? '',
    bic: settings.SELLER_BIC ?? '',
    electronicAddress: settings.SELLER_ELECTRONIC_ADDRESS ?? '',
    footer: settings.SELLER_FOOTER ?? '',
  };
};
