import { err, ok, okAsync, type Result } from 'neverthrow';
import type { Clock } from '../../application/ports/clock.ts';
import type {
  ChargeOutcome,
  ChargeRequest,
  PaymentGateway,
  Unchargeable,
} from '../../application/ports/paymentGateway.ts';
import { currencyExponent } from '../../domain/money/index.ts';

export type MemoryCharge = {
  readonly key: string;
  readonly reference: string;
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly body: string;
};

export type MemoryPaymentGateway = PaymentGateway & {
  /** Every capture, in order: the truth that an order's one charge is checked against. */
  ledger(): readonly MemoryCharge[];
};

export type MemoryPaymentGatewayOptions = {
  readonly clock: Clock;
  /** How long a key is remembered; after it the same key charges again (G8). Stripe's is 24 hours. */
  readonly keyWindowMs?: number;
};

const KEY_WINDOW_MS = 86_400_000;
/** Stripe takes amounts of up to twelve digits (https://docs.stripe.com/currencies#maximum-charge-amounts). */
const AMOUNT_MAX = 999_999_999_999;
/** What Stripe takes as a key, and what can stand in a header. */
const KEY = /^[\x21-\x7e]{1,255}$/;
/** Charges and keys are never dropped, so this bounds the memory that they take. */
const ENTRIES_MAX = 100_000;

/** Stripe's test payment methods that decline, with the code they decline with (https://docs.stripe.com/testing). */
const DECLINES: ReadonlyMap<string, string> = new Map([
  ['pm_card_visa_chargeDeclined', 'generic_decline'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
  ['pm_card_visa_chargeDeclinedStolenCard', 'stolen_card'],
  ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
  ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
  ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ['pm_card_authenticationRequired', 'authentication_required'],
]);

/** Those that capture; the sandbox's `slow` one is not slow here, since nothing in memory waits. */
const CAPTURES: ReadonlySet<string> = new Set([
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_amex',
  'pm_sandbox_slow',
  'pm_sandbox_answer_lost',
  'pm_sandbox_dropped_before',
]);

/** As it shows from here it could have been anybody's request. */
const CONNECTION_LOST: ChargeOutcome = {
  type: 'Unknown',
  cause: 'connection lost',
  trouble: 'Unavailable',
};

type Stored = { readonly body: string; readonly outcome: ChargeOutcome; readonly at: number };

/**
 * A gateway with Stripe's idempotency rules, test payment methods and limits, and a ledger. It decides at
 * the moment of the call and waits for nothing, so that a test's own scheduler rules the order of answers.
 */
export const createMemoryPaymentGateway = (
  options: MemoryPaymentGatewayOptions,
): MemoryPaymentGateway => {
  const keyWindowMs = options.keyWindowMs ?? KEY_WINDOW_MS;
  const charges: MemoryCharge[] = [];
  const stored = new Map<string, Stored>();
  const dropped = new Set<string>();

  const execute = (key: string, body: string, request: ChargeRequest): ChargeOutcome => {
    const decline = DECLINES.get(request.paymentMethod);
    if (decline !== undefined) return { type: 'Declined', code: decline };
    const { orderId, amountMinor, currency } = request;
    const reference = `pi_memory_${charges.length + 1}`;
    charges.push({ key, reference, orderId, amountMinor, currency, body });
    return { type: 'Captured', reference, amountMinor, currency };
  };

  const charge = (key: string, body: string): ChargeOutcome => {
    if (!KEY.test(key)) return notExecuted('malformed key');
    const now = options.clock.now();
    const known = stored.get(key);
    if (known !== undefined && now - known.at < keyWindowMs) {
      return known.body === body ? known.outcome : unknown('parameter mismatch');
    }
    const request = parse(body);
    if (request === undefined) return notExecuted('invalid request');
    if (charges.length + stored.size + dropped.size >= ENTRIES_MAX) {
      return notExecuted('memory gateway is full');
    }
    if (request.paymentMethod === 'pm_sandbox_dropped_before' && !dropped.has(key)) {
      dropped.add(key);
      return CONNECTION_LOST;
    }
    const outcome = execute(key, body, request);
    stored.set(key, { body, outcome, at: now });
    const isLost = request.paymentMethod === 'pm_sandbox_answer_lost';
    return isLost ? CONNECTION_LOST : outcome;
  };

  return {
    prepare: (request) => chargeable(request).map(serialize),
    charge: ({ key, body, signal }) =>
      okAsync(signal?.aborted ? notExecuted('aborted') : charge(key, body)),
    ledger: () => [...charges],
  };
};

const chargeable = (request: ChargeRequest): Result<ChargeRequest, Unchargeable> => {
  const { orderId, amountMinor, currency, paymentMethod } = request;
  const exponent = currencyExponent(currency);
  if (exponent === undefined || exponent > 3) return unchargeable(`currency ${currency}`);
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 1 || amountMinor > AMOUNT_MAX) {
    return unchargeable(`amount ${amountMinor}`);
  }
  // Card networks carry two decimals, so Stripe wants the third digit to be 0.
  if (exponent === 3 && amountMinor % 10 !== 0) {
    return unchargeable(`amount ${amountMinor} ${currency} is not a multiple of ten`);
  }
  return [orderId, paymentMethod].every((text) => text !== '' && text.isWellFormed())
    ? ok(request)
    : unchargeable('no order id or no payment method');
};

const serialize = (request: ChargeRequest): string =>
  new URLSearchParams({
    orderId: request.orderId,
    attempt: String(request.attempt),
    amountMinor: String(request.amountMinor),
    currency: request.currency,
    paymentMethod: request.paymentMethod,
  }).toString();

/** Undefined for what `prepare` would not have written. */
const parse = (body: string): ChargeRequest | undefined => {
  const fields = new URLSearchParams(body);
  const request = {
    orderId: fields.get('orderId') ?? '',
    attempt: Number(fields.get('attempt')),
    amountMinor: Number(fields.get('amountMinor')),
    currency: fields.get('currency') ?? '',
    paymentMethod: fields.get('paymentMethod') ?? '',
  };
  const { paymentMethod } = request;
  const known = CAPTURES.has(paymentMethod) || DECLINES.has(paymentMethod);
  return known && serialize(request) === body && chargeable(request).isOk() ? request : undefined;
};

const unchargeable = (reason: string): Result<never, Unchargeable> =>
  err({ type: 'Unchargeable', reason });

const notExecuted = (reason: string): ChargeOutcome => ({ type: 'NotExecuted', reason });

const unknown = (cause: string): ChargeOutcome => ({ type: 'Unknown', cause });
