import type { Clock } from '../../../application/ports/clock.ts';
import type {
  Absent,
  CaptureOutcome,
  ChargeRequest,
  ConfirmOutcome,
  InspectedPayment,
  NotExecutedOutcome,
  PaymentStatus,
  VoidOutcome,
} from '../../../application/ports/paymentGateway.ts';
import { defined } from '../../defined.ts';
import { paymentEndOf } from '../../embedded/stripe/paymentMethods.ts';
import { memoryBehaviourOf, refusedFor } from './answers.ts';
import { stepOf, type CaptureBody } from './bodies.ts';
import type { MemoryLedger } from './ledger.ts';
import { CANCELED, type RecordedPayment } from './records.ts';

/** A payment as the shop had it authorised at its checkout, the customer being there. */
export type AuthorisedPayment = {
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentMethod?: string;
  readonly customer?: string;
  /** The shop's own references, where it writes any. */
  readonly deployment?: string;
  readonly orderId?: string;
  readonly attempt?: number;
  /**
   * Whether the payment is captured at once, and nothing is left to capture; by a slow method it is
   * captured after days.
   */
  readonly isCaptured?: boolean;
};

export type SavedMethod = {
  readonly customer: string;
  readonly paymentMethod: string;
  readonly mandate: string;
};

/** Most cards have this: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
const AUTHORISED_FOR_MS = 7 * 86_400_000;

/**
 * The payments that a shop makes at the gateway before an order comes, and what the order then does
 * with them.
 */
export class MemoryShopPayments {
  readonly #ledger: MemoryLedger;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #saved = new Map<string, SavedMethod & { readonly source: string }>();

  constructor(ledger: MemoryLedger, clock: Pick<Clock, 'now'>) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** Saves one of the test methods for a customer of its own. */
  save(source: string): SavedMethod {
    const number = this.#saved.size + 1;
    const saved = {
      customer: `cus_memory_${number}`,
      paymentMethod: `pm_memory_${number}`,
      mandate: `mandate_memory_${number}`,
    };
    this.#saved.set(saved.paymentMethod, { ...saved, source });
    return saved;
  }

