import { ok, okAsync } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { GatewayLedger } from '../../application/ports/gatewayLedger.ts';
import type {
  ChargeOutcome,
  ChargeRequest,
  NotExecutedOutcome,
  PaymentGateway,
  RefundOutcome,
  UnknownOutcome,
  GatewayPost,
} from '../../application/ports/paymentGateway.ts';
import {
  isPreparedCharge,
  isPreparedRefund,
  parseCharge,
  parseRefund,
  prepareCharge,
  prepareRefund,
} from './paymentGateway/bodies.ts';
import { createBooks, type MemoryCharge, type MemoryRefund } from './paymentGateway/books.ts';
import {
  behaviourOf,
  CONNECTION_LOST,
  refusedFor,
  SERVER_ERROR,
  STORED_FAILURE,
} from './paymentGateway/testMethods.ts';

export type MemoryPaymentGateway = PaymentGateway &
  GatewayLedger & {
    /** All money that moved, in order. Tests compare the orders' events with it. */
    ledger(): {
      readonly charges: readonly MemoryCharge[];
      readonly refunds: readonly MemoryRefund[];
    };
    /**
     * A refund made in the gateway's dashboard: it is no request of ours, and nothing in it names
     * one.
     */
    giveBackByHand(paymentReference: string, amountMinor: number): RefundOutcome;
  };

export type MemoryPaymentGatewayOptions = {
  readonly clock: Clock;
  /**
   * How long a key is kept; after that the same key charges again (G8). Stripe keeps it for 24
   * hours.
   */
  readonly keyWindowMs?: number;
  /**
   * The age that a payment must have for `find` to see it (G10). Refunds are listed, which has no
   * lag.
   */
  readonly searchLagMs?: number;
  readonly account?: string;
};

const ACCOUNT = 'acct_memory:test';
const KEY_WINDOW_MS = 86_400_000;
/** The number of entries in one page of Stripe. */
const PAGE_MAX = 100;
/** The keys that Stripe accepts and that a header can carry. */
const KEY = /^[\x21-\x7e]{1,255}$/;
/** Nothing is ever dropped, so that this bounds the memory. */
const ENTRIES_MAX = 100_000;

/** The outcome is stored by the operation that used the key. */
type StoredRequest = {
  readonly body: string;
  readonly at: number;
  readonly charge?: ChargeOutcome;
  readonly refund?: RefundOutcome;
};

/**
 * A gateway with Stripe's idempotency rules, test payment methods and limits, and a ledger. It
 * decides at the moment of the call and waits for nothing, so that a test's own scheduler
 * determines the order of answers.
 */
