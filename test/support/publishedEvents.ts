/** The stored events of which others hear, and as what: written down by hand, once more. */
const PUBLISHED: Readonly<Record<string, string>> = {
  OrderPlaced: 'order.placed.v1',
  PaymentCaptured: 'order.paid.v1',
  PaymentDeclined: 'order.declined.v1',
  PaymentFailed: 'order.failed.v1',
  OrderCancelled: 'order.cancelled.v1',
  RefundSucceeded: 'order.refunded.v1',
  RefundAdopted: 'order.refunded.v1',
  RefundFailed: 'order.refund-failed.v1',
  PaymentReviewRequired: 'order.review-required.v1',
  PaymentReviewResolved: 'order.review-decided.v1',
  RefundReviewRequired: 'order.review-required.v1',
  RefundReviewResolved: 'order.review-decided.v1',
  RefundReturned: 'order.review-required.v1',
  RefundReturnResolved: 'order.review-decided.v1',
  DisputeOpened: 'order.dispute-opened.v1',
  DisputeClosed: 'order.dispute-closed.v1',
};

/** An event as it was published: its id, and its whole content. */
export type PublishedEvent = { readonly id: string; readonly body: string };

/** What stands in the log of one order. */
export type RecordedOrder = {
  readonly orderId: string;
  readonly facts: readonly { readonly type: string; readonly version: number }[];
};

/**
 * I30: others hear of every event of the order that is published, of nothing besides, and each time
 * of the same. Gives what is wrong with it; `published` is of this order alone.
 */
export const publishingFaults = (
  { orderId, facts }: RecordedOrder,
  published: readonly PublishedEvent[],
): readonly string[] => {
  const isPlaced = facts.some(({ type }) => type === 'OrderPlaced');
  const wanted = facts.flatMap(({ type, version }) => {
    const kind = PUBLISHED[type];
    return kind === undefined || !isPlaced ? [] : [`${orderId}:${version}:${kind}`];
  });
  const ids = new Set(published.map(({ id }) => id));
  const contents = new Set(published.map(({ body }) => body));
  return [
    ...wanted.filter((id) => !ids.has(id)).map((id) => `I30: nobody heard of ${id}`),
    ...[...ids].filter((id) => !wanted.includes(id)).map((id) => `I30: ${id} never was`),
    ...(contents.size === ids.size ? [] : [`I30: an event of ${orderId} is told in two ways`]),
  ];
};
