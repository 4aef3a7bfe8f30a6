import type * as Order from '../../domain/order/index.ts';
import type { Correlation } from '../messages/index.ts';
import type { Telemetry } from '../ports/telemetry.ts';

type Subject = Correlation & { readonly orderId: string };

/** What was added to an order's stream; each review besides as an alarm of its own. */
export const recordCommit = (
  telemetry: Telemetry,
  events: readonly Order.StreamEvent[],
  subject: Subject,
): void => {
  if (events.length === 0) return;
  const outcome = events.map(({ type }) => type).join('+');
  telemetry.record({ level: 'info', event: 'order.committed', ...subject, outcome });
  for (const event of events) {
    if (event.type !== 'PaymentReviewRequired' && event.type !== 'RefundReviewRequired') continue;
    const { reason } = event.data;
    const facts = 'refundId' in event.data ? { refundId: event.data.refundId } : {};
    telemetry.record({
      level: 'error',
      event: 'review.required',
      ...subject,
      outcome: reason,
      facts,
    });
  }
};
