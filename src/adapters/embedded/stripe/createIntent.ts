import { err, ok, Result } from 'neverthrow';
import { chargeRulesOf } from './chargeRules.ts';
import { checkOwner, type SavedMethods } from './customers.ts';
import { invalid, type StripeAnswer } from './errors.ts';
import {
  missing,
  noSuchMethod,
  onlyKnown,
  parseMetadata,
  type Metadata,
  type Parameters,
} from './parameters.ts';
import { behaviourAtCheckout, behaviourOf, type Behaviour } from './paymentMethods.ts';

export type CreateIntent = {
  readonly amount: number;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly behaviour: Behaviour;
  readonly customer: string | null;
  /** Whether a request of its own captures the payment. */
  readonly isManual: boolean;
  readonly metadata: Metadata;
  readonly description: string | null;
};

const KNOWN: ReadonlySet<string> = new Set([
  'automatic_payment_methods',
  'amount',
  'currency',
  'confirm',
  'off_session',
  'payment_method',
  'payment_method_types',
  'capture_method',
  'customer',
  'mandate',
  'metadata',
  'description',
]);

/** Mistakes are reported before anything is executed, and never stored under the key. */
export const parseCreateIntent = (
  parameters: Parameters,
  saved: SavedMethods,
): Result<CreateIntent, StripeAnswer> =>
  onlyKnown(parameters, KNOWN)
    .andThen(parseConfirmation)
    .andThen((confirmation) =>
      Result.combine([
        parseMoney(parameters),
        parseMethod(parameters, saved),
        parseMetadata(parameters),
      ]).map(([money, method, metadata]) => ({ ...money, ...method, metadata, ...confirmation })),
    );

/** Paidonce asks off session. A shop, whose customer is there, does not. */
export const isOffSession = ({ off_session: offSession }: Parameters): boolean =>
  offSession === 'true';

const CAPTURE_METHODS: readonly unknown[] = ['automatic', 'automatic_async', 'manual'];

const parseConfirmation = (
  parameters: Parameters,
): Result<Pick<CreateIntent, 'description' | 'isManual'>, StripeAnswer> => {
  const { confirm, description, capture_method: method = 'automatic_async' } = parameters;
  if (confirm !== 'true') {
    return err(invalid('This sandbox only confirms at creation: pass confirm.', 'confirm'));
  }
  if (!CAPTURE_METHODS.includes(method)) {
    const names = CAPTURE_METHODS.join(', ');
    return err(invalid(`Invalid capture_method: must be one of ${names}`, 'capture_method'));
  }
  return ok({
    description: typeof description === 'string' ? description : null,
    isManual: method === 'manual',
  });
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
  saved: SavedMethods,
): Result<Pick<CreateIntent, 'paymentMethod' | 'behaviour' | 'customer'>, StripeAnswer> => {
  const { payment_method: paymentMethod, payment_method_types: types } = parameters;
  if (typeof paymentMethod !== 'string' || paymentMethod === '') return missing('payment_method');
  const automatic: unknown = parameters['automatic_payment_methods'];
  if (types !== undefined && automatic !== undefined) {
    return err(invalid('Give one of the two.', 'automatic_payment_methods'));
  }
  if (types !== undefined && !Object.values(Object(types)).includes('card')) {
    return err(invalid('This sandbox only has cards.', 'payment_method_types'));
  }
  const behaviour = behaviourOf(saved.sourceOf(paymentMethod));
  if (behaviour === undefined) return err(noSuchMethod(paymentMethod));
  return checkOwner(parameters, paymentMethod, saved).map((customer) => ({
    paymentMethod,
    customer,
    behaviour: isOffSession(parameters) ? behaviour : behaviourAtCheckout(behaviour),
  }));
};
