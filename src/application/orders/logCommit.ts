import type * as Order from '../../domain/order/index.ts';
import type { Correlation } from '../messages/index.ts';
import type { Telemetry, TelemetryRecord } from '../ports/telemetry.ts';

type CommitSubject = Correlation & { readonly orderId: string };

/** A record of the events that an order got, and one of each that somebody must know of at once. */
export const logCommit = (
  telemetry: Telemetry,
  events: readonly Order.StreamEvent[],
  subject: CommitSubject,
): void => {
  if (events.length === 0) return;
  const outcome = events.map(({ type }) => type).join('+');
  telemetry.record({ level: 'info', event: 'order.committed', ...subject, outcome });
  for (const event of events) {
    const alarm = alarmOf(event);
    if (alarm !== undefined) telemetry.record({ ...subject, ...alarm });
  }
};

type Alarm = Pick<TelemetryRecord, 'level' | 'event' | 'outcome' | 'facts'>;

const alarmOf = (event: Order.StreamEvent): Alarm | undefined => {
  if (event.type === 'PaymentReviewRequired' || event.type === 'RefundReviewRequired') {
    const { reason: outcome } = event.data;
    const facts = 'refundId' in event.data ? { refundId: event.data.refundId } : {};
    return { level: 'error', event: 'review.required', outcome, facts };
  }
  if (event.type === 'RefundFailed') {
    const { refundId, code: outcome } = event.data;
    // The cancellation asks for its money again by itself, and says when it can no more.
    const level = refundId.startsWith('cancel#') ? 'warn' : 'error';
    return { level, event: 'refund.failed', outcome, facts: { refundId } };
  }
  if (event.type === 'RefundRejected') {
    const { refundId, reason: outcome } = event.data;
    return { level: 'warn', event: 'refund.rejected', outcome, facts: { refundId } };
  }
  if (event.type === 'OrderRefused') {
    const isTold = event.data.email !== '';
    const outcome = isTold ? 'its customer is notified' : 'it names nobody who could be notified';
    return { level: 'warn', event: 'order.refused', outcome, facts: { isTold } };
  }
  return undefined;
};
