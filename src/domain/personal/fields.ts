import type { Json } from '../codec.ts';
import { toStoredBuyer, unknownBuyer } from '../invoice/index.ts';
import type { Marker } from './markers.ts';

/**
 * Which of a customer's keys encrypts the personal data of an event: that for everything by which
 * the shop reaches and knows the customer, or that for what the law wants to be kept longer.
 */
export type KeyPurpose = 'contact' | 'invoice';

type Field = (marker: Marker) => Json;
type PersonalFields = {
  readonly purpose: KeyPurpose;
  /** By its path in the data as it is stored, in any version of the event. */
  readonly fields: Readonly<Record<string, Field>>;
};

const text: Field = (marker) => marker;
const buyer: Field = (marker) => toStoredBuyer(unknownBuyer(marker));

/**
 * Everything personal that is stored, in this one place (docs/privacy.md). A fingerprint is among
 * it: with the rest of the order before them, anyone could try addresses until one matches.
 */
const PERSONAL: Readonly<Record<string, PersonalFields>> = {
  OrderPlaced: {
    purpose: 'contact',
    fields: { 'customer.1': text, 'buyer.0': buyer, fingerprint: text },
  },
  InvoiceIssued: { purpose: 'invoice', fields: { 'buyer.0': buyer } },
  OrderRefused: { purpose: 'contact', fields: { email: text, fingerprint: text } },
  // A secret, not personal: whoever has it can pay.
  PaymentAuthenticationAwaited: { purpose: 'contact', fields: { link: text } },
  CustomerEmailCorrected: { purpose: 'contact', fields: { email: text } },
};

export const personalFieldsOf = (type: string): PersonalFields | undefined =>
  Object.hasOwn(PERSONAL, type) ? PERSONAL[type] : undefined;
