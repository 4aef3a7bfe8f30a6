import type { Json, JsonObject } from '../codec.ts';
import { toStoredBuyer, unknownBuyer } from '../invoice/index.ts';
import type { Marker } from './markers.ts';

/**
 * The customer's key that encrypts the personal data of an event: one for everything by which the
 * shop reaches and knows the customer, and one for what the law wants to be kept longer.
 */
export type KeyPurpose = 'contact' | 'invoice';

type Field = (marker: Marker) => Json;
type PersonalFields = {
  readonly purpose: KeyPurpose;
  /** The fields by their paths in the data as it is stored, in any version of the event. */
  readonly fields: Readonly<Record<string, Field>>;
};

const text: Field = (marker) => marker;
const buyer: Field = (marker) => toStoredBuyer(unknownBuyer(marker));

/**
 * All personal data that is stored, in this one place (docs/privacy.md). A fingerprint is included:
 * with the rest of the order, anyone could try addresses until one matches.
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

const personalFieldsOf = (type: string): PersonalFields | undefined =>
  Object.hasOwn(PERSONAL, type) ? PERSONAL[type] : undefined;

/** Personal values by their paths in an event's data. */
export type PersonalValues = Readonly<Record<string, Json>>;

/** The personal data of a stored event, encrypted. */
export type SealedData = {
  /** An `Owner`, as it is stored. */
  readonly owner: string;
  /** The name of the key among the owner's, with its generation: `contact#1`. */
  readonly key: string;
  readonly paths: readonly string[];
  /** The values as JSON, encrypted, in base64url. */
  readonly text: string;
};

type Encoded = { readonly type: string; readonly data: JsonObject };

/** The personal values in an event; undefined where there are none, such as an empty address. */
export const personalIn = ({
  type,
  data,
}: Encoded): { readonly purpose: KeyPurpose; readonly values: PersonalValues } | undefined => {
  const personal = personalFieldsOf(type);
  if (personal === undefined) return undefined;
  const found = Object.keys(personal.fields)
    .map((path) => [path, valueAt(data, path)] as const)
    .filter(([, value]) => value !== undefined && value !== null && value !== '');
  return found.length === 0
    ? undefined
    : { purpose: personal.purpose, values: Object.fromEntries(found) as PersonalValues };
};

/** The data with markers in place of what is encrypted; undefined for an unknown path. */
export const marked = (
  { type, data }: Encoded,
  paths: readonly string[],
  marker: Marker,
): JsonObject | undefined => {
  const fields = personalFieldsOf(type)?.fields ?? {};
  const values: Record<string, Json> = {};
  for (const path of paths) {
    const field = Object.hasOwn(fields, path) ? fields[path] : undefined;
    if (field === undefined || valueAt(data, path) === undefined) return undefined;
    values[path] = field(marker);
  }
  return withValues(data, values);
};

/** The data with other values at these paths, everything in the same order. */
export const withValues = (data: JsonObject, values: PersonalValues): JsonObject => {
  let changed: Json = data;
  for (const [path, value] of Object.entries(values)) {
    changed = withValue(changed, path.split('.'), value);
  }
  return changed as JsonObject;
};

const withValue = (data: Json, [name, ...rest]: readonly string[], value: Json): Json => {
  if (name === undefined) return value;
  if (typeof data !== 'object' || data === null) return data;
  if (Array.isArray(data)) {
    return data.map((part: Json, at) =>
      String(at) === name ? withValue(part, rest, value) : part,
    );
  }
  const parts = data as JsonObject;
  if (!Object.hasOwn(parts, name)) return data;
  return { ...parts, [name]: withValue(parts[name] as Json, rest, value) };
};

const valueAt = (data: Json, path: string): Json | undefined => {
  let value: Json | undefined = data;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as JsonObject)[name];
  }
  return value;
};
