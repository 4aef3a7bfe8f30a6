import { captureBefore } from './authorisations.ts';
import type { StripeObject } from './events.ts';
import type { StoredIntent } from './intents.ts';
import type { PaymentState } from './paymentState.ts';
import { holdsMoney } from './refunds.ts';

const chargeStatus = ({ status, last_payment_error: failure }: StoredIntent): string =>
  failure !== null ? 'failed' : status === 'processing' ? 'pending' : 'succeeded';

/** A payment's charge, as Stripe has it at https://docs.stripe.com/api/charges/object. */
export const chargeObject = ({
  intent: { object: intent },
  refunds,
  disputes,
}: PaymentState): StripeObject => {
  const { id: payment_intent, amount, amount_received, created, currency, customer } = intent;
  const amount_refunded = refunds
    .filter(({ object }) => holdsMoney(object))
    .reduce((sum, { object }) => sum + object.amount, 0);
  const isAuthorised = intent.status === 'requires_capture';
  return {
    id: intent.latest_charge,
    object: 'charge',
    amount,
    amount_captured: amount_received,
    amount_refunded,
    captured: amount_received > 0,
    created,
    currency,
    customer: customer ?? null,
    dispute: disputes.at(-1)?.object.id ?? null,
    disputed: disputes.length > 0,
    livemode: false,
    metadata: {},
    paid: intent.last_payment_error === null && intent.status !== 'processing',
    payment_intent,
    payment_method: intent.payment_method,
    payment_method_details: {
      card: isAuthorised ? { capture_before: captureBefore(intent) } : {},
      type: 'card',
    },
    refunded: amount_refunded > 0 && amount_refunded === amount_received,
    status: chargeStatus(intent),
  };
};
