import { setMaxListeners } from 'node:events';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { guardServer } from './guard.ts';
import { LOOPBACK, type EmbeddedServer, type EmbeddedServerOptions } from './server.ts';
import { accountOf } from './stripe/records.ts';
import { addControls } from './stripe/controls.ts';
import { errorAnswer } from './stripe/errors.ts';
import { Faults } from './stripe/faults.ts';
import { newId } from './stripe/ids.ts';
import { createLateness } from './stripe/lateness.ts';
import { addLookUps } from './stripe/lookUps.ts';
import { OPERATIONS } from './stripe/operations.ts';
import { react, send } from './stripe/replies.ts';
import { Requests } from './stripe/requests.ts';
import { openStore } from './stripe/store.ts';
import { Webhooks } from './stripe/webhooks/webhooks.ts';

export type EmbeddedStripeOptions = EmbeddedServerOptions & {
  /**
   * The time in milliseconds for which an idempotency key is kept; Stripe keeps it for at least 24
   * hours.
   */
  readonly keyWindowMs?: number;
  /** The delay of an answer to `pm_sandbox_slow`. */
  readonly slowMs?: number;
  /** The lag of search behind the lists, for every payment. */
  readonly searchLagMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

type PostRoute = { Body: string | undefined; Params: { readonly id?: string } };

const KEY_WINDOW_MS = 86_400_000;
const SLOW_MS = 3_000;

/** The Stripe-compatible sandbox; docs/sandbox.md describes its features and limits. */
export const startEmbeddedStripe = async (
  options: EmbeddedStripeOptions,
): Promise<EmbeddedServer> => {
  const store = await openStore(options.dataDir);
  const closing = new AbortController();
  // Every slow answer under way listens, so that many listeners are no leak.
  setMaxListeners(0, closing.signal);
  const now = options.now ?? Date.now;
  const faults = new Faults();
  const requests = new Requests({
    store,
    faults,
    now,
    keyWindowMs: options.keyWindowMs ?? KEY_WINDOW_MS,
    slowMs: options.slowMs ?? SLOW_MS,
    closing: closing.signal,
  });
  const lateness = createLateness({ store, requests, now, closing: closing.signal });
  const app = fastify({ forceCloseConnections: true });
  guardServer(app.server);
  describeErrors(app);

  for (const operation of OPERATIONS) {
    app.post<PostRoute>(operation.path, async (request, reply) => {
      const header = request.headers['idempotency-key'];
      const key = Array.isArray(header) ? header.join() : header;
      if (key !== undefined) void reply.header('idempotency-key', key);
      const account = accountOf(request.headers.authorization);
      const { body = '', params, url: path } = request;
      const { id = '' } = params;
      const reaction = await requests.post(operation, { path, id, body, key, account });
      if (reaction.type === 'Postponed') lateness.begin(reaction.id);
      return react(reply, reaction);
    });
  }
  const settled = () => store.settledMs(now());
  const searchableMs = () => now() - (options.searchLagMs ?? 0);
  addLookUps(app, { store, faults, now: settled, searchableMs });
  const webhooks = new Webhooks({
    newEvents: () => store.newEvents(settled()),
    closing: closing.signal,
  });
  await addControls(app, { store, faults, webhooks, requests, now });
  const calling = webhooks.run();

  const close = async () => {
    closing.abort();
    await app.close();
    await lateness.end();
    await calling;
    await store.close();
  };
  try {
    await app.listen({ host: LOOPBACK, port: options.port });
  } catch (error) {
    await close();
    throw error;
  }
  return { url: app.listeningOrigin, close };
};

const describeErrors = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('request-id', newId('req'));
    void reply.header('stripe-version', request.headers['stripe-version'] ?? 'sandbox');
    if (request.url.startsWith('/v1/') && !isTestKey(request)) return send(reply, unauthorized);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `Unrecognized request URL (${request.method}: ${request.url}).`;
    return send(reply, errorAnswer({ status: 404, type: 'invalid_request_error', message }));
  });
  app.setErrorHandler<{ statusCode?: number; message: string }>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    const type = status < 500 ? 'invalid_request_error' : 'api_error';
    return send(reply, errorAnswer({ status, type, message: error.message }));
  });
};

/** Any test key is accepted, as in Stripe's test mode, and has an account of its own. */
const isTestKey = (request: FastifyRequest): boolean =>
  /^Bearer (sk|rk)_test_\S+$/.test(request.headers.authorization ?? '');

const unauthorized = errorAnswer({
  status: 401,
  type: 'invalid_request_error',
  message: 'Invalid API Key provided: pass a test key (sk_test_…) as a Bearer token.',
});
