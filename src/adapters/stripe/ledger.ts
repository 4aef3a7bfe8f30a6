import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Stripe } from 'stripe';
import type { Clock } from '../../application/ports/clock.ts';
import type { Misconfiguration, Unavailable } from '../../application/ports/failures.ts';
import type {
  GatewayLedger,
  LedgerEntry,
  LedgerStatus,
  UnreadableEntry,
} from '../../application/ports/gatewayLedger.ts';
import type { UnknownOutcome } from '../../application/ports/paymentGateway.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { lookUpFailure } from './errors.ts';
import { MAPPED_INTENT_STATUSES, outcomeOfFound, readIntent } from './intents.ts';
import { MAPPED_REFUND_STATUSES, outcomeOfRefund, readRefund } from './refunds.ts';
import { fieldsOf, textOf } from './rows.ts';

/** The maximum page size of Stripe: https://docs.stripe.com/api/pagination */
const PAGE_MAX = 100;
/** A hundred million entries. It bounds the read of a list that never ends. */
const PAGES_MAX = 1_000_000;
/** The number of tries for a page before the list fails. */
const TRIES_MAX = 5;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 20_000;

/**
 * The account's PaymentIntents and Refunds, the newest first, as Stripe lists them. Unlike a
 * search, a list has no lag. Objects that are created meanwhile come before its beginning, so that
 * nothing is listed twice.
 */
export const createStripeGatewayLedger = (stripe: Stripe, clock: Clock): GatewayLedger => ({
  async *list({ since, signal } = {}) {
    // Stripe counts whole seconds, so that the second of the start is listed as a whole.
    const created = since === undefined ? {} : { created: { gte: Math.floor(since / 1_000) } };
    const query = { limit: PAGE_MAX, ...created };
    for (const { ask, read } of [
      {
        ask: (after: object): Promise<unknown> =>
          stripe.paymentIntents.list({ ...query, ...after }),
        read: readPayment,
      },
      {
        ask: (after: object): Promise<unknown> => stripe.refunds.list({ ...query, ...after }),
        read: readRefundEntry,
      },
    ]) {
      for await (const page of pagesOf(ask, { clock, signal })) {
        yield page.map((items) => items.map(read));
        if (page.isErr()) return;
      }
    }
  },
});

type RetryContext = { readonly clock: Clock; readonly signal: AbortSignal | undefined };
type Items = readonly Readonly<Record<string, unknown>>[];
type PageError = Unavailable | Misconfiguration;

async function* pagesOf(
  ask: (after: object) => Promise<unknown>,
  waiting: RetryContext,
): AsyncGenerator<Result<Items, PageError>, void, void> {
  const isAborted = (): boolean => waiting.signal?.aborted === true;
  let after: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    if (isAborted()) return;
    const answer = await patiently(
      () => ask(after === undefined ? {} : { starting_after: after }),
      waiting,
    );
    if (isAborted()) return;
    const page = answer.andThen(readPage);
    if (page.isErr()) return yield err(page.error);
    const { items, hasMore } = page.value;
    yield ok(items);
    if (!hasMore) return;
    const last = textOf(items.at(-1)?.['id']);
    if (last === undefined || last === after)
      return yield err(unavailable('PaymentGateway', 'unreadable answer'));
    after = last;
  }
  yield err(unavailable('PaymentGateway', `the list goes on after ${PAGES_MAX} pages`));
}

/** Repeating the request has no effect. Only failures that may pass by themselves are retried. */
const patiently = async (
  request: () => Promise<unknown>,
  { clock, signal }: RetryContext,
): Promise<Result<unknown, PageError>> => {
  const ask = ResultAsync.fromThrowable(request, lookUpFailure);
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.isOk()) return ok(answer.value);
    const { trouble, retryAfterMs = 0 } = answer.error;
    const mayPass = trouble === 'Unavailable' || trouble === 'Throttled';
    if (!mayPass || tries === TRIES_MAX || signal?.aborted === true) {
      return err(failureOf(answer.error));
    }
    const pauseMs = Math.max(PAUSE_MS * 2 ** (tries - 1), retryAfterMs);
    await clock.sleep(Math.min(pauseMs, PAUSE_MS_MAX), signal);
  }
};

