import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { err, ok, type Result } from 'neverthrow';
import { accountOf } from './records.ts';
import type { StripeBooks } from './books.ts';
import { chargeObject } from './charges.ts';
import {
  invalid,
  noSuch,
  notFound,
  rateLimited,
  serverError,
  type ObjectKind,
  type StripeAnswer,
} from './errors.ts';
import type { Faults } from './faults.ts';
import { missing, onlyKnown, optionalText, type Parameters } from './parameters.ts';
import { garble, hangUp, send } from './replies.ts';
import { parseQuery } from './search.ts';
import type { StoredIntent } from './intents.ts';
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
  read('/v1/payment_intents', (books, { query }) => listIntents(books, query, now()));
  read('/v1/payment_intents/search', (books, { query }) =>
    searchIntents(books, query, { nowMs: now(), searchedMs: searchableMs() }),
  );
  read('/v1/payment_intents/:id', (books, { params: { id = '' }, query }) =>
    retrieveIntent(books, { id, query }, now()),
  );
  read('/v1/charges/:id', (books, { params: { id = '' } }) => {
    const intent = books.intentOfCharge(id, now());
    return found(intent && chargeOf(books, intent, now()), 'charge', id);
  });
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

const chargeOf = (books: StripeBooks, intent: StoredIntent, nowMs: number): object =>
  chargeObject(intent, books.refundsOf(intent.id, nowMs));

/** `expand[]=latest_charge` gives the charge in place of its id. */
const retrieveIntent = (
  books: StripeBooks,
  { id, query }: { readonly id: string; readonly query: Parameters },
  nowMs: number,
): StripeAnswer => {
  const intent = books.intent(id, nowMs);
  const expanded = Object.entries(query).map(([name, value]) => `${name}=${String(value)}`);
  const other = expanded.find((text) => !/^expand\[\d*\]=latest_charge$/.test(text));
  if (other !== undefined) return invalid(`This sandbox does not know: ${other}`, 'expand');
  return found(
    intent && expanded.length > 0
      ? { ...intent, latest_charge: chargeOf(books, intent, nowMs) }
      : intent,
    'payment_intent',
    id,
  );
};

const found = (object: object | undefined, kind: ObjectKind, id: string): StripeAnswer =>
  object === undefined ? notFound(kind, id) : { status: 200, body: object };

const LIST_DEFAULT = 10;
const LIST_MAX = 100;
/** The filters on `created`: https://docs.stripe.com/api/payment_intents/list */
const CREATED: Readonly<Record<string, (created: number, bound: number) => boolean>> = {
  'created[gt]': (created, bound) => created > bound,
  'created[gte]': (created, bound) => created >= bound,
  'created[lt]': (created, bound) => created < bound,
  'created[lte]': (created, bound) => created <= bound,
};

const INTENTS = '/v1/payment_intents';
const SEARCH_PARAMETERS: ReadonlySet<string> = new Set(['query', 'limit', 'page']);
const LIST_PARAMETERS: readonly string[] = ['limit', 'starting_after', ...Object.keys(CREATED)];
const INTENT_PARAMETERS: ReadonlySet<string> = new Set([...LIST_PARAMETERS, 'customer']);
const REFUND_PARAMETERS: ReadonlySet<string> = new Set([...LIST_PARAMETERS, 'payment_intent']);

/** All of them, or those of one customer, at once. */
const listIntents = (books: StripeBooks, query: Parameters, nowMs: number): StripeAnswer =>
  answerOf(
    onlyKnown(query, INTENT_PARAMETERS)
      .andThen(() => optionalText(query, 'customer'))
      .andThen((customer) => {
        if (customer !== undefined && !books.hasCustomer(customer)) {
          return err(noSuch('customer', customer));
        }
        const intents = books
          .intents(nowMs)
          .filter((intent) => customer === undefined || intent.customer === customer);
        return createdIn(intents, query)
          .andThen((created) => pageOf(created, query, 'payment_intent'))
          .map((page) => listOf(INTENTS, page));
      }),
  );

const listRefunds = (books: StripeBooks, query: Parameters, nowMs: number): StripeAnswer =>
  answerOf(
    onlyKnown(query, REFUND_PARAMETERS).andThen(() => {
      const { payment_intent: intent } = query;
      const refunds =
        typeof intent === 'string' ? books.refundsOf(intent, nowMs) : books.refunds(nowMs);
      return createdIn(refunds, query)
        .andThen((created) => pageOf(created, query, 'refund'))
        .map((page) => listOf('/v1/refunds', page));
    }),
  );

/** Only finds what is searchable by now: Stripe's search lags behind its lists. */
const searchIntents = (
  books: StripeBooks,
  query: Parameters,
  { nowMs, searchedMs }: { readonly nowMs: number; readonly searchedMs: number },
): StripeAnswer =>
  answerOf(
    onlyKnown(query, SEARCH_PARAMETERS)
      .andThen(({ query: text }) => (typeof text === 'string' ? ok(text) : missing('query')))
      .andThen(parseQuery)
      .andThen((matches) => {
        const matching = books.searchable(nowMs, searchedMs).filter((intent) => matches(intent));
        const { limit, page: after } = query;
        return pageOf(matching, { limit, starting_after: after }, 'payment_intent')
          .mapErr((answer) =>
            answer.status === 404 ? invalid('Invalid page token.', 'page') : answer,
          )
          .map(({ data, more }) => ({
            object: 'search_result',
            url: `${INTENTS}/search`,
            has_more: more,
            next_page: more ? (data.at(-1)?.id ?? null) : null,
            data,
          }));
      }),
  );

/** Stripe counts in whole seconds. */
const createdIn = <T extends { readonly created: number }>(
  all: readonly T[],
  query: Parameters,
): Result<readonly T[], StripeAnswer> => {
  const filters = Object.entries(CREATED).filter(([name]) => query[name] !== undefined);
  const wrong = filters.find(([name]) => !/^\d{1,12}$/.test(String(query[name])));
  if (wrong !== undefined) {
    const [name] = wrong;
    const message = `Invalid integer: ${JSON.stringify(query[name])}`;
    return err(invalid(message, name, 'parameter_invalid_integer'));
  }
  return ok(
    all.filter(({ created }) =>
      filters.every(([name, holds]) => holds(created, Number(query[name]))),
    ),
  );
};

type ListPage<T> = { readonly data: readonly T[]; readonly more: boolean };

/** https://docs.stripe.com/api/pagination: the newest first, after the named one. */
const pageOf = <T extends { readonly id: string }>(
  oldestFirst: readonly T[],
  { limit: text = String(LIST_DEFAULT), starting_after: after }: Parameters,
  kind: 'payment_intent' | 'refund',
): Result<ListPage<T>, StripeAnswer> => {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIST_MAX) {
    const message = `Invalid integer: ${JSON.stringify(text)}`;
    return err(invalid(message, 'limit', 'parameter_invalid_integer'));
  }
  const newestFirst = oldestFirst.toReversed();
  const at = after === undefined ? -1 : newestFirst.findIndex(({ id }) => id === after);
  if (after !== undefined && at < 0) return err(notFound(kind, JSON.stringify(after)));
  return ok({
    data: newestFirst.slice(at + 1, at + 1 + limit),
    more: newestFirst.length > at + 1 + limit,
  });
};

const listOf = (url: string, { data, more }: ListPage<object>): object => ({
  object: 'list',
  url,
  has_more: more,
  data,
});

const answerOf = (result: Result<object, StripeAnswer>): StripeAnswer =>
  result.match(
    (body) => ({ status: 200, body }),
    (answer) => answer,
  );
