import { err, ok, Result } from 'neverthrow';
import { errorAnswer, invalid, noSuch, type StripeAnswer } from './errors.ts';
import { newId } from './ids.ts';
import {
  missing,
  noSuchMethod,
  onlyKnown,
  optionalText,
  parseMetadata,
  type Metadata,
  type Parameters,
} from './parameters.ts';
import { behaviourOf } from './paymentMethods.ts';

/** The fields of a Customer that the sandbox itself reads; the others are for clients. */
export type StoredCustomer = { readonly id: string; readonly object: 'customer' };

/** A saved payment method, which only its customer pays with. */
export type StoredMethod = {
  readonly id: string;
  readonly object: 'payment_method';
  readonly customer: string;
  /** `sandbox_method` is the test method that it behaves as. */
  readonly metadata: Metadata;
};

/** The customers of an account and the methods that are saved for them. */
export type SavedMethods = {
  hasCustomer(id: string): boolean;
  savedMethod(id: string): StoredMethod | undefined;
  /** The test method that a saved one behaves as; any other is itself. */
  sourceOf(method: string): string;
};

export const isCustomer = (body: object): body is StoredCustomer =>
  (body as { object?: unknown }).object === 'customer';

export const isMethod = (body: object): body is StoredMethod =>
  (body as { object?: unknown }).object === 'payment_method';

const CUSTOMER_PARAMETERS: ReadonlySet<string> = new Set([
  'description',
  'email',
  'metadata',
  'name',
]);

/** https://docs.stripe.com/api/customers/create */
export const createCustomer = (
  parameters: Parameters,
): Result<(atMs: number) => StripeAnswer, StripeAnswer> =>
  onlyKnown(parameters, CUSTOMER_PARAMETERS)
    .andThen(parseMetadata)
    .map((metadata) => (atMs) => {
      const { description = null, email = null, name = null } = parameters;
      const facts = { description, email, name, metadata };
      const created = Math.floor(atMs / 1_000);
      const body = { id: newId('cus'), object: 'customer', created, livemode: false, ...facts };
      return { status: 200, body };
    });

/**
 * Saves a test method for a customer (https://docs.stripe.com/api/payment_methods/attach). As at
 * Stripe, what is saved has an id of its own, since everybody uses the test methods.
 */
export const attachMethod = (
  source: string,
  parameters: Parameters,
  saved: SavedMethods,
): Result<(atMs: number) => StripeAnswer, StripeAnswer> =>
  onlyKnown(parameters, new Set(['customer'])).andThen(({ customer }) => {
    if (typeof customer !== 'string' || customer === '') return missing('customer');
    if (!saved.hasCustomer(customer)) return err(noSuch('customer', customer));
    if (behaviourOf(source) === undefined) return err(noSuchMethod(source));
    return ok((atMs: number) => ({ status: 200, body: methodOf(source, customer, atMs) }));
  });

const methodOf = (source: string, customer: string, atMs: number): object => ({
  id: newId('pm'),
  object: 'payment_method',
  billing_details: { address: null, email: null, name: null, phone: null },
  card: { brand: 'visa', exp_month: 12, exp_year: 2034, funding: 'credit', last4: '4242' },
  created: Math.floor(atMs / 1_000),
  customer,
  livemode: false,
  metadata: { sandbox_method: source },
  type: 'card',
});

/** The one mandate that a saved method has: Stripe makes it when the method is set up. */
const mandateOf = (paymentMethod: string): string => paymentMethod.replace(/^pm_/, 'mandate_');

/**
 * Method, customer and mandate of a charge have to belong together. Words, parameters and codes are
 * Stripe's, `source` included.
 */
export const checkOwner = (
  parameters: Parameters,
  paymentMethod: string,
  saved: SavedMethods,
): Result<string | null, StripeAnswer> =>
  Result.combine([
    optionalText(parameters, 'customer'),
    optionalText(parameters, 'mandate'),
  ]).andThen(([customer, mandate]) => {
    const known = saved.savedMethod(paymentMethod);
    if (customer !== undefined && !saved.hasCustomer(customer)) {
      return err(noSuch('customer', customer));
    }
    if (known !== undefined && customer === undefined) return err(customerMissing(known));
    if (known !== undefined && known.customer !== customer) return err(ofAnother(known, customer));
    return mandate === undefined || (known !== undefined && mandate === mandateOf(known.id))
      ? ok(customer ?? null)
      : err(mandateInvalid);
  });

const customerMissing = ({ id, customer }: StoredMethod): StripeAnswer =>
  invalid(
    `The \`payment_method\` parameter supplied ${id} belongs to the Customer ${customer}. ` +
      'Please include the Customer in the `customer` parameter on the PaymentIntent.',
    'source',
    'parameter_missing',
  );

const ofAnother = ({ id }: StoredMethod, customer: string | undefined): StripeAnswer =>
  invalid(
    `The PaymentMethod ${id} does not belong to the Customer you supplied ${customer}. Please ` +
      'use this PaymentMethod with the Customer that it belongs to instead.',
    'payment_method',
  );

/** https://docs.stripe.com/error-codes#payment-intent-mandate-invalid */
const mandateInvalid = errorAnswer({
  status: 400,
  type: 'invalid_request_error',
  code: 'payment_intent_mandate_invalid',
  message: 'The provided mandate is invalid and can not be used for the payment intent.',
  param: 'mandate',
});
