import type * as Order from '../../domain/order/index.ts';
import type { TelemetryRecord } from '../ports/telemetry.ts';

type EventRecord = Pick<TelemetryRecord, 'level' | 'event' | 'outcome' | 'facts'>;

/**
 * The records of what somebody must know of at once, or wants to count: `error` alerts a person.
 */
export const recordsOf = (event: Order.StreamEvent): readonly EventRecord[] => {
  switch (event.type) {
    case 'PaymentReviewRequired':
    case 'RefundReviewRequired': {
      const { reason: outcome } = event.data;
      const facts = 'refundId' in event.data ? { refundId: event.data.refundId } : {};
      return [{ level: 'error', event: 'review.required', outcome, facts }];
    }
    case 'RefundFailed': {
      const { refundId, code: outcome } = event.data;
      // The cancellation asks for its money again by itself, and says when it can no more.
      const level = refundId.startsWith('cancel#') ? 'warn' : 'error';
      return [{ level, event: 'refund.failed', outcome, facts: { refundId } }];
    }
    case 'RefundRejected': {
      const { refundId, reason: outcome } = event.data;
      return [{ level: 'warn', event: 'refund.rejected', outcome, facts: { refundId } }];
    }
    case 'OrderRefused': {
      const isTold = event.data.email !== '';
      const outcome = isTold ? 'its customer is notified' : 'it names nobody who could be notified';
      return [{ level: 'warn', event: 'order.refused', outcome, facts: { isTold } }];
    }
    case 'PaymentPending':
    case 'PaymentAuthenticationRequested':
    case 'RefundPending':
      return [recordOfPending(event)];
    case 'RefundReturned': {
      const { refundId, reference, code: outcome } = event.data;
      const facts = { refundId, reference };
      return [
        { level: 'error', event: 'refund.returned', outcome, facts },
        { level: 'error', event: 'review.required', outcome: 'refund-returned', facts },
      ];
    }
    case 'DisputeOpened':
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated':
    case 'DisputeClosed':
      return [recordOfDispute(event)];
    case 'OrderPlaced':
    case 'PaymentAuthenticationAwaited':
    case 'PaymentRequested':
    case 'PaymentVerified':
    case 'SendingStopped':
    case 'ResendClaimed':
    case 'PaymentReviewResolved':
    case 'PaymentCaptured':
    case 'PaymentDeclined':
    case 'PaymentFailed':
    case 'InvoiceIssued':
    case 'CancellationRequested':
    case 'OrderCancelled':
    case 'RefundRequested':
    case 'RefundReviewResolved':
    case 'RefundSucceeded':
    case 'RefundAdopted':
    case 'CreditNoteIssued':
    case 'RequestedByHand':
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayDifferenceFound':
    case 'GatewayCompared':
    case 'LetterRedriven':
    case 'LetterDiscarded':
    case 'RefundReturnResolved':
      return [];
  }
};

/** The record of what is waited for, up to a time. */
const recordOfPending = (
  event: Order.EventOf<'PaymentPending' | 'PaymentAuthenticationRequested' | 'RefundPending'>,
): EventRecord => {
  const { reference, until } = event.data;
  const facts = { reference, until: new Date(until).toISOString() };
  switch (event.type) {
    case 'PaymentPending':
      return { level: 'info', event: 'payment.pending', facts };
    case 'PaymentAuthenticationRequested':
      return { level: 'info', event: 'payment.authentication', facts };
    case 'RefundPending': {
      const { refundId } = event.data;
      return { level: 'info', event: 'refund.pending', facts: { ...facts, refundId } };
    }
  }
};

/**
 * The record of a dispute. A merchant must know early for which one evidence is due, and which
 * money the bank has taken.
 */
const recordOfDispute = (
  event: Extract<Order.StreamEvent, { readonly type: `Dispute${string}` }>,
): EventRecord => {
  const { dispute } = event.data;
  switch (event.type) {
    case 'DisputeOpened': {
      const { stage, reason, amountMinor, currency, dueBy } = event.data;
      const due = dueBy === 0 ? {} : { dueBy: new Date(dueBy).toISOString() };
      const facts = { dispute, stage, reason, amountMinor, currency, ...due };
      return { level: 'error', event: 'dispute.opened', outcome: stage, facts };
    }
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated': {
      const { amountMinor, currency } = event.data;
      const outcome = event.type === 'DisputeFundsWithdrawn' ? 'withdrawn' : 'reinstated';
      const facts = { dispute, amountMinor, currency };
      return { level: 'warn', event: 'dispute.funds', outcome, facts };
    }
    case 'DisputeClosed': {
      const { verdict: outcome } = event.data;
      const level = outcome === 'lost' ? 'error' : 'info';
      return { level, event: 'dispute.closed', outcome, facts: { dispute } };
    }
  }
};
