import { expect } from 'chai';
import { err, ok } from 'neverthrow';
import { inspectStripe } from '../../../src/adapters/stripe/account.ts';
import { createStripeClient } from '../../../src/adapters/stripe/client.ts';
import { startScriptedServer } from '../../support/scriptedServer.ts';
import { startStripeSandbox, TEST_KEY } from '../../support/stripeSandbox.ts';

describe('inspectStripe', () => {
  it('is content with a key by which payments and refunds can be looked up', async () => {
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
        const body = isHit ? { error: { message: `bad key ${TEST_KEY}` } } : { data: [] };
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
