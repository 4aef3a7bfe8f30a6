import { RECORDED_BEFORE } from './refundState.ts';
import type { State } from './state.ts';

/** One fact that the customer is told, once. */
export type NoticeSubject =
  | { readonly kind: 'receipt' }
  | { readonly kind: 'declined' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'credit'; readonly refundId: string }
  /** Money that the customer was to have back, and that did not go. */
  | { readonly kind: 'refund-failed'; readonly refundId: string };

/**
 * Every fact of the state that the customer is to be told. A cancelled order that was never paid is told as
 * cancelled alone: it says that nothing was charged. Of a refund that the cancellation itself asks for only the
 * success is told, since one that fails is asked for again.
 */
export const noticesOf = ({
  placed,
  payment,
  invoice,
  refunds,
  cancelled,
  refused,
}: State): readonly NoticeSubject[] => {
  if (placed === undefined) {
    // Without an address nothing was ever promised to anybody.
    return refused === undefined || refused.email === '' ? [] : [{ kind: 'refused' }];
  }
  const ofRefunds = refunds.flatMap((refund): readonly NoticeSubject[] => {
    const { refundId } = refund;
    if (refund.status === 'succeeded') return [{ kind: 'credit', refundId }];
    if (refund.status !== 'failed' || refund.cause !== 'command') return [];
    // Releases before 0.2 told nobody, and by now it may have been asked for again, and made.
    const isTold = refund.deployment !== '' && refund.code !== RECORDED_BEFORE;
    return isTold ? [{ kind: 'refund-failed', refundId }] : [];
  });
  const ended: readonly NoticeSubject[] = cancelled ? [{ kind: 'cancelled' }] : [];
  if (invoice.status === 'issued') return [{ kind: 'receipt' }, ...ofRefunds, ...ended];
  if (cancelled) return ended;
  if (payment.status === 'declined') return [{ kind: 'declined' }];
  return payment.status === 'failed' ? [{ kind: 'failed' }] : [];
};
