import type { FrozenRequest } from './events.ts';
import type { StandingPayment } from './evidence.ts';
import { isAsAsked, type OrderView } from './openRequest.ts';
import type { OpenPayment } from './state.ts';

/**
 * The reasons why a payment that an order names cannot pay it. Nothing was ever sent for the order.
 */
export const UNUSABLE_CODES = [
  /** The gateway has no payment of that name. */
  'unknown-payment',
  /** The gateway's records show another order, or a capture by another deployment. */
  'of-another-order',
  /** Another order has claimed it. */
  'claimed-by-another-order',
  'other-currency',
  'less-authorised',
  /** More was authorised, and the order does not say that a part is to be captured. */
  'more-authorised',
  /** The customer has not completed it, or it is only authorised and was to be captured. */
  'not-completed',
  /** All of it went back to the customer before the order came. */
  'refunded',
] as const;
export type UnusableCode = (typeof UNUSABLE_CODES)[number];

/** `other`: nothing can be verified of it, and the table of evidence says what follows. */
export type Fit =
  | { readonly type: 'fits' | 'under way' | 'not yet' | 'other' }
  | { readonly type: 'unusable'; readonly code: UnusableCode };

/** Whether the payment can pay the order, and why not. */
export const fitOf = (
  found: StandingPayment | undefined,
  payment: OpenPayment,
  { placed }: OrderView,
): Fit => {
  if (found === undefined) {
    // A payment that was under way and cannot be found proves nothing.
    return payment.pending === undefined ? unusable('unknown-payment') : { type: 'other' };
  }
  if (isOfAnother(found, payment, placed.orderId)) return unusable('of-another-order');
  switch (found.status) {
    case 'cancelled':
      return { type: 'other' };
    case 'pending':
      return { type: payment.way === 'paid' ? 'under way' : 'not yet' };
    case 'open':
      // It was under way and waits for the customer again: it has failed (R19).
      if (payment.pending !== undefined && found.capturedMinor === 0) {
        return unusable('not-completed');
      }
      return { type: found.capturedMinor > 0 ? 'other' : 'not yet' };
    case 'authorised':
      return payment.way === 'paid' ? { type: 'not yet' } : fitOfAuthorised(found, payment, placed);
    case 'captured': {
      if (heldBy(found) === 0) return unusable('refunded');
      const held = { ...capturedOf(found), amountMinor: heldBy(found) };
      return { type: isAsAsked(payment, held) ? 'fits' : 'other' };
    }
  }
};

const unusable = (code: UnusableCode): Fit => ({ type: 'unusable', code });

const fitOfAuthorised = (
  { capturableMinor, currency }: StandingPayment,
  payment: FrozenRequest,
  placed: OrderView['placed'],
): Fit => {
  const isPartial = placed.payment.type === 'authorised' && placed.payment.partial === true;
  if (currency !== payment.currency) return unusable('other-currency');
  if (capturableMinor < payment.amountMinor) return unusable('less-authorised');
  return capturableMinor > payment.amountMinor && !isPartial
    ? unusable('more-authorised')
    : { type: 'fits' };
};

/**
 * Whether the payment belongs to another order. The shop may have written its order's id there, and
 * a capture of ours has.
 */
export const isOfAnother = (
  { orderId, deployment }: StandingPayment,
  payment: OpenPayment,
  own: string,
): boolean => (orderId ?? own) !== own || (deployment ?? payment.deployment) !== payment.deployment;

/** The money that was captured of it. */
export const capturedOf = ({
  reference,
  capturedMinor: amountMinor,
  currency,
}: StandingPayment) => ({
  reference,
  amountMinor,
  currency,
});

/** The part of that which is held, in minor units. */
export const heldBy = ({ capturedMinor, refundedMinor }: StandingPayment): number =>
  capturedMinor - refundedMinor;
