import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { inspectStripe, probeStripe } from '../../../src/adapters/stripe/account.ts';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { startScriptedServer } from '../../support/scriptedServer.ts';
import { startStripeSandbox, TEST_KEY } from '../../support/stripeSandbox.ts';

describe('inspectStripe', () => {
  it('accepts a key with a known account that may look up payments and refunds', async () => {
    const sandbox = await startStripeSandbox();
    try {
      expect(await inspectStripe(sandbox.stripe)).to.deep.equal(ok(undefined));
    } finally {
      await sandbox.close();
    }
  });

  const refusals: readonly [number, string, 'Misconfigured' | 'Unavailable', string][] = [
    [401, 'search', 'Misconfigured', 'StripeAuthenticationError'],
    [403, 'search', 'Misconfigured', 'StripePermissionError'],
    [403, 'account', 'Misconfigured', 'StripePermissionError'],
    // Search is not available to accounts in India; how they are refused is not documented.
    [400, 'search', 'Misconfigured', 'StripeInvalidRequestError'],
    [403, 'refunds', 'Misconfigured', 'StripePermissionError'],
    [500, 'refunds', 'Unavailable', 'StripeAPIError'],
    [429, 'search', 'Unavailable', 'StripeRateLimitError'],
  ];
  for (const [status, path, type, cause] of refusals) {
    it(`says ${type} when ${path} answers ${status}, without what is said of the key`, async () => {
      const server = await startScriptedServer((response) => {
        const isHit = server.seen.at(-1)?.url?.includes(path) === true;
        const fine = { object: 'account', id: 'acct_1', data: [] };
        const body = isHit ? { error: { message: `bad key ${TEST_KEY}` } } : fine;
        response.writeHead(isHit ? status : 200).end(JSON.stringify(body));
      });
      try {
        const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
        const unavailable = type === 'Unavailable' ? { throttled: status === 429 } : {};
        expect(await inspectStripe(stripe)).to.deep.equal(
          err({ type, dependency: 'PaymentGateway', cause, ...unavailable }),
        );
      } finally {
        await server.close();
      }
    });
  }
});

describe('probeStripe', () => {
  type Answer = { readonly status?: number; readonly body: object };
  const probe = async (isLive: boolean, { status = 200, body }: Answer) => {
    const server = await startScriptedServer((response) => {
      response.writeHead(status).end(JSON.stringify(body));
    });
    try {
      const stripe = createStripeClient({ secretKey: TEST_KEY, apiUrl: server.url });
      const answer = await probeStripe(stripe, { isLive });
      const seen = server.seen.map(({ method, url }) => `${method} ${url}`);
      expect(new Set(seen)).to.deep.equal(new Set(['GET /v1/account']));
      return answer;
    } finally {
      await server.close();
    }
  };
  const refused = (status: number): Answer => ({ status, body: { error: { message: TEST_KEY } } });

  it('is content with an account that can be charged, and in test mode with any', async () => {
    expect(await probe(true, { body: { charges_enabled: true } })).to.deep.equal(ok(undefined));
    expect(await probe(false, { body: { charges_enabled: false } })).to.deep.equal(ok(undefined));
  });

  it('case 08: says that an account whose charges are disabled still needs a person', async () => {
    expect(await probe(true, { body: { charges_enabled: false } })).to.deep.equal(
      err({
        type: 'Misconfigured',
        dependency: 'PaymentGateway',
        cause: 'charges are disabled for the account',
      }),
    );
  });

  for (const [status, type] of [
    [401, 'Misconfigured'],
    // Every order would meet the same: nothing is moved by a key whose account is not known.
    [403, 'Misconfigured'],
    [404, 'Misconfigured'],
    [429, 'Unavailable'],
    [500, 'Unavailable'],
  ] as const) {
    it(`says ${type} when the account answers ${status}`, async () => {
      const failed = await probe(true, refused(status));
      expect(failed.isErr() && failed.error.type).to.equal(type);
      expect(JSON.stringify(failed)).not.to.include(TEST_KEY);
    });
  }
});
