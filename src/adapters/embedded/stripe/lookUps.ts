import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accountOf } from './records.ts';
import type { StripeBooks } from './books.ts';
import { notFound, rateLimited, serverError, type StripeAnswer } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Parameters } from './parameters.ts';
import { listIntents, listRefunds, searchIntents } from './lists.ts';
import { garble, hangUp, send } from './replies.ts';
import type { Store } from './store.ts';

type ReadRoute = { Params: Readonly<Record<string, string>>; Querystring: Parameters };

type LookUpsOptions = {
  readonly store: Store;
  readonly faults: Faults;
  readonly now: () => number;
  /** Search finds what was searchable at that time. */
  readonly searchableMs: () => number;
};

/** All requests that only read. */
export const addLookUps = (
  app: FastifyInstance,
  { store, faults, now, searchableMs }: LookUpsOptions,
): void => {
  const react = (reply: FastifyReply, answer: StripeAnswer): FastifyReply => {
    const shown = faults.draw('look-up');
    faults.count(shown);
    if (shown.has('dropped')) return hangUp(reply);
    if (shown.has('rate-limited')) return send(reply, rateLimited);
    if (shown.has('server-error')) return send(reply, serverError);
    return shown.has('garbage-body') ? garble(reply, answer) : send(reply, answer);
  };
  const read = (
    path: string,
    answer: (books: StripeBooks, request: FastifyRequest<ReadRoute>) => StripeAnswer,
  ): void => {
    app.get<ReadRoute>(path, (request, reply) => {
      const books = store.of(accountOf(request.headers.authorization));
      return react(reply, answer(books, request));
    });
  };
  read('/v1/account', (_books, { headers: { authorization } }) => ({
    status: 200,
    body: { id: accountOf(authorization), ...ACCOUNT },
  }));
  read('/v1/payment_intents', (books, { query }) => listIntents(books, query));
  read('/v1/payment_intents/search', (books, { query }) =>
    searchIntents(books, query, searchableMs()),
  );
  read('/v1/payment_intents/:id', (books, { params: { id = '' } }) =>
    found(books.intent(id), 'payment_intent', id),
  );
  read('/v1/refunds', (books, { query }) => listRefunds(books, query, now()));
  read('/v1/refunds/:id', (books, { params: { id = '' } }) =>
    found(books.refund(id, now()), 'refund', id),
  );
};

const ACCOUNT = {
  object: 'account',
  charges_enabled: true,
  payouts_enabled: true,
  details_submitted: true,
  type: 'standard',
};

const found = (
  object: object | undefined,
  kind: 'payment_intent' | 'refund',
  id: string,
): StripeAnswer => (object === undefined ? notFound(kind, id) : { status: 200, body: object });
