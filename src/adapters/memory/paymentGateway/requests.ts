import type { Clock } from '../../../application/ports/clock.ts';
import type {
  CaptureOutcome,
  ChargeOutcome,
  ConfirmOutcome,
  GatewayPost,
  NotExecutedOutcome,
  PaymentPost,
  RefundOutcome,
  UnknownOutcome,
  VoidOutcome,
} from '../../../application/ports/paymentGateway.ts';
import type { Fault } from '../../embedded/stripe/faultSettings.ts';
import {
  refundBehaviourOf,
  refundCourseOf,
  type Behaviour,
} from '../../embedded/stripe/paymentMethods.ts';
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
  UNREADABLE,
} from './answers.ts';
import { parseCapture, parseCharge, parseConfirm, parseRefund, VOID } from './bodies.ts';
import type { MemoryLedger } from './ledger.ts';
import type { RecordedPayment } from './records.ts';
import type { MemoryShopPayments } from './shopPayments.ts';

/** The keys that Stripe accepts and that a header can carry. */
const KEY = /^[\x21-\x7e]{1,255}$/;
/** Nothing is ever dropped, so that this bounds the memory. */
const ENTRIES_MAX = 100_000;

/** The answers to each kind of request. */
type Outcomes = {
  readonly charge: ChargeOutcome;
  readonly capture: CaptureOutcome;
  readonly confirm: ConfirmOutcome;
  readonly void: VoidOutcome;
  readonly refund: RefundOutcome;
};
type PostKind = keyof Outcomes;

/** One key serves one kind of request, on one payment, with one body. */
type StoredRequest = {
  readonly kind: PostKind;
  readonly payment: string;
  readonly body: string;
  readonly at: number;
  readonly outcome: Outcomes[PostKind];
};

type Post = GatewayPost & { readonly payment?: string };

/** The faults that the payment method shows while a request is carried out. */
type Shown = {
  /** The number of steps of the currency that are captured beyond what was asked for. */
  readonly steps: number;
  /** Whether the refund ends as failed. */
  readonly fails: boolean;
};

type MemoryRequestsOptions = {
  readonly ledger: MemoryLedger;
  readonly shop: MemoryShopPayments;
  readonly clock: Pick<Clock, 'now'>;
  readonly keyWindowMs: number;
};

/** The requests that move money, or let go of it, with what is stored for their keys. */
export class MemoryRequests {
  readonly #options: MemoryRequestsOptions;
  readonly #stored = new Map<string, StoredRequest>();
  readonly #shown = new Set<string>();

  constructor(options: MemoryRequestsOptions) {
    this.#options = options;
  }

