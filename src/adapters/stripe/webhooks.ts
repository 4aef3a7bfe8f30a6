import { err, ok, Result, ResultAsync } from 'neverthrow';
import { Stripe } from 'stripe';
import type {
  WebhookCall,
  WebhookReader,
  NotSigned,
} from '../../application/ports/gatewayEvents.ts';
import type { LiveSecret } from '../../application/ports/liveSecret.ts';
import { notAnEvent, readEvent } from './events.ts';

/** Stripe's own libraries have the same: https://docs.stripe.com/webhooks/signature. */
const TOLERANCE_SECONDS = 300;

/**
 * Calls of a webhook endpoint of Stripe. Each endpoint has a secret of its own, and one that is
 * rolled has two for a day, so that any of several secrets will do. A call that none of them has
 * signed is checked once more where there are others since.
 */
export const createStripeWebhooks = (secrets: LiveSecret<readonly string[]>): WebhookReader => ({
  receive: (call) => new ResultAsync(checkTwice(call, secrets)).andThen(() => eventIn(call.body)),
});

const checkTwice = async (
  call: WebhookCall,
  secrets: LiveSecret<readonly string[]>,
): Promise<Result<void, NotSigned>> => {
  const checked = checkSignature(call, secrets.current());
  const isByAnother = checked.isErr() && checked.error.why === OF_NO_SECRET;
  if (!isByAnother || !(await secrets.refresh())) return checked;
  return checkSignature(call, secrets.current());
};

const eventIn = (body: Uint8Array) =>
  parse(body)
    .mapErr(() => notAnEvent('the body is not JSON'))
    .andThen(readEvent);

const parse = Result.fromThrowable((body: Uint8Array): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)),
);

const checkSignature = (
  { body, signature, receivedAt }: WebhookCall,
  secrets: readonly string[],
): Result<void, NotSigned> => {
  if (signature === undefined) return err(notSigned('there is no signature'));
  const failures = secrets.map((secret) => whyNotSigned(body, signature, { secret, receivedAt }));
  const isSigned = failures.includes(undefined);
  if (!isSigned) return err(notSigned(failures.find((why) => why === TOO_OLD) ?? OF_NO_SECRET));
  // The library takes any time in the future.
  const signedAt = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(signature)?.[1]) * 1_000;
  return signedAt - receivedAt > TOLERANCE_SECONDS * 1_000
    ? err(notSigned('the signature is of a time to come'))
    : ok();
};

const OF_NO_SECRET = 'the signature is of no secret that is known here';
const TOO_OLD = 'the signature is too old';

const whyNotSigned = (
  body: Uint8Array,
  signature: string,
  { secret, receivedAt }: { readonly secret: string; readonly receivedAt: number },
): string | undefined => {
  const { webhooks } = Stripe;
  const verify = Result.fromThrowable(() =>
    webhooks.signature?.verifyHeader(
      Buffer.from(body),
      signature,
      secret,
      TOLERANCE_SECONDS,
      undefined,
      receivedAt,
    ),
  );
  return verify().match(
    (isSigned) => (isSigned === true ? undefined : OF_NO_SECRET),
    // The library has no code for it.
    (error) => (/outside the tolerance zone/.test(String(error)) ? TOO_OLD : OF_NO_SECRET),
  );
};

const notSigned = (why: string): NotSigned => ({ type: 'NotSigned', why });