export const createMemoryPaymentGateway = (
  options: MemoryPaymentGatewayOptions,
): MemoryPaymentGateway => {
  const { clock, keyWindowMs = KEY_WINDOW_MS, searchLagMs = 0, account = ACCOUNT } = options;
  const books = createBooks(clock, searchLagMs);
  const stored = new Map<string, StoredRequest>();
  const shown = new Set<string>();

  const isFull = (): boolean => books.count() + stored.size + shown.size >= ENTRIES_MAX;

  const recall = (
    key: string,
    body: string,
  ): StoredRequest | NotExecutedOutcome | UnknownOutcome | undefined => {
    const known = stored.get(key);
    if (known !== undefined && clock.now() - known.at < keyWindowMs) {
      return known.body === body ? known : KEY_OF_ANOTHER;
    }
    return isFull() ? notExecuted('memory gateway is full') : undefined;
  };

  /** True the first time, for faults of a payment method that occur once for each key. */
  const isShownNow = (key: string, paymentMethod: string): boolean => {
    const once = `${key} ${paymentMethod}`;
    const isFirst = !shown.has(once);
    shown.add(once);
    return isFirst;
  };

  const charge = (key: string, body: string): ChargeOutcome => {
    if (!KEY.test(key)) return notExecuted('malformed key');
    const request = parseCharge(body);
    const paymentMethod = request?.paymentMethod ?? '';
    const limited = behaviourOf(paymentMethod)?.limitedOnce;
    if (limited !== undefined && !isFull() && isShownNow(key, paymentMethod)) return limited;
    const earlier = recall(key, body);
    if (earlier !== undefined) {
      return 'type' in earlier ? earlier : replayed(earlier.charge);
    }
    return request === undefined ? notExecuted('invalid request') : execute(key, body, request);
  };

  const execute = (key: string, body: string, request: ChargeRequest): ChargeOutcome => {
    const { paymentMethod } = request;
    const shows = behaviourOf(paymentMethod);
    if (shows === undefined) return refusedFor('resource_missing');
    const { result, insteadOnce, forgetsOnce, firstAnswer, everyAnswer } = shows;
    if (insteadOnce !== undefined && isShownNow(key, paymentMethod)) return insteadOnce;
    const outcome =
      result.type === 'ServerError' ? SERVER_ERROR : books.pay(request, result, { key, body });
    if (forgetsOnce === true && isShownNow(key, paymentMethod)) return CONNECTION_LOST;
    const answer = everyAnswer ?? outcome;
    const again = answer.type === 'Unknown' ? STORED_FAILURE : answer;
    stored.set(key, { body, at: clock.now(), charge: again });
    return firstAnswer ?? answer;
  };

  const refund = (key: string, body: string): RefundOutcome => {
    if (!KEY.test(key)) return notExecuted('malformed key');
    const earlier = recall(key, body);
    if (earlier !== undefined) {
      return 'type' in earlier ? earlier : (earlier.refund ?? KEY_OF_ANOTHER);
    }
    const request = parseRefund(body);
    const payment = request && books.payment(request.paymentReference);
    if (request === undefined) return notExecuted('invalid request');
    if (payment === undefined) return refusedFor('resource_missing');
    const shows = behaviourOf(payment.paymentMethod)?.refunds;
    const outcome = books.giveBack(request, payment, { key, body, fails: shows === 'Fail' });
    stored.set(key, { body, at: clock.now(), refund: outcome });
    return shows === 'LoseAnswer' ? CONNECTION_LOST : outcome;
  };

  /** Nothing is sent for a caller that has gone, or that comes too late (R4). */
  const unsent = ({ notAfter, signal }: GatewayPost): NotExecutedOutcome | undefined => {
    if (signal?.aborted) return notExecuted('aborted');
    return clock.now() < notAfter ? undefined : notExecuted('too late to be sent');
  };

  return {
    identify: () => okAsync(account),
    prepare: prepareCharge,
    isPrepared: isPreparedCharge,
    charge: (post) => okAsync(unsent(post) ?? charge(post.key, post.body)),
    find: ({ signal, ...reference }) =>
      okAsync(signal?.aborted ? unknown('aborted') : books.find(reference)),
    prepareRefund,
    isPreparedRefund,
    refund: (post) => okAsync(unsent(post) ?? refund(post.key, post.body)),
    findRefund: ({ signal, ...reference }) =>
      okAsync(signal?.aborted ? unknown('aborted') : books.findRefund(reference)),
    retrieve: ({ signal, kind, reference }) =>
      okAsync(signal?.aborted ? unknown('aborted') : books.retrieve(kind, reference)),
    listRefunds: ({ signal, paymentReference }) =>
      okAsync(signal?.aborted ? unknown('aborted') : books.listRefunds(paymentReference)),
    async *list({ since = 0, signal } = {}) {
      const entries = books.entries().filter(({ at }) => at >= since);
      for (let from = 0; from < entries.length && signal?.aborted !== true; from += PAGE_MAX) {
        yield ok(entries.slice(from, from + PAGE_MAX));
      }
    },
    ledger: () => ({ charges: books.charges(), refunds: books.refunds() }),
    giveBackByHand: (paymentReference, amountMinor) => {
      const payment = books.payment(paymentReference);
      if (payment === undefined) return notExecuted('no such payment');
      const byHand = { deployment: '', orderId: '', refundId: '', paymentReference, amountMinor };
      return books.giveBack(byHand, payment, { key: '', body: '', fails: false });
    },
  };
};

const notExecuted = (reason: string): NotExecutedOutcome => ({ type: 'NotExecuted', reason });

const KEY_OF_ANOTHER: UnknownOutcome = {
  type: 'Unknown',
  cause: 'parameter mismatch',
  keyOfAnother: true,
};

const unknown = (cause: string): UnknownOutcome => ({ type: 'Unknown', cause });

/** A failure stored under a key is a problem of that key, and says nothing about the gateway. */
const replayed = (outcome: ChargeOutcome | undefined): ChargeOutcome => {
  if (outcome === undefined) return KEY_OF_ANOTHER;
  return outcome.type === 'Unknown' && outcome.cause === SERVER_ERROR.cause
    ? { type: 'Unknown', cause: outcome.cause, stored: true }
    : outcome;
};
