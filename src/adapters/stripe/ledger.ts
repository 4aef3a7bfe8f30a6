import { err, ResultAsync, type Result } from 'neverthrow';
import type { Stripe } from 'stripe';
import type { Clock } from '../../application/ports/clock.ts';
import type { DependencyError } from '../../application/ports/failures.ts';
import type {
  GatewayLedger,
  LedgerEntry,
  LedgerStatus,
  UnreadableEntry,
} from '../../application/ports/gatewayLedger.ts';
import type { UnknownOutcome } from '../../application/ports/paymentGateway.ts';
import { misconfigured, unavailable } from '../failures.ts';
import { lookUpFailure } from './errors.ts';
import { readDispute } from './disputes.ts';
import { PAGE_MAX, pagesOf, type PageCursor } from './pages.ts';
import {
  MAPPED_INTENT_STATUSES,
  outcomeOfFound,
  readIntent,
  type PaymentIntent,
} from './intents.ts';
import { MAPPED_REFUND_STATUSES, outcomeOfRefund, readRefund } from './refunds.ts';
import { defined } from '../defined.ts';
import { attemptIn, fieldsOf, ownerIn, textOf, unknown } from './rows.ts';

/** A hundred million entries. It bounds the read of a list that never ends. */
const PAGES_MAX = 1_000_000;
/** The number of tries for a page before the list fails. */
const TRIES_MAX = 5;
const PAUSE_MS = 1_000;
const PAUSE_MS_MAX = 20_000;

/**
 * The account's PaymentIntents, Refunds and Disputes, the newest first, as Stripe lists them.
 * Unlike a search, a list has no lag. What is created meanwhile comes before its beginning, and
 * none is listed twice.
 */
export const createStripeGatewayLedger = (stripe: Stripe, clock: Clock): GatewayLedger => ({
  async *list({ since, signal } = {}) {
    // Stripe counts whole seconds, so that the second of the start is listed as a whole.
    const created = since === undefined ? {} : { created: { gte: Math.floor(since / 1_000) } };
    const query = { limit: PAGE_MAX, ...created };
    const payments = (after: PageCursor) =>
      stripe.paymentIntents.list({ ...query, ...defined({ starting_after: after }) });
    const refunds = (after: PageCursor) =>
      stripe.refunds.list({ ...query, ...defined({ starting_after: after }) });
    const disputes = (after: PageCursor) =>
      stripe.disputes.list({ ...query, ...defined({ starting_after: after }) });
    for (const [ask, read] of [
      [payments, readPayment],
      [refunds, readRefundEntry],
      [disputes, readDisputeEntry],
    ] as const) {
      let last: PageCursor;
      const patient = async (after: PageCursor): Promise<Result<unknown, UnknownOutcome>> => {
        // A list that stands still would be read a million times.
        if (after !== undefined && after === last) return err(unknown('unreadable answer'));
        last = after;
        return patiently(() => ask(after), { clock, signal });
      };
      for await (const page of pagesOf(patient, { pagesMax: PAGES_MAX, signal })) {
        yield page.map((items) => items.map((item) => read(fieldsOf(item)))).mapErr(failureOf);
        if (page.isErr()) return;
      }
    }
  },
});

type RetryContext = { readonly clock: Clock; readonly signal: AbortSignal | undefined };
type Item = Readonly<Record<string, unknown>>;

/** Repeating the request has no effect. Only failures that may pass by themselves are retried. */
const patiently = async (
  request: () => Promise<unknown>,
  { clock, signal }: RetryContext,
): Promise<Result<unknown, UnknownOutcome>> => {
  const ask = ResultAsync.fromThrowable(request, lookUpFailure);
  for (let tries = 1; ; tries += 1) {
    const answer = await ask();
    if (answer.isOk()) return answer;
    const { trouble, retryAfterMs = 0 } = answer.error;
    const mayPass = trouble === 'Unavailable' || trouble === 'Throttled';
    if (!mayPass || tries === TRIES_MAX || signal?.aborted === true) return answer;
    const pauseMs = Math.max(PAUSE_MS * 2 ** (tries - 1), retryAfterMs);
    await clock.sleep(Math.min(pauseMs, PAUSE_MS_MAX), signal);
  }
};

const failureOf = ({ cause, trouble }: UnknownOutcome): DependencyError =>
  trouble === 'Misconfigured'
    ? misconfigured('PaymentGateway', cause)
    : unavailable('PaymentGateway', cause, trouble === 'Throttled');

const readPayment = (item: Item): LedgerEntry => {
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
  return {
    kind: 'payment',
    ...entryOf(intent, moved?.amountMinor),
    at,
    status: STATUS[outcome.type],
    ...attemptIn(intent.metadata),
  };
};

const readRefundEntry = (item: Item): LedgerEntry => {
  const refund = readRefund(item);
  const at = createdAt(item);
  if (refund === undefined || at === undefined) return unreadable(item, 'is no Refund');
  if (!MAPPED_REFUND_STATUSES.includes(refund.status)) {
    return unreadable(item, `has the status ${refund.status}`);
  }
  const outcome = outcomeOfRefund(refund);
  if (outcome.type === 'Unknown' && refund.status === 'succeeded') {
    return unreadable(item, 'refunded what is no amount');
  }
  const moved = outcome.type === 'Refunded' ? outcome : undefined;
  const status = outcome.type === 'Declined' ? 'failed' : STATUS[outcome.type];
  const { metadata, paymentIntent: paymentReference } = refund;
  return {
    kind: 'refund',
    ...entryOf(refund, moved?.amountMinor),
    at,
    status,
    ...defined({ refundId: textOf(metadata['refund_id']), paymentReference }),
  };
};

const readDisputeEntry = (item: Item): LedgerEntry =>
  readDispute(item).match(
    ({ dispute: reference, reason: _reason, dueBy: _dueBy, ...listed }): LedgerEntry => {
      const at = createdAt(item);
      const paymentReference = textOf(item['payment_intent']);
      return at === undefined
        ? unreadable(item, 'is no Dispute')
        : { kind: 'dispute', reference, ...listed, at, ...defined({ paymentReference }) };
    },
    ({ cause }) => unreadable(item, `is no Dispute that can be read: ${cause}`),
  );

const STATUS = {
  Captured: 'moved',
  Refunded: 'moved',
  Declined: 'declined',
  UnderWay: 'open',
  Unknown: 'open',
} as const satisfies Record<string, LedgerStatus>;

const entryOf = (
  { id: reference, currency, metadata }: Pick<PaymentIntent, 'id' | 'currency' | 'metadata'>,
  amountMinor = 0,
) => ({ reference, amountMinor, currency: currency.toUpperCase(), ...ownerIn(metadata) });

const createdAt = ({ created }: Item): number | undefined =>
  typeof created === 'number' && Number.isSafeInteger(created) ? created * 1_000 : undefined;

const unreadable = ({ id }: Item, why: string): UnreadableEntry => ({
  kind: 'unreadable',
  reference: textOf(id) ?? '(unnamed)',
  why,
});
