import { expect } from 'chai';
import type { Stripe } from 'stripe';

/** What the SDK throws, as the facts that a caller goes by; fails if it throws nothing. */
export const failureOf = (asked: Promise<unknown>): Promise<object> =>
  asked.then(
    () => expect.fail('it was taken'),
    ({ statusCode, rawType, code, decline_code, param }: Stripe.errors.StripeError) => ({
      statusCode,
      rawType,
      ...(code && { code }),
      ...(decline_code && { decline_code }),
      ...(param && { param }),
    }),
  );
