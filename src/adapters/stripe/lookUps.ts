import { err, ok, Result, ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  ListedRefund,
  MoneyMovement,
  PaymentGateway,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  SeveralFound,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { lookUpFailure } from './errors.ts';
import { moneyOfIntent, outcomeOfFound, readIntent, type PaymentIntent } from './intents.ts';
import { moneyOfRefund, outcomeOfRefund, readRefund, type StripeRefund } from './refunds.ts';
import { PAGE_MAX, pagesOf, type PageCursor } from './pages.ts';
import { defined } from '../defined.ts';
import { textOf, unknown } from './rows.ts';

/**
 * There is rarely more than one payment with a reference, an order has few refunds, and a customer
 * few payments since one was asked for. With more than a thousand the look-up is `Unknown`.
 */
const PAGES_MAX = 10;

/**
 * The payment of one attempt, by the metadata of its creation: among the payments of its customer,
 * where the request named one, and otherwise by search.
 */
export const findPayment = async (
  stripe: Stripe,
  reference: PaymentSearch,
): Promise<PaymentLookUp> => {
  const { customer } = reference;
  const found =
    customer === undefined
      ? await searchPayments(stripe, reference)
      : await listPayments(stripe, customer, reference);
  return found.match(
    (intents): PaymentLookUp => {
      const ours = intents.filter((intent) => isOurs(intent, reference));
      const result = settle(ours, outcomeOfFound, moneyOfIntent);
      return result.type === 'Absent' && customer !== undefined
        ? { ...result, listed: true }
        : result;
    },
    (failed) => failed,
  );
};

/**
 * Search ignores case, so that its results are compared again. It is not available to accounts in
 * India, and is limited to 20 requests in a second
 * (https://docs.stripe.com/search#limitations).
 */
const searchPayments = (
  stripe: Stripe,
  { deployment, orderId, attempt }: PaymentSearch,
): Promise<Result<readonly PaymentIntent[], UnknownOutcome>> => {
  const terms = [
    ['order_id', orderId],
    ...(attempt === 'any' ? [] : [['attempt', String(attempt)] as const]),
    ...(deployment === '' ? [] : [['deployment', deployment] as const]),
  ] as const;
  const query = terms
    .map(([name, value]) => `metadata['${name}']:'${quoted(value)}'`)
    .join(' AND ');
  return collect(readIntent, (page) =>
    stripe.paymentIntents.search({ query, limit: PAGE_MAX, ...defined({ page }) }),
  );
};

/** https://docs.stripe.com/api/payment_intents/list: a list has no lag, unlike a search. */
const listPayments = (
  stripe: Stripe,
  customer: string,
  { since }: PaymentSearch,
): Promise<Result<readonly PaymentIntent[], UnknownOutcome>> =>
  collect(readIntent, (after) =>
    stripe.paymentIntents.list({
      customer,
      created: { gte: Math.floor(since / SECOND_MS) },
      limit: PAGE_MAX,
      ...defined({ starting_after: after }),
    }),
  );

type PaymentSearch = Omit<Parameters<PaymentGateway['find']>[0], 'signal'>;

/**
 * Whether a payment is the requested one: by its identity, and created no earlier than it was
 * requested. Requests from before deployments had ids are compared by payment method instead,
 * except for test tokens, which Stripe replaces by another name.
 */
export const isOurs = (
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
  reference: Parameters<PaymentGateway['findRefund']>[0],
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
  const outcome = outcomeOfRefund(refund);
  return ok({
    ...money,
    status: LISTED[outcome.type],
    ...(outcome.type === 'Declined' && { code: outcome.code }),
    ...defined({ refundId: textOf(refundId), deployment: textOf(deployment) }),
  });
};

const LISTED = {
  Refunded: 'moved',
  Declined: 'failed',
  UnderWay: 'open',
  Unknown: 'open',
} as const;

export const collectRefunds = (
  stripe: Stripe,
  paymentReference: string,
): Promise<Result<readonly StripeRefund[], UnknownOutcome>> =>
  collect(readRefund, (after) =>
    stripe.refunds.list({
      payment_intent: paymentReference,
      limit: PAGE_MAX,
      ...defined({ starting_after: after }),
    }),
  );

/** Quotes are escaped by a backslash: https://docs.stripe.com/search#search-query-language */
const quoted = (text: string): string => text.replace(/[\\']/g, (sign) => `\\${sign}`);

/** All items of all pages. An unreadable item could be ours, so that the result is then unknown. */
export const collect = async <Item>(
  read: (answer: unknown) => Item | undefined,
  ask: (cursor: PageCursor) => Promise<unknown>,
): Promise<Result<readonly Item[], UnknownOutcome>> => {
  const found = await collectPages(ask, { pagesMax: PAGES_MAX });
  return found.andThen((answers) => {
    const items = answers.map(read).filter((item) => item !== undefined);
    return items.length < answers.length ? err(unknown('unreadable answer')) : ok(items);
  });
};

export const collectPages = async (
  ask: (cursor: PageCursor) => Promise<unknown>,
  options: Parameters<typeof pagesOf>[1],
): Promise<Result<readonly unknown[], UnknownOutcome>> => {
  const found: unknown[] = [];
  for await (const page of pagesOf(ResultAsync.fromThrowable(ask, lookUpFailure), options)) {
    if (page.isErr()) return err(page.error);
    found.push(...page.value);
  }
  return options.signal?.aborted === true ? err(unknown('aborted')) : ok(found);
};

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
