import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  Moved,
  PaymentLookUp,
  RefundLookUp,
  Several,
  Unknown,
} from '../../application/ports/paymentGateway.ts';
import { lookUpFailure } from './errors.ts';
import { moneyOfIntent, outcomeOfFound, readIntent } from './intents.ts';
import { moneyOfRefund, outcomeOfRefund, readRefund } from './refunds.ts';
import { fieldsOf, textOf, unknown } from './rows.ts';

/**
 * How long a payment may be missing from a search: normally less than a minute, up to an hour during outages
 * (https://docs.stripe.com/api/payment_intents/search). A list has no such lag, but lists no payments by our
 * reference.
 */
export const STRIPE_SEARCH_LAG_MS = 3_600_000;

/** The most that Stripe gives in one answer: https://docs.stripe.com/api/pagination */
const PAGE_MAX = 100;
/** There is hardly ever more than one payment under a reference; an order has few refunds. */
const PAGES_MAX = 10;

/**
 * The payment of one attempt, by the metadata it was created with. Search matches without regard to case,
 * so what it finds is compared again. It is not available to accounts in India, and is allowed 20 times a
 * second (https://docs.stripe.com/search#limitations).
 */
export const findPayment = async (
  stripe: Stripe,
  { orderId, attempt }: { readonly orderId: string; readonly attempt: number },
): Promise<PaymentLookUp> => {
  const query = `metadata['order_id']:'${quoted(orderId)}' AND metadata['attempt']:'${attempt}'`;
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
        intents.filter(
          ({ metadata }) =>
            metadata['order_id'] === orderId && metadata['attempt'] === String(attempt),
        ),
        outcomeOfFound,
        moneyOfIntent,
      ),
    (failed) => failed,
  );
};

/** One refund of a payment, among all that the payment has. */
export const findRefund = async (
  stripe: Stripe,
  reference: { readonly refundId: string; readonly paymentReference: string },
): Promise<RefundLookUp> => {
  const found = await collect(readRefund, {
    ask: (after) =>
      stripe.refunds.list({
        payment_intent: reference.paymentReference,
        limit: PAGE_MAX,
        ...(after === undefined ? {} : { starting_after: after }),
      }),
    nextOf: (_page, refunds) => refunds.at(-1)?.id,
  });
  return found.match(
    (refunds) =>
      settle(
        refunds.filter(({ metadata }) => metadata['refund_id'] === reference.refundId),
        outcomeOfRefund,
        moneyOfRefund,
      ),
    (failed) => failed,
  );
};

/** Quotes are escaped by a backslash: https://docs.stripe.com/search#search-query-language */
const quoted = (text: string): string => text.replace(/[\\']/g, (sign) => `\\${sign}`);

type Pages<Item> = {
  readonly ask: (cursor: string | undefined) => Promise<unknown>;
  /** Where the next page begins, of a page that has one. */
  readonly nextOf: (
    page: Readonly<Record<string, unknown>>,
    items: readonly Item[],
  ) => string | undefined;
};

/** Everything on every page. One item that nobody can read could be ours, so nothing is known then. */
const collect = async <Item>(
  read: (answer: unknown) => Item | undefined,
  { ask, nextOf }: Pages<Item>,
): Promise<Result<readonly Item[], Unknown>> => {
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

/** What is found under one reference: nothing, one, or too many for a program to choose from. */
const settle = <Item, Outcome>(
  items: readonly Item[],
  outcomeOf: (item: Item) => Outcome,
  moneyOf: (item: Item) => Moved | undefined,
): Outcome | { readonly type: 'Absent' } | Several | Unknown => {
  const [first, ...others] = items;
  if (first === undefined) return { type: 'Absent' };
  if (others.length === 0) return outcomeOf(first);
  const found = items.map(moneyOf).filter((money) => money !== undefined);
  return found.length < items.length ? unknown('unreadable amount') : { type: 'Several', found };
};