const failureOf = ({ cause, trouble }: UnknownOutcome): PageError =>
  trouble === 'Misconfigured'
    ? misconfigured('PaymentGateway', cause)
    : unavailable('PaymentGateway', cause, trouble === 'Throttled');

const readPage = (
  answer: unknown,
): Result<{ readonly items: Items; readonly hasMore: boolean }, PageError> => {
  const { object, data, has_more: hasMore } = fieldsOf(answer);
  return object === 'list' && Array.isArray(data) && typeof hasMore === 'boolean'
    ? ok({ items: data.map(fieldsOf), hasMore })
    : err(unavailable('PaymentGateway', 'unreadable answer'));
};

const readPayment = (item: Items[number]): LedgerEntry => {
  const intent = readIntent(item);
  const at = createdAt(item);
  if (intent === undefined || at === undefined) return unreadable(item, 'is no PaymentIntent');
  if (!MAPPED_INTENT_STATUSES.includes(intent.status)) {
    return unreadable(item, `has the status ${intent.status}`);
  }
  const outcome = outcomeOfFound(intent);
  const moved = outcome.type === 'Captured' ? outcome : undefined;
  if (moved === undefined && intent.amount_received !== 0) {
    return unreadable(item, 'received what is no amount, or without having succeeded');
  }
  const attempt = Number(intent.metadata['attempt']);
  return {
    kind: 'payment',
    ...entryOf(intent, { at, moved, status: STATUS[outcome.type] }),
    ...(Number.isSafeInteger(attempt) && attempt > 0 ? { attempt } : {}),
  };
};

const readRefundEntry = (item: Items[number]): LedgerEntry => {
  const refund = readRefund(item);
  const at = createdAt(item);
  if (refund === undefined || at === undefined) return unreadable(item, 'is no Refund');
  if (!MAPPED_REFUND_STATUSES.includes(refund.status)) {
    return unreadable(item, `has the status ${refund.status}`);
  }
  const outcome = outcomeOfRefund(refund);
  if (outcome.type === 'Unknown' && refund.status === 'succeeded') {
    return unreadable(item, 'gave back what is no amount');
  }
  const moved = outcome.type === 'Refunded' ? outcome : undefined;
  const status = outcome.type === 'Declined' ? 'failed' : STATUS[outcome.type];
  const refundId = textOf(refund.metadata['refund_id']);
  const { paymentIntent: paymentReference } = refund;
  return {
    kind: 'refund',
    ...entryOf(refund, { at, moved, status }),
    ...(refundId === undefined ? {} : { refundId }),
    ...(paymentReference === undefined ? {} : { paymentReference }),
  };
};

const STATUS = {
  Captured: 'moved',
  Refunded: 'moved',
  Declined: 'declined',
  Unknown: 'open',
} as const satisfies Record<string, LedgerStatus>;

type LedgerObject = {
  readonly id: string;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, unknown>>;
};

const entryOf = (
  { id: reference, currency, metadata }: LedgerObject,
  {
    at,
    moved,
    status,
  }: {
    readonly at: number;
    readonly moved: { readonly amountMinor: number } | undefined;
    readonly status: LedgerStatus;
  },
) => {
  const orderId = textOf(metadata['order_id']);
  const deployment = textOf(metadata['deployment']);
  return {
    reference,
    status,
    amountMinor: moved?.amountMinor ?? 0,
    currency: currency.toUpperCase(),
    at,
    ...(orderId === undefined ? {} : { orderId }),
    ...(deployment === undefined ? {} : { deployment }),
  };
};

const createdAt = ({ created }: Items[number]): number | undefined =>
  typeof created === 'number' && Number.isSafeInteger(created) ? created * 1_000 : undefined;

const unreadable = ({ id }: Items[number], why: string): UnreadableEntry => ({
  kind: 'unreadable',
  reference: textOf(id) ?? '(unnamed)',
  why,
});
