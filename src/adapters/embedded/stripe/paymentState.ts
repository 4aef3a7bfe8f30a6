import { cancelled } from './authorisations.ts';
import { closedDispute, disputedAmount, openedDispute, type StoredDispute } from './disputes.ts';
import { endedIntent, type StoredIntent } from './intents.ts';
import type { DisputeOpening, EndStatus } from './outcomes.ts';
import { endedRefund, holdsMoney, type StoredRefundObject } from './refunds.ts';

/** The request that made an object: an authorisation is made again by its capture. */
export type Origin = { readonly key?: string | undefined; readonly atMs: number };

export type WithOrigin<StripeObject> = { readonly object: StripeObject; readonly origin: Origin };

/** A payment with all that came of it. */
export type PaymentState = {
  readonly intent: WithOrigin<StoredIntent>;
  /** They are in order of creation, as are the disputes. */
  readonly refunds: readonly WithOrigin<StoredRefundObject>[];
  readonly disputes: readonly WithOrigin<StoredDispute>[];
};

/** Something that no request of the API does. */
export type OutsideChange =
  /** The outcome of a payment or refund that was open, or of a refund that had succeeded. */
  | { readonly type: 'Ended'; readonly id: string; readonly status: EndStatus }
  | (DisputeOpening & { readonly type: 'Disputed'; readonly id: string; readonly amount?: number })
  | { readonly type: 'DisputeClosed'; readonly id: string; readonly isWon: boolean };

type ExecutedChange = {
  readonly type: 'Executed';
  readonly object: StoredIntent | StoredRefundObject;
  readonly key?: string | undefined;
  /** Whether the customer was there and passed 3-D Secure. */
  readonly isAuthenticated?: boolean;
};

export type TimelineChange = ExecutedChange | OutsideChange | { readonly type: 'Expired' };

/** The amount that was captured and has not been refunded; disputes do not count. */
const leftOf = ({ intent, refunds }: PaymentState): number =>
  refunds.reduce(
    (left, { object }) => (holdsMoney(object) ? left - object.amount : left),
    intent.object.amount_received,
  );

/** The amount that a dispute would have, or why there can be none. */
export const amountInDispute = (state: PaymentState, asked?: number) =>
  disputedAmount(
    {
      intent: state.intent.object,
      leftAmount: leftOf(state),
      disputes: state.disputes.map(({ object }) => object),
    },
    asked,
  );

/** The state after a change; undefined for one that changes nothing, such as a second end. */
export const changed = (
  state: PaymentState | undefined,
  change: TimelineChange,
  atMs: number,
): PaymentState | undefined => {
  if (change.type === 'Executed') return executed(state, change, atMs);
  if (state === undefined) return undefined;
  const { intent } = state;
  switch (change.type) {
    case 'Expired':
      return withIntent(
        state,
        intent.object.status === 'requires_capture'
          ? cancelled(intent.object, 'automatic', atMs)
          : undefined,
      );
    case 'Ended': {
      const { id, status } = change;
      if (id === intent.object.id) return withIntent(state, endedIntent(intent.object, status));
      const refunds = replaced(state.refunds, id, (refund) => endedRefund(refund, status));
      return refunds && { ...state, refunds };
    }
    case 'Disputed':
      return amountInDispute(state, change.amount).match(
        (amount) => {
          const object = openedDispute({ ...change, amount }, intent.object, atMs);
          return { ...state, disputes: [...state.disputes, { object, origin: { atMs } }] };
        },
        () => undefined,
      );
    case 'DisputeClosed': {
      const { id, isWon } = change;
      const disputes = replaced(state.disputes, id, (each) => closedDispute(each, isWon, atMs));
      return disputes && { ...state, disputes };
    }
  }
};

const executed = (
  state: PaymentState | undefined,
  { object, key }: ExecutedChange,
  atMs: number,
): PaymentState | undefined => {
  const origin = { key, atMs };
  if (object.object === 'payment_intent') {
    return { refunds: [], disputes: [], ...state, intent: { object, origin } };
  }
  return state && { ...state, refunds: [...state.refunds, { object, origin }] };
};

const withIntent = (
  state: PaymentState,
  object: StoredIntent | undefined,
): PaymentState | undefined =>
  object && { ...state, intent: { object, origin: state.intent.origin } };

const replaced = <T extends { readonly id: string }>(
  all: readonly WithOrigin<T>[],
  id: string,
  end: (object: T) => T | undefined,
): readonly WithOrigin<T>[] | undefined => {
  const before = all.find(({ object }) => object.id === id);
  const after = before && end(before.object);
  if (before === undefined || after === undefined) return undefined;
  return all.map((each) => (each === before ? { object: after, origin: before.origin } : each));
};
