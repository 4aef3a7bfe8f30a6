import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { err, ok, type Result } from 'neverthrow';
import { accountOf } from './records.ts';
import type { StripeObjects } from './objects.ts';
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
import { eventIn, listEvents } from './eventLookUps.ts';
import { LIST_PARAMETERS, listOf, pageOf } from './lists.ts';
import { missing, onlyKnown, optionalText, type Parameters } from './parameters.ts';
import { garble, hangUp, send } from './replies.ts';
import { parseQuery } from './search.ts';
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
    answer: (objects: StripeObjects, request: FastifyRequest<ReadRoute>) => StripeAnswer,
  ): void => {
    app.get<ReadRoute>(path, (request, reply) => {
      const objects = store.of(accountOf(request.headers.authorization));
      return react(reply, answer(objects, request));
    });
  };
  read('/v1/account', (_objects, { headers: { authorization } }) => ({
    status: 200,
    body: { id: accountOf(authorization), ...ACCOUNT },
  }));
  read('/v1/payment_intents', (objects, { query }) => listIntents(objects, query, now()));
  read('/v1/payment_intents/search', (objects, { query }) =>
    searchIntents(objects, query, { nowMs: now(), searchedMs: searchableMs() }),
  );
  read('/v1/payment_intents/:id', (objects, { params: { id = '' }, query }) =>
    retrieveIntent(objects, { id, query }, now()),
  );
  read('/v1/charges/:id', (objects, { params: { id = '' } }) => {
    const payment = objects.paymentWith(id, now());
    const isCharge = payment?.intent.object.latest_charge === id;
    return found(isCharge ? chargeObject(payment) : undefined, 'charge', id);
  });
  read('/v1/refunds', (objects, { query }) => listRefunds(objects, query, now()));
  read('/v1/refunds/:id', (objects, { params: { id = '' } }) =>
    found(objects.refund(id, now()), 'refund', id),
  );
  read('/v1/disputes', (objects, { query }) => answerOf(listDisputes(objects, query, now())));
  read('/v1/disputes/:id', (objects, { params: { id = '' } }) =>
    found(objects.dispute(id, now()), 'dispute', id),
  );
  read('/v1/events', (objects, { query }) => answerOf(listEvents(objects, query, now())));
  read('/v1/events/:id', (objects, { params: { id = '' } }) =>
    found(eventIn(objects, id, now()), 'event', id),
  );
};

const ACCOUNT = {
  object: 'account',
  charges_enabled: true,
  payouts_enabled: true,
  details_submitted: true,
  type: 'standard',
};

/** `expand[]=latest_charge` gives the charge in place of its id. */
const retrieveIntent = (
  objects: StripeObjects,
  { id, query }: { readonly id: string; readonly query: Parameters },
  nowMs: number,
): StripeAnswer => {
  const payment = objects.payment(id, nowMs);
  const intent = payment?.intent.object;
  const expanded = Object.entries(query).map(([name, value]) => `${name}=${String(value)}`);
  const other = expanded.find((text) => !/^expand\[\d*\]=latest_charge$/.test(text));
  if (other !== undefined) return invalid(`This sandbox does not know: ${other}`, 'expand');
  return found(
    payment && expanded.length > 0 ? { ...intent, latest_charge: chargeObject(payment) } : intent,
    'payment_intent',
    id,
  );
};

const found = (object: object | undefined, kind: ObjectKind, id: string): StripeAnswer =>
  object === undefined ? notFound(kind, id) : { status: 200, body: object };

const INTENTS = '/v1/payment_intents';
const SEARCH_PARAMETERS: ReadonlySet<string> = new Set(['query', 'limit', 'page']);
const INTENT_PARAMETERS: ReadonlySet<string> = new Set([...LIST_PARAMETERS, 'customer']);
const REFUND_PARAMETERS: ReadonlySet<string> = new Set([...LIST_PARAMETERS, 'payment_intent']);

/** Lists all payments, or those of one customer, without a lag. */
const listIntents = (objects: StripeObjects, query: Parameters, nowMs: number): StripeAnswer =>
  answerOf(
    onlyKnown(query, INTENT_PARAMETERS)
      .andThen(() => optionalText(query, 'customer'))
      .andThen((customer) => {
        if (customer !== undefined && !objects.hasCustomer(customer)) {
          return err(noSuch('customer', customer));
        }
        const intents = objects
          .intents(nowMs)
          .filter((intent) => customer === undefined || intent.customer === customer);
        return listOf(intents, query, { url: INTENTS, kind: 'payment_intent' });
      }),
  );

const listRefunds = (objects: StripeObjects, query: Parameters, nowMs: number): StripeAnswer =>
  answerOf(
    onlyKnown(query, REFUND_PARAMETERS).andThen(() => {
      const { payment_intent: intent } = query;
      const refunds =
        typeof intent === 'string' ? objects.refundsOf(intent, nowMs) : objects.refunds(nowMs);
      return listOf(refunds, query, { url: '/v1/refunds', kind: 'refund' });
    }),
  );

const DISPUTE_PARAMETERS: ReadonlySet<string> = new Set([
  ...LIST_PARAMETERS,
  'payment_intent',
  'charge',
]);

/** https://docs.stripe.com/api/disputes/list */
const listDisputes = (
  objects: StripeObjects,
  query: Parameters,
  nowMs: number,
): Result<object, StripeAnswer> =>
  onlyKnown(query, DISPUTE_PARAMETERS).andThen(({ payment_intent: payment, charge }) =>
    listOf(
      objects
        .disputes(nowMs)
        .filter((dispute) => payment === undefined || dispute.payment_intent === payment)
        .filter((dispute) => charge === undefined || dispute.charge === charge),
      query,
      { url: '/v1/disputes', kind: 'dispute' },
    ),
  );

/** Only finds what is searchable by now: Stripe's search lags behind its lists. */
const searchIntents = (
  objects: StripeObjects,
  query: Parameters,
  { nowMs, searchedMs }: { readonly nowMs: number; readonly searchedMs: number },
): StripeAnswer =>
  answerOf(
    onlyKnown(query, SEARCH_PARAMETERS)
      .andThen(({ query: text }) => (typeof text === 'string' ? ok(text) : missing('query')))
      .andThen(parseQuery)
      .andThen((matches) => {
        const matching = objects.searchable(nowMs, searchedMs).filter((intent) => matches(intent));
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

const answerOf = (result: Result<object, StripeAnswer>): StripeAnswer =>
  result.match(
    (body) => ({ status: 200, body }),
    (answer) => answer,
  );
