import { err, ok, Result, ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  ListedRefund,
  MoneyMovement,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  SeveralFound,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { lookUpFailure } from './errors.ts';
import { moneyOfIntent, outcomeOfFound, readIntent, type PaymentIntent } from './intents.ts';
import { moneyOfRefund, outcomeOfRefund, readRefund, type StripeRefund } from './refunds.ts';
import { fieldsOf, textOf, unknown } from './rows.ts';

/**
 * How long a payment may be missing from a search: normally less than a minute, up to an hour
 * during outages (https://docs.stripe.com/api/payment_intents/search). A list has no such lag, but
 * cannot list payments by our reference.
 */
export const STRIPE_SEARCH_LAG_MS = 3_600_000;

/** The maximum page size of Stripe: https://docs.stripe.com/api/pagination */
const PAGE_MAX = 100;
/** There is rarely more than one payment with a reference, and an order has few refunds. */
const PAGES_MAX = 10;

/**
 * The payment of one attempt, by the metadata of its creation. Search ignores case, so that its
 * results are compared again. It is not available to accounts in India, and is limited to 20
 * requests in a second (https://docs.stripe.com/search#limitations).
 */
export const findPayment = async (
  stripe: Stripe,
  reference: PaymentSearch,
): Promise<PaymentLookUp> => {
  const { deployment, orderId, attempt } = reference;
  const terms = [
    ['order_id', orderId],
    ...(attempt === 'any' ? [] : [['attempt', String(attempt)] as const]),
    ...(deployment === '' ? [] : [['deployment', deployment] as const]),
  ] as const;
  const query = terms
    .map(([name, value]) => `metadata['${name}']:'${quoted(value)}'`)
    .join(' AND ');
  const found = await collect(readIntent, {
    ask: (page) =>
      stripe.paymentIntents.search({
        query,
        limit: PAGE_MAX,
        ...(page === undefined ? {} : { page }),
      }),
    nextOf: ({ next_page: next }) => textOf(next),
  });
  return found.match(
    (intents) =>
      settle(
        intents.filter((intent) => isOurs(intent, reference)),
        outcomeOfFound,
        moneyOfIntent,
      ),
    (failed) => failed,
  );
};

type PaymentSearch = {
  readonly deployment: string;
  readonly orderId: string;
  readonly attempt: number | 'any';
  readonly since: number;
  readonly body: string;
};

/**
 * Whether a payment is the requested one: by its identity, and created no earlier than it was
 * requested. Requests from before deployments had ids are compared by payment method instead,
 * except for test tokens, which Stripe replaces by another name.
 */
const isOurs = (
  { metadata, createdAt, paymentMethod }: PaymentIntent,
  { deployment, orderId, attempt, since, body }: PaymentSearch,
): boolean => {
  const isOfAttempt = attempt === 'any' || metadata['attempt'] === String(attempt);
  if (metadata['order_id'] !== orderId || !isOfAttempt) return false;
  if ((metadata['deployment'] ?? '') !== deployment || createdAt + SECOND_MS <= since) return false;
  const asked = new URLSearchParams(body).get('payment_method') ?? '';
  const isToken = asked.startsWith('pm_card_') || paymentMethod === undefined;
  return deployment !== '' || isToken || paymentMethod === asked;
};

/** Stripe counts whole seconds. */
const SECOND_MS = 1_000;

/** One refund of a payment, among all its refunds. */
export const findRefund = async (
  stripe: Stripe,
  reference: {
    readonly deployment: string;
    readonly refundId: string;
    readonly paymentReference: string;
  },
): Promise<RefundLookUp> => {
  const found = await collectRefunds(stripe, reference.paymentReference);
  return found.match(
    (refunds) =>
      settle(
        refunds.filter(
          ({ metadata }) =>
            metadata['refund_id'] === reference.refundId &&
            (metadata['deployment'] ?? '') === reference.deployment,
        ),
        outcomeOfRefund,
        moneyOfRefund,
      ),
    (failed) => failed,
  );
};

/** Every refund of a payment. Stripe lists the newest first. */
export const listRefunds = async (
  stripe: Stripe,
  { paymentReference }: { readonly paymentReference: string },
): Promise<RefundList | UnknownOutcome> =>
  (await collectRefunds(stripe, paymentReference))
    .andThen((refunds) => Result.combine(refunds.toReversed().map(listed)))
    .match(
      (refunds) => ({ type: 'Listed', refunds }),
      (failed) => failed,
    );

const listed = (refund: StripeRefund): Result<ListedRefund, UnknownOutcome> => {
  const money = moneyOfRefund(refund);
  if (money === undefined) return err(unknown('unreadable amount'));
  const { refund_id: refundId, deployment } = refund.metadata;
  return ok({
    ...money,
    status: LISTED[outcomeOfRefund(refund).type],
    ...(textOf(refundId) === undefined ? {} : { refundId: String(refundId) }),
    ...(textOf(deployment) === undefined ? {} : { deployment: String(deployment) }),
  });
};

const LISTED = { Refunded: 'moved', Declined: 'failed', Unknown: 'open' } as const;

export const collectRefunds = (
  stripe: Stripe,
  paymentReference: string,
): Promise<Result<readonly StripeRefund[], UnknownOutcome>> =>
  collect(readRefund, {
    ask: (after) =>
      stripe.refunds.list({
        payment_intent: paymentReference,
        limit: PAGE_MAX,
        ...(after === undefined ? {} : { starting_after: after }),
      }),
    nextOf: (_page, refunds) => refunds.at(-1)?.id,
  });

/** Quotes are escaped by a backslash: https://docs.stripe.com/search#search-query-language */
const quoted = (text: string): string => text.replace(/[\\']/g, (sign) => `\\${sign}`);

type PagedSearch<Item> = {
  readonly ask: (cursor: string | undefined) => Promise<unknown>;
  /** The cursor of the next page, for a page that has one. */
  readonly nextOf: (
    page: Readonly<Record<string, unknown>>,
    items: readonly Item[],
  ) => string | undefined;
};

/** All items of all pages. An unreadable item could be ours, so that the result is then unknown. */
const collect = async <Item>(
  read: (answer: unknown) => Item | undefined,
  { ask, nextOf }: PagedSearch<Item>,
): Promise<Result<readonly Item[], UnknownOutcome>> => {
  const request = ResultAsync.fromThrowable(ask, lookUpFailure);
  const found: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const answer = await request(cursor);
    if (answer.isErr()) return err(answer.error);
    const page = fieldsOf(answer.value);
    const { object, data, has_more: hasMore } = page;
    const isPage = object === 'list' || object === 'search_result';
    if (!isPage || !Array.isArray(data) || typeof hasMore !== 'boolean') return unreadable;
    const items = data.map(read).filter((item) => item !== undefined);
    if (items.length < data.length) return unreadable;
    found.push(...items);
    if (!hasMore) return ok(found);
    cursor = nextOf(page, items);
    if (cursor === undefined) return unreadable;
  }
  return err(unknown('too many pages'));
};

const unreadable = err(unknown('unreadable answer'));

/** The result for one reference: nothing, one, or too many for a program to choose from. */
const settle = <Item, Outcome>(
  items: readonly Item[],
  outcomeOf: (item: Item) => Outcome,
  moneyOf: (item: Item) => MoneyMovement | undefined,
): Outcome | { readonly type: 'Absent' } | SeveralFound | UnknownOutcome => {
  const [first, ...others] = items;
  if (first === undefined) return { type: 'Absent' };
  if (others.length === 0) return outcomeOf(first);
  const found = items.map(moneyOf).filter((money) => money !== undefined);
  return found.length < items.length ? unknown('unreadable amount') : { type: 'Several', found };
};
