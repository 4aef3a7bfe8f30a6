import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notFound, rateLimited, serverError, type Answer } from './errors.ts';
import type { Faults } from './faults.ts';
import type { Parameters } from './form.ts';
import { listIntents, listRefunds, searchIntents } from './lists.ts';
import { garble, hangUp, send } from './replies.ts';
import type { Store } from './store.ts';

type Read = { Params: Readonly<Record<string, string>>; Querystring: Parameters };

export type LookUpsOptions = {
  readonly store: Store;
  readonly faults: Faults;
  readonly now: () => number;
  /** Search finds what was searchable by then. */
  readonly searchableMs: () => number;
};

/** Everything that only reads. */
export const addLookUps = (
  app: FastifyInstance,
  { store, faults, now, searchableMs }: LookUpsOptions,
): void => {
  const react = (reply: FastifyReply, answer: Answer): FastifyReply => {
    const shown = faults.draw('look-up');
    faults.count(shown);
    if (shown.has('dropped')) return hangUp(reply);
    if (shown.has('rate-limited')) return send(reply, rateLimited);
    if (shown.has('server-error')) return send(reply, serverError);
    return shown.has('garbage-body') ? garble(reply, answer) : send(reply, answer);
  };
  const read = (path: string, answer: (request: FastifyRequest<Read>) => Answer): void => {
    app.get<Read>(path, (request, reply) => react(reply, answer(request)));
  };
  read('/v1/account', ({ headers }) => ({ status: 200, body: accountOf(headers.authorization) }));
  read('/v1/payment_intents', ({ query }) => listIntents(store, query));
  read('/v1/payment_intents/search', ({ query }) => searchIntents(store, query, searchableMs()));
  read('/v1/payment_intents/:id', ({ params: { id = '' } }) =>
    found(store.intent(id), 'payment_intent', id),
  );
  read('/v1/refunds', ({ query }) => listRefunds(store, query, now()));
  read('/v1/refunds/:id', ({ params: { id = '' } }) =>
    found(store.refund(id, now()), 'refund', id),
  );
};

/** Like Stripe, each key belongs to one account; here every key has its own. */
const accountOf = (authorization = ''): object => ({
  id: `acct_${createHash('sha256').update(authorization).digest('hex').slice(0, 16)}`,
  object: 'account',
  charges_enabled: true,
  payouts_enabled: true,
  details_submitted: true,
  type: 'standard',
});

const found = (
  object: object | undefined,
  kind: 'payment_intent' | 'refund',
  id: string,
): Answer => (object === undefined ? notFound(kind, id) : { status: 200, body: object });
