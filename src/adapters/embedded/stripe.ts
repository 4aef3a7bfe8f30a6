import { setMaxListeners } from 'node:events';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LOOPBACK, type EmbeddedServer, type EmbeddedServerOptions } from './server.ts';
import { errorAnswer, invalid, notFound, type Answer } from './stripe/errors.ts';
import { newRequestId } from './stripe/intents.ts';
import { createPayments, type Reaction } from './stripe/payments.ts';
import { openStore, type Store } from './stripe/store.ts';

export type EmbeddedStripeOptions = EmbeddedServerOptions & {
  /** How long an idempotency key is remembered; Stripe keeps it for at least 24 hours. */
  readonly keyWindowMs?: number;
  /** How long `pm_sandbox_slow` takes to answer. */
  readonly slowMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

const KEY_WINDOW_MS = 86_400_000;
const SLOW_MS = 3_000;
const LIST_DEFAULT = 10;
const LIST_MAX = 100;

/** The Stripe-compatible sandbox; what it does and leaves out is in docs/sandbox.md. */
export const startEmbeddedStripe = async (
  options: EmbeddedStripeOptions,
): Promise<EmbeddedServer> => {
  const store = await openStore(options.dataDir);
  const closing = new AbortController();
  // Every slow answer under way listens; that there are many is no leak.
  setMaxListeners(0, closing.signal);
  const payments = createPayments({
    store,
    now: options.now ?? Date.now,
    keyWindowMs: options.keyWindowMs ?? KEY_WINDOW_MS,
    slowMs: options.slowMs ?? SLOW_MS,
    closing: closing.signal,
  });
  const app = fastify({ forceCloseConnections: true });
  describeErrors(app);

  app.post<{ Body: string | undefined }>('/v1/payment_intents', async (request, reply) => {
    const header = request.headers['idempotency-key'];
    const key = Array.isArray(header) ? header.join() : header;
    if (key !== undefined) void reply.header('idempotency-key', key);
    return react(reply, await payments.create(request.body ?? '', key));
  });
  app.get<{ Params: { id: string } }>('/v1/payment_intents/:id', ({ params }, reply) => {
    const intent = store.intent(params.id);
    const answer = intent ? { status: 200, body: intent } : notFound('payment_intent', params.id);
    return send(reply, answer);
  });
  app.get<{ Querystring: Readonly<Record<string, unknown>> }>(
    '/v1/payment_intents',
    ({ query }, reply) => send(reply, list(store, query)),
  );
  app.get('/sandbox/ledger', () => ({ charges: store.ledger() }));

  const close = async () => {
    closing.abort();
    await app.close();
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
    void reply.header('request-id', newRequestId());
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

/** Like Stripe's test mode, without accounts: any test key will do. */
const isTestKey = (request: FastifyRequest): boolean =>
  /^Bearer (sk|rk)_test_\S+$/.test(request.headers.authorization ?? '');

const unauthorized = errorAnswer({
  status: 401,
  type: 'invalid_request_error',
  message: 'Invalid API Key provided: pass a test key (sk_test_…) as a Bearer token.',
});

const send = (reply: FastifyReply, { status, body }: Answer): FastifyReply =>
  reply.code(status).send(body);

const react = (reply: FastifyReply, reaction: Reaction): FastifyReply => {
  if (reaction.type === 'Answer') {
    if (reaction.replayed) void reply.header('idempotent-replayed', 'true');
    return send(reply, reaction);
  }
  void reply.hijack();
  reply.raw.destroy();
  return reply;
};

/** https://docs.stripe.com/api/pagination: the newest first, after the one that is named. */
const list = (store: Store, query: Readonly<Record<string, unknown>>): Answer => {
  const { limit: text = String(LIST_DEFAULT), starting_after: after, ...unknown } = query;
  const name = Object.keys(unknown)[0];
  if (name !== undefined) {
    return invalid(`Received unknown parameter: ${name}`, name, 'parameter_unknown');
  }
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
    return invalid(
      `Invalid integer: ${JSON.stringify(text)}`,
      'limit',
      'parameter_invalid_integer',
    );
  }
  const newestFirst = store.intents().toReversed();
  const at = after === undefined ? -1 : newestFirst.findIndex(({ id }) => id === after);
  if (after !== undefined && at < 0) return notFound('payment_intent', JSON.stringify(after));
  const data = newestFirst.slice(at + 1, at + 1 + limit);
  const more = newestFirst.length > at + 1 + limit;
  return {
    status: 200,
    body: { object: 'list', url: '/v1/payment_intents', has_more: more, data },
  };
};
