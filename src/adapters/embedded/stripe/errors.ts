/** An HTTP answer as Stripe would give it. */
export type Answer = { readonly status: number; readonly body: object };

export type ErrorFacts = {
  readonly status: number;
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: string;
  readonly param?: string;
};

/** https://docs.stripe.com/api/errors */
export const errorAnswer = ({ status, ...facts }: ErrorFacts, more: object = {}): Answer => {
  const docs = facts.code && {
    doc_url: `https://stripe.com/docs/error-codes/${facts.code.replaceAll('_', '-')}`,
  };
  return { status, body: { error: { ...docs, ...facts, ...more } } };
};

export const invalid = (message: string, param?: string, code?: string): Answer =>
  errorAnswer({
    status: 400,
    type: 'invalid_request_error',
    message,
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  });

export const notFound = (kind: string, id: string): Answer =>
  errorAnswer({
    status: 404,
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${kind}: '${id}'`,
    param: 'intent',
  });
