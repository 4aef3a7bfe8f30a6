import { defined } from '../../defined.ts';

/** An HTTP answer in Stripe's form. */
export type StripeAnswer = {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ErrorFacts = {
  readonly status: number;
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
};

/** https://docs.stripe.com/api/errors */
export const errorAnswer = ({ status, ...facts }: ErrorFacts, more: object = {}): StripeAnswer => {
  const docs = facts.code && {
    doc_url: `https://stripe.com/docs/error-codes/${facts.code.replaceAll('_', '-')}`,
  };
  return { status, body: { error: { ...docs, ...facts, ...more } } };
};

export const invalid = (message: string, param?: string, code?: string): StripeAnswer =>
  errorAnswer({
    status: 400,
    type: 'invalid_request_error',
    message,
    ...defined({ code, param }),
  });

/** `param` is the last part of Stripe's name of the kind: `intent` in `payment_intent`. */
export const notFound = (kind: ObjectKind, id: string): StripeAnswer =>
  errorAnswer({
    status: 404,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param: kind === 'payment_intent' ? 'intent' : 'id',
  });

export type ObjectKind = 'payment_intent' | 'refund' | 'charge' | 'customer' | 'dispute' | 'event';

/** For an object that a request refers to; `notFound` is for the one that it is addressed to. */
export const noSuch = (kind: ObjectKind | 'mandate', id: string): StripeAnswer =>
  invalid(`No such ${kind}: '${id}'`, kind, 'resource_missing');

export const inUse = (key: string): StripeAnswer =>
  errorAnswer({
    status: 409,
    type: 'invalid_request_error',
    code: 'idempotency_key_in_use',
    message:
      'There is currently another in-progress request using this Idempotent Key (that probably ' +
      'means you submitted twice, and the other request is still going through): ' +
      `${key}. Please try again later.`,
  });

export const otherParameters = (key: string): StripeAnswer =>
  errorAnswer({
    status: 400,
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used with the same parameters they were first ' +
      `used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });

export const otherEndpoint = (key: string, first: string, now: string): StripeAnswer =>
  errorAnswer({
    status: 400,
    type: 'idempotency_error',
    message:
      'Keys for idempotent requests can only be used for the same endpoint they were first ' +
      `used for ('${now}' vs '${first}'). Try using a key other than '${key}' if you meant to ` +
      'execute a different request.',
  });

/** https://docs.stripe.com/rate-limits */
export const rateLimited: StripeAnswer = {
  ...errorAnswer({
    status: 429,
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Request rate limit exceeded.',
  }),
  headers: { 'retry-after': '1', 'stripe-rate-limited-reason': 'global-rate' },
};

export const serverError: StripeAnswer = errorAnswer({
  status: 500,
  type: 'api_error',
  message: 'An unknown error occurred.',
});

export const full: StripeAnswer = errorAnswer({
  status: 500,
  type: 'api_error',
  message: 'The sandbox is full: start it in an empty folder.',
});
