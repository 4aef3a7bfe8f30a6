import { randomBytes } from 'node:crypto';
import { chargeRulesOf } from './chargeRules.ts';
import { errorAnswer, type StripeAnswer } from './errors.ts';
import { newId } from './ids.ts';
import type { EndStatus } from './outcomes.ts';
import type { CreateIntent } from './createIntent.ts';

/** The fields of a PaymentIntent that the sandbox itself reads; the others are for clients. */
export type StoredIntent = {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  /** Absent in journals of earlier releases, as are `customer` and `cancellation_reason`. */
  readonly amount_capturable?: number;
  readonly amount_received: number;
  readonly cancellation_reason?: string | null;
  readonly currency: string;
  readonly created: number;
  readonly customer?: string | null;
  readonly latest_charge: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly payment_method: string | null;
  readonly last_payment_error: {
    /** Only the error has it. */
    readonly type?: string;
    readonly code?: string;
    readonly message?: string;
    /** Absent where an authentication has failed, and no charge. */
    readonly decline_code?: string;
    readonly payment_method: string;
  } | null;
  readonly status:
    | 'succeeded'
    | 'processing'
    | 'requires_payment_method'
    | 'requires_action'
    | 'requires_capture'
    | 'canceled';
  /** Set while the customer has to do something. */
  readonly next_action?: object | null;
};

/** Executes a confirmation, with or without a capture; `atMs` is the sandbox's clock. */
export const confirm = (
  create: CreateIntent,
  { atMs, wrongAmount }: { readonly atMs: number; readonly wrongAmount: boolean },
): StripeAnswer => {
  const { behaviour } = create;
  if (behaviour.type !== 'Decline') {
    const amount = create.amount + (wrongAmount ? (chargeRulesOf(create.currency)?.step ?? 1) : 0);
    const intent = intentOf({ ...create, amount }, atMs);
    // What is held until its capture is a card's, which is not slow.
    const isSlow = behaviour.type === 'Process' && !create.isManual;
    const body = isSlow ? { ...intent, amount_received: 0, status: 'processing' } : intent;
    return { status: 200, body };
  }
  const charge = newId('ch');
  const failure = {
    type: 'card_error',
    code: behaviour.code,
    decline_code: behaviour.declineCode,
    message: behaviour.message,
    charge,
    payment_method: create.paymentMethod,
  } as const;
  const { type, code, message, ...more } = failure;
  const intent = {
    ...intentOf(create, atMs),
    amount_capturable: 0,
    amount_received: 0,
    latest_charge: charge,
    last_payment_error: failure,
    payment_method: null,
    status: 'requires_payment_method',
  } as const;
  return errorAnswer({ status: 402, type, code, message }, { ...more, payment_intent: intent });
};

const intentOf = (create: CreateIntent, atMs: number): StoredIntent & Record<string, unknown> => {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    amount: create.amount,
    amount_capturable: create.isManual ? create.amount : 0,
    amount_received: create.isManual ? 0 : create.amount,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: create.isManual ? 'manual' : 'automatic_async',
    client_secret: `${id}_secret_${randomBytes(12).toString('hex')}`,
    confirmation_method: 'automatic',
    created: Math.floor(atMs / 1_000),
    currency: create.currency,
    customer: create.customer,
    description: create.description,
    last_payment_error: null,
    latest_charge: newId('ch'),
    livemode: false,
    metadata: create.metadata,
    next_action: null,
    payment_method: create.paymentMethod,
    payment_method_types: ['card'],
    status: create.isManual ? 'requires_capture' : 'succeeded',
  };
};

/**
 * A payment after its time of processing, or after its customer had to authenticate it; undefined
 * if it has ended already.
 */
export const endedIntent = (intent: StoredIntent, status: EndStatus): StoredIntent | undefined => {
  const isAwaited = intent.status === 'requires_action';
  if (!isAwaited && intent.status !== 'processing') return undefined;
  if (status === 'succeeded') {
    return { ...intent, amount_received: intent.amount, next_action: null, status };
  }
  if (isAwaited) return unauthenticated(intent);
  const last_payment_error = {
    type: 'card_error',
    code: 'card_declined',
    decline_code: 'insufficient_funds',
    message: 'Your card has insufficient funds.',
    charge: intent.latest_charge,
    payment_method: intent.payment_method ?? '',
  };
  return {
    ...intent,
    last_payment_error,
    payment_method: null,
    status: 'requires_payment_method',
  };
};

/** It may be tried again, with other means too. */
const unauthenticated = (intent: StoredIntent): StoredIntent => ({
  ...intent,
  last_payment_error: {
    type: 'invalid_request_error',
    code: 'payment_intent_authentication_failure',
    message: 'The provided PaymentMethod has failed authentication.',
    payment_method: intent.payment_method ?? '',
  },
  payment_method: null,
  next_action: null,
  status: 'requires_payment_method',
});

/**
 * The PaymentIntent that an answer has made or changed: the body itself, or in a card error. A
 * refusal for a payment's state shows the payment too, as it stood before.
 */
export const intentIn = (body: object): StoredIntent | undefined => {
  const { object, error } = body as { object?: unknown; error?: ErrorBody };
  if (object === 'payment_intent') return body as StoredIntent;
  return error?.type === 'card_error' ? error.payment_intent : undefined;
};

type ErrorBody = { readonly type?: string; readonly payment_intent?: StoredIntent };
