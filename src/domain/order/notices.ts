import { isMade, RECORDED_BEFORE, type State } from './state.ts';

export type NoticeSubject =
  /** The payment is under way at the gateway, and takes days. */
  | { readonly kind: 'pending' }
  /** The customer has to authenticate the payment, by a link. */
  | { readonly kind: 'authentication' }
  | { readonly kind: 'receipt' }
  | { readonly kind: 'declined' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'credit'; readonly refundId: string }
  /** The customer was to wait for a refund, and it was not made. */
  | { readonly kind: 'refund-failed'; readonly refundId: string };

/**
 * Every fact of the state of which the customer is to be notified. A cancelled order that was never
 * paid has the notice of its cancellation alone: it says that nothing was charged. A refund that
 * the cancellation itself asks for has a notice of its success only, since one that fails is asked
 * for again.
 */
export const noticesOf = ({
  placed,
  payment,
  invoice,
  refunds,
  cancellation,
  cancelled,
  refused,
}: State): readonly NoticeSubject[] => {
  if (placed === undefined) {
    // Without an address nobody was ever promised a notice.
    return refused === undefined || refused.email === '' ? [] : [{ kind: 'refused' }];
  }
  const ofRefunds = refunds.flatMap((refund): readonly NoticeSubject[] => {
    const { refundId } = refund;
    // The credit note of one that came back stands.
    if (isMade(refund)) return [{ kind: 'credit', refundId }];
    if (refund.status !== 'failed' || refund.cause !== 'command') return [];
    // Releases before 0.2 notified nobody, and by now it may have been asked for again, and made.
    const isNotified = refund.deployment !== '' && refund.code !== RECORDED_BEFORE;
    return isNotified ? [{ kind: 'refund-failed', refundId }] : [];
  });
  const ended: readonly NoticeSubject[] = cancelled ? [{ kind: 'cancelled' }] : [];
  if (invoice.status === 'issued') return [{ kind: 'receipt' }, ...ofRefunds, ...ended];
  if (cancelled) return ended;
  if (payment.status === 'declined') return [{ kind: 'declined' }];
  if (payment.status === 'requested' && cancellation === undefined) {
    if (payment.pending !== undefined) return [{ kind: 'pending' }];
    return payment.authentication?.link === undefined ? [] : [{ kind: 'authentication' }];
  }
  return payment.status === 'failed' ? [{ kind: 'failed' }] : [];
};
