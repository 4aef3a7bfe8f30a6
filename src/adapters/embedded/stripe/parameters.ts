import { createHash } from 'node:crypto';
import { err, ok, Result } from 'neverthrow';
import qs from 'qs';
import { chargeRulesOf } from './chargeRules.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import { behaviourOf, type Behaviour } from './paymentMethods.ts';

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

export type CreateIntent = {
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly behaviour: Behaviour;
  readonly metadata: Metadata;
  readonly description: string | null;
};

const KNOWN: ReadonlySet<string> = new Set([
  'amount',
  'currency',
  'confirm',
  'off_session',
  'payment_method',
  'payment_method_types',
  'metadata',
  'description',
]);

/** Mistakes are reported before anything is executed, and never stored under the key. */
export const parseCreateIntent = (parameters: Parameters): Result<CreateIntent, StripeAnswer> =>
  onlyKnown(parameters, KNOWN)
    .andThen(parseConfirmation)
    .andThen((description) =>
      Result.combine([
        parseMoney(parameters),
        parseMethod(parameters),
        parseMetadata(parameters),
      ]).map(([money, method, metadata]) => ({ ...money, ...method, metadata, description })),
    );

const parseConfirmation = (parameters: Parameters): Result<string | null, StripeAnswer> => {
  const { confirm, off_session: offSession, description } = parameters;
  if (confirm === 'true' && offSession === 'true') {
    return ok(typeof description === 'string' ? description : null);
  }
  const message =
    'This sandbox only confirms at creation and off-session: pass confirm and off_session.';
  return err(invalid(message, confirm === 'true' ? 'off_session' : 'confirm'));
};

const refuse = (message: string, code: string): Result<never, StripeAnswer> =>
  err(invalid(message, 'amount', code));

const parseMoney = (
  parameters: Parameters,
): Result<{ readonly amount: number; readonly currency: string }, StripeAnswer> => {
  const { amount: text, currency } = parameters;
  if (typeof text !== 'string' || text === '') return missing('amount');
  if (typeof currency !== 'string' || currency === '') return missing('currency');
  const rules = chargeRulesOf(currency);
  if (rules === undefined) return err(invalid(`Invalid currency: ${currency}.`, 'currency'));
  if (!/^-?\d{1,15}$/.test(text)) {
    return refuse(`Invalid integer: ${text}`, 'parameter_invalid_integer');
  }
  const amount = Number(text);
  const { step, least, most } = rules;
  if (amount < 1) {
    return refuse('This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  }
  if (amount < least) {
    return refuse(`Amount must be at least ${least} ${currency}`, 'amount_too_small');
  }
  if (amount > most) {
    return refuse(`Amount must be no more than ${most} ${currency}`, 'amount_too_large');
  }
  return amount % step === 0
    ? ok({ amount, currency })
    : refuse(`Amounts in ${currency} must be a multiple of ${step}`, 'parameter_invalid_integer');
};

const parseMethod = (
  parameters: Parameters,
): Result<{ readonly paymentMethod: string; readonly behaviour: Behaviour }, StripeAnswer> => {
  const { payment_method: paymentMethod, payment_method_types: types } = parameters;
  if (typeof paymentMethod !== 'string' || paymentMethod === '') return missing('payment_method');
  if (types !== undefined && !Object.values(Object(types)).includes('card')) {
    return err(invalid('This sandbox only has cards.', 'payment_method_types'));
  }
  const behaviour = behaviourOf(paymentMethod);
  return behaviour === undefined
    ? err(noSuchMethod(paymentMethod))
    : ok({ paymentMethod, behaviour });
};

export const noSuchMethod = (paymentMethod: string): StripeAnswer =>
  invalid(`No such PaymentMethod: '${paymentMethod}'`, 'payment_method', 'resource_missing');
