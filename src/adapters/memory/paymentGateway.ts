import { ok, okAsync } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type { GatewayLedger } from '../../application/ports/gatewayLedger.ts';
import type {
  ChargeOutcome,
  ChargeRequest,
  MovementKind,
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
import {
  CONNECTION_LOST,
  INSTEAD,
  KEY_OF_ANOTHER,
  memoryBehaviourOf,
  notExecuted,
  RATE_LIMITED,
  refusedFor,
  SERVER_ERROR,
  STORED_FAILURE,
  unknown,
  UNREADABLE,
} from './paymentGateway/answers.ts';
import { MemoryLedger, type MemoryCharge, type MemoryRefund } from './paymentGateway/ledger.ts';
import type { Fault } from '../embedded/stripe/faultSettings.ts';
import { refundBehaviourOf, type Behaviour } from '../embedded/stripe/paymentMethods.ts';

export type MemoryPaymentGateway = PaymentGateway &
  GatewayLedger & {
    /** All money that moved, in order. Tests compare the orders' events with it. */
    ledger(): {
      readonly charges: readonly MemoryCharge[];
      readonly refunds: readonly MemoryRefund[];
    };
    /** A refund made in the gateway's dashboard: nothing in it names a request of ours. */
    giveBackByHand(paymentReference: string, amountMinor: number): RefundOutcome;
  };

export type MemoryPaymentGatewayOptions = {
  readonly clock: Clock;
  /** How long a key is kept, as by Stripe for 24 hours; then it charges again (G8). */
  readonly keyWindowMs?: number;
  /** The age from which `find` sees a payment (G10). Refunds are listed, which has no lag. */
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

/** The name of a charge is that of its payment, but for the prefix. */
const KINDS: Readonly<Record<string, MovementKind>> = { pi: 'payment', re: 'refund', ch: 'charge' };

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
  const ledger = new MemoryLedger(clock, searchLagMs);
  const requests = new MemoryRequests(ledger, clock, keyWindowMs);
  const unlessAborted = <Found>(signal: AbortSignal | undefined, look: () => Found) =>
    okAsync(signal?.aborted === true ? unknown('aborted') : look());
  return {
    identify: () => okAsync(account),
    prepare: prepareCharge,
    isPrepared: isPreparedCharge,
    charge: (post) => okAsync(unsent(post, clock) ?? requests.charge(post)),
    find: (search) => unlessAborted(search.signal, () => ledger.find(search)),
    prepareRefund,
    isPreparedRefund,
    refund: (post) => okAsync(unsent(post, clock) ?? requests.refund(post)),
    findRefund: (search) => unlessAborted(search.signal, () => ledger.findRefund(search)),
    kindOf: (reference) => KINDS[/^(pi|re|ch)_memory_\d+$/.exec(reference)?.[1] ?? ''],
    retrieve: ({ signal, kind, reference }) =>
      unlessAborted(signal, () => ledger.retrieve(kind, reference)),
    listRefunds: ({ signal, paymentReference }) =>
      unlessAborted(signal, () => ledger.listRefunds(paymentReference)),
    async *list({ since = 0, signal } = {}) {
      const entries = ledger.entries().filter(({ at }) => at >= since);
      for (let from = 0; from < entries.length && signal?.aborted !== true; from += PAGE_MAX) {
        yield ok(entries.slice(from, from + PAGE_MAX));
      }
    },
    ledger: () => ({ charges: ledger.charges(), refunds: ledger.refunds() }),
    giveBackByHand: (paymentReference, amountMinor) => {
      const payment = ledger.payment(paymentReference);
      if (payment === undefined) return notExecuted('no such payment');
      const byHand = { deployment: '', orderId: '', refundId: '', paymentReference, amountMinor };
      return ledger.refund(byHand, payment, { key: '', body: '', fails: false });
    },
  };
};

/** Nothing is sent for a caller that has gone, or that comes too late (R4). */
const unsent = (
  { notAfter, signal }: GatewayPost,
  clock: Pick<Clock, 'now'>,
): NotExecutedOutcome | undefined => {
  if (signal?.aborted === true) return notExecuted('aborted');
  return clock.now() < notAfter ? undefined : notExecuted('too late to be sent');
};

/** The requests that move money, with what is stored for their keys. */
class MemoryRequests {
  readonly #ledger: MemoryLedger;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #keyWindowMs: number;
  readonly #stored = new Map<string, StoredRequest>();
  readonly #shown = new Set<string>();

  constructor(ledger: MemoryLedger, clock: Pick<Clock, 'now'>, keyWindowMs: number) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#keyWindowMs = keyWindowMs;
  }

  charge({ key, body }: GatewayPost): ChargeOutcome {
    if (!KEY.test(key)) return notExecuted('malformed key');
    const request = parseCharge(body);
    const behaviour = request && memoryBehaviourOf(request.paymentMethod);
    const isLimited = behaviour?.type === 'Show' && behaviour.fault === 'rate-limited';
    if (isLimited && !this.#isFull() && this.#isShownNow(key, behaviour.fault)) return RATE_LIMITED;
    const earlier = this.#recall(key, body);
    if (earlier !== undefined) {
      return 'type' in earlier ? earlier : (earlier.charge ?? KEY_OF_ANOTHER);
    }
    if (request === undefined) return notExecuted('invalid request');
    if (behaviour === undefined) return refusedFor('resource_missing');
    return this.#execute({ key, body }, request, behaviour);
  }

  refund({ key, body }: GatewayPost): RefundOutcome {
    if (!KEY.test(key)) return notExecuted('malformed key');
    const earlier = this.#recall(key, body);
    if (earlier !== undefined) {
      return 'type' in earlier ? earlier : (earlier.refund ?? KEY_OF_ANOTHER);
    }
    const request = parseRefund(body);
    if (request === undefined) return notExecuted('invalid request');
    const payment = this.#ledger.payment(request.paymentReference);
    if (payment === undefined) return refusedFor('resource_missing');
    const behaviour = refundBehaviourOf(payment.paymentMethod);
    const fault = behaviour.type === 'Show' ? behaviour.fault : undefined;
    const fails = fault === 'refund-fails';
    const outcome = this.#ledger.refund(request, payment, { key, body, fails });
    this.#stored.set(key, { body, at: this.#clock.now(), refund: outcome });
    return fault === 'refund-lost' ? CONNECTION_LOST : outcome;
  }

  #execute(
    origin: { readonly key: string; readonly body: string },
    request: ChargeRequest,
    behaviour: Behaviour,
  ): ChargeOutcome {
    const { key, body } = origin;
    const fault = behaviour.type === 'Show' ? behaviour.fault : undefined;
    const instead = fault && INSTEAD[fault];
    if (instead !== undefined && this.#isShownNow(key, fault)) return instead;
    const outcome = this.#move(origin, request, behaviour);
    if (fault === 'key-forgotten' && this.#isShownNow(key, fault)) return CONNECTION_LOST;
    const answer = fault === 'garbage-body' ? UNREADABLE : outcome;
    const charge = answer.type === 'Unknown' ? STORED_FAILURE : answer;
    this.#stored.set(key, { body, at: this.#clock.now(), charge });
    return fault === 'answer-lost' ? CONNECTION_LOST : answer;
  }

  #move(
    origin: { readonly key: string; readonly body: string },
    request: ChargeRequest,
    behaviour: Behaviour,
  ): ChargeOutcome {
    switch (behaviour.type) {
      case 'Decline':
        return this.#ledger.decline(request, behaviour.declineCode, origin);
      case 'Show':
        if (behaviour.fault === 'server-error') return SERVER_ERROR;
        return this.#ledger.capture(request, behaviour.fault === 'wrong-amount' ? 1 : 0, origin);
      case 'Slow':
      case 'Capture':
        return this.#ledger.capture(request, 0, origin);
    }
  }

  /** What is stored for the key, or why nothing can be executed; undefined for a new key. */
  #recall(
    key: string,
    body: string,
  ): StoredRequest | NotExecutedOutcome | UnknownOutcome | undefined {
    const known = this.#stored.get(key);
    if (known !== undefined && this.#clock.now() - known.at < this.#keyWindowMs) {
      return known.body === body ? known : KEY_OF_ANOTHER;
    }
    return this.#isFull() ? notExecuted('memory gateway is full') : undefined;
  }

  #isFull(): boolean {
    return this.#ledger.size() + this.#stored.size + this.#shown.size >= ENTRIES_MAX;
  }

  /** True the first time, for faults of a payment method that occur once for each key. */
  #isShownNow(key: string, fault: Fault | undefined): boolean {
    const once = `${key} ${fault}`;
    const isFirst = !this.#shown.has(once);
    this.#shown.add(once);
    return isFirst;
  }
}
