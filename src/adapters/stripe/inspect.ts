import { ResultAsync } from 'neverthrow';
import type { Stripe } from 'stripe';
import type {
  Absent,
  InspectedPayment,
  PaymentStatus,
  UnknownOutcome,
} from '../../application/ports/paymentGateway.ts';
import { defined } from '../defined.ts';
import { fromStripeAmount } from './amounts.ts';
import { isPayment } from './bodies.ts';
import { readIntent, type PaymentIntent } from './intents.ts';
import { lookUpOrAbsent } from './retrieve.ts';
import { attemptIn, codeOf, fieldsOf, ownerIn, textOf, unknown } from './rows.ts';

type InspectResult = InspectedPayment | Absent | UnknownOutcome;

/**
 * A PaymentIntent with its latest charge, which knows when the authorisation expires and how much
 * was refunded (https://docs.stripe.com/api/payment_intents/retrieve,
 * https://docs.stripe.com/api/charges/object).
 */
export const inspect = (stripe: Stripe, payment: string): Promise<InspectResult> => {
  if (!isPayment(payment)) return Promise.resolve({ type: 'Absent' });
  const ask = ResultAsync.fromThrowable(
    (): Promise<unknown> => stripe.paymentIntents.retrieve(payment, { expand: ['latest_charge'] }),
    lookUpOrAbsent,
  );
  return ask().match(readInspected, (failure): InspectResult => failure);
};

/**
 * The meaning of a status for a payment that the shop made
 * (https://docs.stripe.com/payments/paymentintents/lifecycle). Any other is `open`.
 */
const STATUSES: ReadonlyMap<string, PaymentStatus> = new Map([
  ['requires_capture', 'authorised'],
  ['succeeded', 'captured'],
  ['processing', 'pending'],
  ['canceled', 'cancelled'],
]);

const readInspected = (answer: unknown): InspectResult => {
  const intent = readIntent(answer);
  const { amount, amount_capturable, latest_charge, customer, ...fields } = fieldsOf(answer);
  const charge = fieldsOf(latest_charge);
  if (intent === undefined) return unknown('unreadable answer');
  const amounts = amountsOf(intent.currency, {
    amountMinor: amount,
    capturableMinor: amount_capturable,
    capturedMinor: intent.amount_received,
    // A payment without a charge has nothing to refund.
    refundedMinor: charge['amount_refunded'] ?? 0,
  });
  if (amounts === undefined) return unknown('unreadable amount');
  const { capturableMinor, capturedMinor } = amounts;
  const status = STATUSES.get(intent.status) ?? 'open';
  const isWhole =
    capturableMinor > 0 === (status === 'authorised') &&
    capturedMinor > 0 === (status === 'captured');
  return {
    type: 'Inspected',
    reference: intent.id,
    // Several captures of one payment: part of its money has moved, whatever the status says.
    status: isWhole ? status : 'open',
    currency: intent.currency.toUpperCase(),
    ...amounts,
    ...(intent.status === 'requires_payment_method' && failureIn(fields['last_payment_error'])),
    createdAt: intent.createdAt,
    ...defined({ captureBefore: captureBeforeOf(charge), customer: customerOf(customer) }),
    ...ownerIn(intent.metadata),
    ...attemptIn(intent.metadata),
  };
};

/** The failure of a charge, or of an authentication, which is no card error. */
const failureIn = (error: unknown): Pick<InspectedPayment, 'failed'> => {
  const { code, decline_code: reason } = fieldsOf(error);
  return defined({ failed: codeOf(reason) ?? codeOf(code) });
};

const amountsOf = <Name extends string>(
  currency: PaymentIntent['currency'],
  amounts: Readonly<Record<Name, unknown>>,
): Readonly<Record<Name, number>> | undefined => {
  const read = Object.entries(amounts).map(([name, amount]) => {
    const money = typeof amount === 'number' ? fromStripeAmount({ amount, currency }) : undefined;
    return [name, money?.amountMinor] as const;
  });
  return read.every(([, amountMinor]) => amountMinor !== undefined)
    ? (Object.fromEntries(read) as Readonly<Record<Name, number>>)
    : undefined;
};

/** Stripe gives whole seconds; not every card has it. */
const captureBeforeOf = (charge: Readonly<Record<string, unknown>>): number | undefined => {
  const { card } = fieldsOf(charge['payment_method_details']);
  const { capture_before: seconds } = fieldsOf(card);
  return typeof seconds === 'number' ? seconds * 1_000 : undefined;
};

/** The customer's id. Stripe gives the customer in its place if somebody has asked for it. */
const customerOf = (customer: unknown): string | undefined =>
  textOf(customer) ?? textOf(fieldsOf(customer)['id']);
