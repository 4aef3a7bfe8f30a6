import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { Stripe } from 'stripe';
import { createStripeClient, type StripeClient } from '../../../src/adapters/stripe/client.ts';
import { startScriptedServer, type ScriptedServer } from '../../support/scriptedServer.ts';

const PATH = '/v1/payment_intents';
const BODY = 'amount=4758&currency=eur&payment_method_types[0]=card&metadata[order_id]=%C3%A4';
const PARAMETERS = Object.fromEntries(new URLSearchParams(BODY));

/** One request that moves money, sent in both ways: all that counts is the same. */
describe('a frozen request, beside the SDK’s own', () => {
  let server: ScriptedServer;
  let stripe: StripeClient;
  let react: (response: ServerResponse) => void;

  beforeEach(async () => {
    react = (response) => response.end('{}');
    server = await startScriptedServer((response) => react(response));
    stripe = createStripeClient({ secretKey: 'sk_test_1', apiUrl: server.url, timeoutMs: 300 });
  });

  afterEach(() => server.close());

  const bySdk = () => stripe.rawRequest('POST', PATH, PARAMETERS, { idempotencyKey: 'key-1' });
  const frozen = () =>
    stripe.postFrozen({ path: PATH, body: BODY, idempotencyKey: 'key-1', notAfter: Infinity });

  it('has the same bytes, but for what describes the machine', async () => {
    await bySdk();
    await frozen();
    const [sdk, own] = server.seen;
    expect(own).to.include({ method: sdk?.method, url: sdk?.url, body: sdk?.body });
    const {
      'user-agent': _agent,
      'x-stripe-client-user-agent': _client,
      ...headers
    } = sdk?.headers ?? {};
    const { 'user-agent': _own, ...ours } = own?.headers ?? {};
    expect(ours).to.deep.equal(headers);
  });

  const problems: readonly [string, number, unknown][] = [
    ['a decline', 402, { error: { type: 'card_error', code: 'card_declined', decline_code: 'x' } }],
    ['a key in use', 409, { error: { code: 'idempotency_key_in_use' } }],
    ['another body for a key', 400, { error: { type: 'idempotency_error' } }],
    ['a limit', 429, { error: { code: 'rate_limit' } }],
    ['a key that is no key', 401, { error: { message: 'no' } }],
    ['a missing permission', 403, { error: { message: 'no' } }],
    ['an unknown parameter', 400, { error: { param: 'amount' } }],
    ['a fault', 500, { error: { type: 'api_error' } }],
    ['what is no JSON', 502, '<html>'],
  ];
  for (const [what, status, answer] of problems) {
    it(`fails in the same way for ${what}`, async () => {
      react = (response) =>
        response
          .writeHead(status, { 'request-id': 'req_1', 'retry-after': '3' })
          .end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      const [expected, failed] = [await errorOf(bySdk()), await errorOf(frozen())];
      expect(factsOf(failed)).to.deep.equal(factsOf(expected));
      expect(failed).to.be.an.instanceOf(expected.constructor);
    });
  }

  it('fails in the same way where nobody answers', async () => {
    react = () => undefined;
    const [expected, failed] = [await errorOf(bySdk()), await errorOf(frozen())];
    expect(failed).to.be.an.instanceOf(Stripe.errors.StripeConnectionError);
    expect(expected).to.be.an.instanceOf(Stripe.errors.StripeConnectionError);
    expect(codeOf(failed)).to.equal('TIMED_OUT').and.to.equal(codeOf(expected));
  });
});

const errorOf = (work: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  work.then(
    () => expect.fail('it was answered'),
    (error: Stripe.errors.StripeError) => error,
  );

const factsOf = (error: Stripe.errors.StripeError) => {
  const { type, rawType, code, decline_code: reason, param, statusCode, requestId } = error;
  const retryAfter = error.headers?.['retry-after'];
  return { type, rawType, code, reason, param, statusCode, requestId, retryAfter };
};

const codeOf = (error: Stripe.errors.StripeError): unknown =>
  error.detail instanceof Error && 'code' in error.detail ? error.detail.code : undefined;
