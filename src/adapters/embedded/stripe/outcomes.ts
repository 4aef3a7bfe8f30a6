/** The end of a slow payment, or of a refund. */
export type EndStatus = 'succeeded' | 'failed';

/** https://docs.stripe.com/disputes/categories */
export const DISPUTE_REASONS = [
  'credit_not_processed',
  'duplicate',
  'fraudulent',
  'general',
  'noncompliant',
  'product_not_received',
  'product_unacceptable',
  'subscription_canceled',
  'unrecognized',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

/**
 * The way in which a dispute is opened: the networks ask at first, or withdraw the money at once.
 */
export type DisputeOpening = { readonly reason: DisputeReason; readonly isInquiry: boolean };
