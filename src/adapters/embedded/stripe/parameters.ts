import { createHash } from 'node:crypto';
import { err, ok, type Result } from 'neverthrow';
import qs from 'qs';
import { invalid, type StripeAnswer } from './errors.ts';

export type Parameters = Readonly<Record<string, unknown>>;
export type Metadata = Readonly<Record<string, string>>;

/** https://docs.stripe.com/api/metadata */
const METADATA_KEYS_MAX = 50;
const METADATA_KEY_CHARACTERS_MAX = 40;
const METADATA_VALUE_CHARACTERS_MAX = 500;

export const parseForm = (body: string): Parameters =>
  qs.parse(body, { depth: 3, parameterLimit: 200, plainObjects: true });

/** Stripe compares parameters and not bytes: their order and encoding do not matter. */
export const fingerprintOf = (body: string): string => {
  const pairs = [...new URLSearchParams(body)].map((pair) => JSON.stringify(pair)).toSorted();
  return createHash('sha256').update(pairs.join('\n')).digest('hex');
};

export const missing = (name: string): Result<never, StripeAnswer> =>
  err(invalid(`Missing required param: ${name}.`, name, 'parameter_missing'));

/** A parameter that may be absent. */
export const optionalText = (
  parameters: Parameters,
  name: string,
): Result<string | undefined, StripeAnswer> => {
  const value = parameters[name];
  return value === undefined || typeof value === 'string'
    ? ok(value)
    : err(invalid('Invalid string', name));
};

/** Refuses a parameter that Stripe, or this sandbox, does not know. */
export const onlyKnown = (
  parameters: Parameters,
  known: ReadonlySet<string>,
): Result<Parameters, StripeAnswer> => {
  const unknown = Object.keys(parameters).find((name) => !known.has(name));
  return unknown === undefined
    ? ok(parameters)
    : err(invalid(`Received unknown parameter: ${unknown}`, unknown, 'parameter_unknown'));
};

export const parseMetadata = (parameters: Parameters): Result<Metadata, StripeAnswer> => {
  const { metadata = {} } = parameters;
  const entries = typeof metadata === 'object' ? Object.entries(Object(metadata)) : undefined;
  const fits = entries?.every(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' &&
      entry[0].length <= METADATA_KEY_CHARACTERS_MAX &&
      entry[1].length <= METADATA_VALUE_CHARACTERS_MAX,
  );
  return entries !== undefined && fits === true && entries.length <= METADATA_KEYS_MAX
    ? ok(Object.fromEntries(entries) as Metadata)
    : err(invalid('Metadata has too many or too long entries.', 'metadata'));
};

export const noSuchMethod = (paymentMethod: string): StripeAnswer =>
  invalid(`No such PaymentMethod: '${paymentMethod}'`, 'payment_method', 'resource_missing');
