import { cancelled } from './authorisations.ts';
import type { StoredIntent } from './intents.ts';
import { endedRefund, type RefundEnd, type StoredRefundObject } from './refunds.ts';

/** The request that made an object: an authorisation is made again by its capture. */
export type Origin = { readonly key?: string | undefined; readonly atMs: number };

export type WithOrigin<StripeObject> = { readonly object: StripeObject; readonly origin: Origin };

/** A payment with all that came of it. */
export type PaymentState = {
  readonly intent: WithOrigin<StoredIntent>;
  /** In order of creation. */
  readonly refunds: readonly WithOrigin<StoredRefundObject>[];
};

/** The outcome of a refund that was open, or had succeeded. */
type EndedChange = { readonly type: 'Ended'; readonly id: string; readonly status: RefundEnd };

type ExpiredChange = { readonly type: 'Expired' };

type ExecutedChange = {
  readonly type: 'Executed';
  readonly object: StoredIntent | StoredRefundObject;
  readonly key?: string | undefined;
  /** The customer was there, and passed 3-D Secure. */
  readonly isAuthenticated?: boolean;
};

export type Change = ExecutedChange | EndedChange | ExpiredChange;

/** The state after a change; undefined for one that changes nothing, such as a second end. */
export const changed = (
  state: PaymentState | undefined,
  change: Change,
  atMs: number,
): PaymentState | undefined => {
  if (change.type === 'Executed') return executed(state, change, atMs);
  if (state === undefined) return undefined;
  switch (change.type) {
    case 'Expired':
      return expired(state, atMs);
    case 'Ended':
      return replaced(state, change.id, (refund) => endedRefund(refund, change.status));
  }
};

const executed = (
  state: PaymentState | undefined,
  { object, key }: ExecutedChange,
  atMs: number,
): PaymentState | undefined => {
  const origin = { key, atMs };
  if (object.object === 'payment_intent') {
    return { refunds: [], ...state, intent: { object, origin } };
  }
  return state && { ...state, refunds: [...state.refunds, { object, origin }] };
};

const expired = (state: PaymentState, atMs: number): PaymentState | undefined => {
  const { object, origin } = state.intent;
  return object.status === 'requires_capture'
    ? { ...state, intent: { object: cancelled(object, 'automatic', atMs), origin } }
    : undefined;
};

const replaced = (
  state: PaymentState,
  id: string,
  end: (refund: StoredRefundObject) => StoredRefundObject | undefined,
): PaymentState | undefined => {
  const before = state.refunds.find(({ object }) => object.id === id);
  const after = before && end(before.object);
  if (before === undefined || after === undefined) return undefined;
  return {
    ...state,
    refunds: state.refunds.map((refund) =>
      refund === before ? { object: after, origin: before.origin } : refund,
    ),
  };
};
