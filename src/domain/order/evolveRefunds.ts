import type { EventData, EventOf } from './events.ts';
import {
  isMade,
  isOpen,
  type MadeRefund,
  type OpenRefund,
  type Refund,
  type RequestedRefund,
  type State,
} from './state.ts';

type RefundOutcome = EventOf<
  | 'RefundSucceeded'
  | 'RefundFailed'
  | 'RefundReviewRequired'
  | 'RefundReviewResolved'
  | 'RefundPending'
>;
type RefundReturn = EventOf<'RefundReturned' | 'RefundReturnResolved'>;

export const changeRefunds = (
  { refunds }: State,
  event: RefundOutcome | RefundReturn,
): readonly Refund[] =>
  refunds.map((refund) =>
    refund.refundId === event.data.refundId ? changeRefund(refund, event) : refund,
  );

const changeRefund = (refund: Refund, event: RefundOutcome | RefundReturn): Refund => {
  if (event.type === 'RefundReturned' || event.type === 'RefundReturnResolved') {
    return isMade(refund) ? changeMade(refund, event) : refund;
  }
  return isOpen(refund) ? changeOpen(refund, event) : refund;
};

/** Only an open refund can get an outcome: an end is an end for ever, but that money returns. */
const changeOpen = (refund: OpenRefund, event: RefundOutcome): Refund => {
  const request = requestOf(refund);
  switch (event.type) {
    case 'RefundSucceeded':
      return { ...request, status: 'succeeded', reference: event.data.reference };
    case 'RefundFailed':
      return {
        ...request,
        status: 'failed',
        code: event.data.code,
        reference: event.data.reference,
      };
    case 'RefundReviewRequired': {
      const { reason, at: since, letter } = event.data;
      const { stopped, pending } = refund;
      const kept = { ...(stopped && { stopped }), ...(pending && { pending }) };
      return { ...request, ...kept, status: 'review', reason, since, letter };
    }
    case 'RefundReviewResolved':
      return refund.status === 'review' ? { ...refund, resolved: event.data } : refund;
    case 'RefundPending':
      return { ...refund, pending: event.data };
  }
};

/**
 * Changes a refund that was made. One that was made again, and came back once more, is to be
 * decided once more.
 */
const changeMade = (refund: MadeRefund, event: RefundReturn): Refund => {
  if (event.type === 'RefundReturned') {
    const { reference, code, at: since, letter } = event.data;
    return { ...requestOf(refund), status: 'returned', reference, code, since, letter };
  }
  return refund.status === 'returned' ? { ...refund, resolved: event.data } : refund;
};

const requestOf = (open: RequestedRefund): RequestedRefund => {
  const { refundId, refundKey, body, amountMinor, currency, at } = open;
  const { series, seriesFrom, cause, fingerprint, lines, roundingMinor, prepaidMinor } = open;
  const { sendUntil, closeAt, requestLifeMs, deployment, account, seal } = open;
  const frozen = { body, amountMinor, currency, at, series, seriesFrom };
  const sending = { sendUntil, closeAt, requestLifeMs, deployment, account, seal };
  const credit = { lines, roundingMinor, prepaidMinor };
  return { refundId, refundKey, ...frozen, ...sending, cause, fingerprint, ...credit };
};

/** A refund that others made, as one that was asked for and made, but without a request. */
export const adopted = (data: EventData['RefundAdopted']): Refund => {
  const { source: _, ...money } = data;
  const none = { refundKey: '', body: '', series: '', seriesFrom: 0, fingerprint: '' };
  const times = { sendUntil: 0, closeAt: 0, requestLifeMs: 0 };
  const owner = { deployment: '', account: '', seal: '' };
  return { status: 'succeeded', cause: 'gateway', ...money, ...none, ...times, ...owner };
};
