import type { State } from './state.ts';

/** One fact that the customer is told, once. */
export type Notice =
  | { readonly kind: 'receipt' }
  | { readonly kind: 'declined' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'credit'; readonly refundId: string };

/**
 * Every fact of the state that the customer is to be told. A cancelled order that was never paid is told as
 * cancelled alone: it says that nothing was charged.
 */
export const noticesOf = ({
  placed,
  payment,
  invoice,
  refunds,
  cancelled,
}: State): readonly Notice[] => {
  if (placed === undefined) return [];
  const credits = refunds.flatMap(({ status, refundId }): readonly Notice[] =>
    status === 'succeeded' ? [{ kind: 'credit', refundId }] : [],
  );
  const ended: readonly Notice[] = cancelled ? [{ kind: 'cancelled' }] : [];
  if (invoice.status === 'issued') return [{ kind: 'receipt' }, ...credits, ...ended];
  if (cancelled) return ended;
  if (payment.status === 'declined') return [{ kind: 'declined' }];
  return payment.status === 'failed' ? [{ kind: 'failed' }] : [];
};
