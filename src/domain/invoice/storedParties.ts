import type { Json } from '../codec.ts';
import {
  list,
  object,
  oneOf,
  optional,
  row,
  string,
  toOptional,
  toRow,
  whole,
  type Decoder,
} from '../decode.ts';
import { PREPAID_TYPES, type Prepaid } from '../money/index.ts';
import type { Address, Buyer, InvoiceTerms, Seller } from './parties.ts';

const ADDRESS_PARTS = {
  street: string,
  addition: string,
  postalCode: string,
  city: string,
  region: string,
  country: string,
} as const;
const address: Decoder<Address> = row(ADDRESS_PARTS);
const addressRow = toRow(ADDRESS_PARTS);

const storedBuyer = object({
  name: string,
  company: string,
  address,
  delivery: optional(address),
  vatId: string,
  electronicAddress: string,
});

export const buyer: Decoder<Buyer> = (value, path) =>
  storedBuyer(value, path).map(({ delivery, ...rest }) => ({
    ...rest,
    ...(delivery && { delivery }),
  }));

export const toStoredBuyer = ({ address: at, delivery, ...rest }: Buyer): Json => ({
  ...rest,
  address: addressRow(at),
  delivery: toOptional(delivery, addressRow),
});

const NOWHERE: Address = {
  street: '',
  addition: '',
  postalCode: '',
  city: '',
  region: '',
  country: '',
};

/** Stands for a buyer who is not to be known: only this text is left, as a name. */
export const unknownBuyer = (name: string): Buyer => ({
  name,
  company: '',
  address: NOWHERE,
  vatId: '',
  electronicAddress: '',
});

export const seller: Decoder<Seller> = object({
  name: string,
  address,
  vatId: string,
  taxNumber: string,
  registration: string,
  email: string,
  phone: string,
  bankName: string,
  iban: string,
  bic: string,
  electronicAddress: string,
  footer: string,
});

export const toStoredSeller = ({ address: at, ...rest }: Seller): Json => ({
  ...rest,
  address: addressRow(at),
});

const TERMS_PARTS = {
  orderReference: string,
  buyerReference: string,
  supplyDate: string,
  paymentTerms: string,
} as const;
export const invoiceTerms: Decoder<InvoiceTerms> = row(TERMS_PARTS);
export const invoiceTermsRow: (terms: InvoiceTerms) => Json = toRow(TERMS_PARTS);

export const prepaid: Decoder<readonly Prepaid[]> = list(
  row({ type: oneOf(...PREPAID_TYPES), reference: string, amountMinor: whole }),
);
export const prepaidRows = (of: readonly Prepaid[]): readonly Json[] =>
  of.map(({ type, reference, amountMinor }) => [type, reference, amountMinor]);