  charge(post: GatewayPost): ChargeOutcome {
    const { ledger, shop } = this.#options;
    const request = parseCharge(post.body);
    const behaviour = request && memoryBehaviourOf(shop.sourceOf(request.paymentMethod));
    return this.#answer('charge', post, behaviour, () => {
      if (request === undefined) return notExecuted('invalid request');
      if (behaviour === undefined) return refusedFor('resource_missing');
      const { key, body } = post;
      return (
        shop.mismatch(request) ??
        (({ steps }) =>
          behaviour.type === 'Decline'
            ? ledger.decline(request, behaviour.declineCode, { key, body })
            : behaviour.type === 'Process'
              ? ledger.begin(request, { key, body })
              : ledger.capture(request, steps, { key, body }))
      );
    });
  }

  capture(post: PaymentPost): CaptureOutcome {
    const { ledger, shop } = this.#options;
    const request = parseCapture(post.body);
    const payment = ledger.payment(post.payment);
    return this.#answer('capture', post, this.#behaviourOf(payment), () => {
      if (request === undefined) return notExecuted('invalid request');
      if (payment === undefined) return refusedFor('resource_missing');
      const { key, body } = post;
      return ({ steps }) => shop.capture(payment, request, { key, body, steps });
    });
  }

  confirm(post: PaymentPost): ConfirmOutcome {
    const { ledger, shop } = this.#options;
    const request = parseConfirm(post.body);
    const payment = ledger.payment(post.payment);
    return this.#answer('confirm', post, undefined, () => {
      if (payment === undefined) return refusedFor('resource_missing');
      if (payment.paymentMethod !== request.paymentMethod) {
        return refusedFor('invalid payment_method');
      }
      return () => shop.confirm(payment);
    });
  }

  void(post: PaymentPost): VoidOutcome {
    const { ledger, shop } = this.#options;
    const payment = ledger.payment(post.payment);
    return this.#answer('void', post, this.#behaviourOf(payment), () => {
      if (post.body !== VOID) return notExecuted('invalid request');
      return payment === undefined ? refusedFor('resource_missing') : () => shop.release(payment);
    });
  }

  refund(post: GatewayPost): RefundOutcome {
    const { ledger, shop } = this.#options;
    const request = parseRefund(post.body);
    const payment = request && ledger.payment(request.paymentReference);
    const behaviour = payment && refundBehaviourOf(payment.paymentMethod);
    return this.#answer('refund', post, behaviour, () => {
      if (request === undefined) return notExecuted('invalid request');
      if (payment === undefined) return refusedFor('resource_missing');
      const { key, body } = post;
      const { status } = refundCourseOf(shop.sourceOf(payment.paymentMethod));
      const end = status === 'pending' ? 'open' : 'moved';
      return ({ fails }) =>
        ledger.refund(request, payment, { key, body, end: fails ? 'failed' : end });
    });
  }

  /** What a method shows, it shows when the payment is captured or released. */
  #behaviourOf(payment: RecordedPayment | undefined): Behaviour | undefined {
    return payment && memoryBehaviourOf(this.#options.shop.sourceOf(payment.paymentMethod));
  }

  /**
   * Every request goes through the same gates. What fails validation leaves its key free; what is
   * found out while it is carried out is kept for the key.
   */
  #answer<K extends PostKind>(
    kind: K,
    post: Post,
    behaviour: Behaviour | undefined,
    prepared: () => NotExecutedOutcome | ((shown: Shown) => Outcomes[K]),
  ): Outcomes[K] | NotExecutedOutcome | UnknownOutcome {
    const { key, body, payment = '' } = post;
    const fault = behaviour?.type === 'Show' ? behaviour.fault : undefined;
    const unsent = this.#unsent(post);
    if (unsent !== undefined) return unsent;
    if (fault === 'rate-limited' && !this.#isFull() && this.#isShownNow(key, fault)) {
      return RATE_LIMITED;
    }
    const earlier = this.#recall(kind, post);
    if (earlier !== undefined) return earlier as Outcomes[K];
    if (this.#isFull()) return notExecuted('memory gateway is full');
    const execute = prepared();
    if (typeof execute !== 'function') return execute;
    if (fault !== undefined && INSTEAD[fault] !== undefined && this.#isShownNow(key, fault)) {
      return INSTEAD[fault];
    }
    const shown = { steps: fault === 'wrong-amount' ? 1 : 0, fails: fault === 'refund-fails' };
    const outcome = fault === 'server-error' ? SERVER_ERROR : execute(shown);
    if (fault === 'key-forgotten' && this.#isShownNow(key, fault)) return CONNECTION_LOST;
    const answer = fault === 'garbage-body' ? UNREADABLE : outcome;
    const kept = answer.type === 'Unknown' ? STORED_FAILURE : answer;
    const at = this.#options.clock.now();
    this.#stored.set(key, { kind, payment, body, at, outcome: kept });
    return fault === 'answer-lost' || fault === 'refund-lost' ? CONNECTION_LOST : answer;
  }

  /** Nothing is sent for a caller that has gone, or that comes too late (R4). */
  #unsent({ key, notAfter, signal }: GatewayPost): NotExecutedOutcome | undefined {
    if (signal?.aborted === true) return notExecuted('aborted');
    if (this.#options.clock.now() >= notAfter) return notExecuted('too late to be sent');
    return KEY.test(key) ? undefined : notExecuted('malformed key');
  }

  /** The answer that is stored for the key; undefined for a new key. */
  #recall(kind: PostKind, { key, body, payment = '' }: Post): Outcomes[PostKind] | undefined {
    const { clock, keyWindowMs } = this.#options;
    const known = this.#stored.get(key);
    if (known === undefined || clock.now() - known.at >= keyWindowMs) return undefined;
    const isSame = known.kind === kind && known.body === body && known.payment === payment;
    return isSame ? known.outcome : KEY_OF_ANOTHER;
  }

  #isFull(): boolean {
    const { ledger } = this.#options;
    return ledger.size() + this.#stored.size + this.#shown.size >= ENTRIES_MAX;
  }

  /** True the first time, for faults of a payment method that occur once for each key. */
  #isShownNow(key: string, fault: Fault): boolean {
    const once = `${key} ${fault}`;
    const isFirst = !this.#shown.has(once);
    this.#shown.add(once);
    return isFirst;
  }
}