  hasCustomer(customer: string): boolean {
    return [...this.#saved.values()].some((method) => method.customer === customer);
  }

  /** The test method that a saved one was made of. */
  sourceOf(paymentMethod: string): string {
    return this.#saved.get(paymentMethod)?.source ?? paymentMethod;
  }

  /**
   * The refusal of a charge that names a method, a customer and a mandate that do not belong
   * together.
   */
  mismatch({ paymentMethod, customer, mandate }: ChargeRequest): NotExecutedOutcome | undefined {
    const saved = this.#saved.get(paymentMethod);
    if (customer !== undefined && !this.hasCustomer(customer)) {
      return refusedFor('resource_missing');
    }
    if (saved !== undefined && customer === undefined) return refusedFor('customer_missing');
    if (saved !== undefined && saved.customer !== customer) {
      return refusedFor('invalid payment_method');
    }
    return mandate === undefined || mandate === saved?.mandate
      ? undefined
      : refusedFor('payment_intent_mandate_invalid');
  }

  authorise({ isCaptured = false, ...payment }: AuthorisedPayment): string {
    const { amountMinor, currency, paymentMethod = 'pm_card_visa', ...owner } = payment;
    const reference = this.#ledger.nextPayment();
    const at = this.#clock.now();
    const isSlow = memoryBehaviourOf(this.sourceOf(paymentMethod))?.type === 'Process';
    const isTaken = isCaptured && !isSlow;
    const type = isTaken ? 'Captured' : 'UnderWay';
    const taken = { type, reference, amountMinor, currency } as const;
    this.#ledger.record({
      key: '',
      body: '',
      deployment: '',
      orderId: '',
      ...owner,
      paymentMethod,
      reference,
      currency,
      at,
      amountMinor: isTaken ? amountMinor : 0,
      authorised: { amountMinor, captureBefore: captureBefore(at) },
      outcome: isCaptured ? taken : { type: 'Unknown', cause: 'status requires_capture' },
    });
    return reference;
  }

  /** `steps` of the currency more than requested are captured. */
  capture(
    payment: RecordedPayment,
    { amountMinor: asked, ...owner }: CaptureBody,
    { steps, ...origin }: { readonly steps: number; readonly key: string; readonly body: string },
  ): CaptureOutcome {
    const { reference, currency, authorised, isExpired = false } = payment;
    const amountMinor = asked + steps * stepOf(currency);
    const status = statusOf(payment);
    if (status === 'cancelled') {
      return { type: 'Declined', code: isExpired ? 'charge_expired_for_capture' : 'canceled' };
    }
    if (status !== 'authorised') return refusedFor('payment_intent_unexpected_state');
    if (asked > (authorised?.amountMinor ?? 0)) return refusedFor('amount_too_large');
    if (asked % stepOf(currency) !== 0) return refusedFor('invalid amount_to_capture');
    const outcome = { type: 'Captured', reference, amountMinor, currency } as const;
    const writtenAt = this.#clock.now();
    this.#ledger.record({ ...payment, ...owner, ...origin, amountMinor, writtenAt, outcome });
    return outcome;
  }

  /** A payment that is under way comes to its end, which its method says. */
  settle(reference: string): void {
    const payment = this.#ledger.payment(reference);
    if (payment?.outcome.type !== 'UnderWay') return;
    const { amountMinor, currency } = payment.outcome;
    const fails = paymentEndOf(this.sourceOf(payment.paymentMethod)) === 'failed';
    this.#ledger.record(
      fails
        ? {
            ...payment,
            outcome: { type: 'Declined', code: 'insufficient_funds' },
          }
        : {
            ...payment,
            amountMinor,
            outcome: { type: 'Captured', reference, amountMinor, currency },
          },
    );
  }

  release(payment: RecordedPayment): VoidOutcome {
    const { reference, outcome } = payment;
    if (outcome.type === 'Captured') return outcome;
    if (outcome.type === 'UnderWay') return refusedFor('payment_intent_unexpected_state');
    const released = { type: 'Declined', code: CANCELED, reference } as const;
    this.#ledger.record({ ...payment, outcome: released });
    return { type: 'Voided', reference };
  }

  /** Confirms a payment on session: its customer is there, and is asked if the bank wants that. */
  confirm(payment: RecordedPayment): ConfirmOutcome {
    if (statusOf(payment) !== 'open' || payment.isLinked === true) {
      return refusedFor('payment_intent_unexpected_state');
    }
    const { reference } = payment;
    const outcome = { type: 'Unknown', cause: 'status requires_action' } as const;
    this.#ledger.record({ ...payment, isLinked: true, outcome });
    return { type: 'CustomerAwaited', reference, link: `https://bank.example/${reference}` };
  }

  /**
   * Does what a customer does who has the link: completes the payment, also after a failure, or
   * fails.
   */
  authenticate(reference: string, isCompleted: boolean): void {
    const payment = this.#ledger.payment(reference);
    if (payment?.isLinked !== true || statusOf(payment) !== 'open') return;
    const { askedMinor: amountMinor = 0, currency } = payment;
    this.#ledger.record(
      isCompleted
        ? {
            ...payment,
            amountMinor,
            outcome: { type: 'Captured', reference, amountMinor, currency },
          }
        : { ...payment, outcome: { type: 'Declined', code: FAILED_AUTHENTICATION, reference } },
    );
  }

  inspect(reference: string): InspectedPayment | Absent {
    const payment = this.#ledger.payment(reference);
    if (payment === undefined) return { type: 'Absent' };
    const { currency, amountMinor: capturedMinor, authorised, at } = payment;
    const { customer, attempt, orderId, deployment } = payment;
    const status = statusOf(payment);
    const isUnderWay = payment.outcome.type === 'UnderWay';
    const askedMinor = isUnderWay
      ? payment.outcome.amountMinor
      : (payment.askedMinor ?? capturedMinor);
    const failed =
      status === 'open' && payment.outcome.type === 'Declined' ? payment.outcome.code : undefined;
    const amountMinor = authorised?.amountMinor ?? askedMinor;
    return {
      type: 'Inspected',
      reference,
      status,
      currency,
      amountMinor,
      capturableMinor: status === 'authorised' ? amountMinor : 0,
      capturedMinor,
      refundedMinor: this.#ledger.refundedMinor(reference),
      createdAt: at,
      ...defined({ failed }),
      ...defined({ captureBefore: authorised?.captureBefore, customer, attempt }),
      ...defined({ orderId: orderId || undefined, deployment: deployment || undefined }),
    };
  }
}

/** https://docs.stripe.com/error-codes#payment-intent-authentication-failure */
const FAILED_AUTHENTICATION = 'payment_intent_authentication_failure';

/**
 * The time at which an authorisation expires: Stripe counts from the second in which it was made.
 */
const captureBefore = (atMs: number): number => atMs - (atMs % 1_000) + AUTHORISED_FOR_MS;

/** A charge that was declined could still be completed by the customer, as at Stripe. */
const statusOf = ({ outcome, authorised }: RecordedPayment): PaymentStatus => {
  if (outcome.type === 'Captured') return 'captured';
  if (outcome.type === 'UnderWay') return 'pending';
  const isDeclined = outcome.type === 'Declined';
  if (isDeclined && outcome.code === CANCELED) return 'cancelled';
  if (authorised === undefined) return 'open';
  return isDeclined ? 'cancelled' : 'authorised';
};
