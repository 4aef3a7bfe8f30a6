/** The path and the header by which Stripe's calls come over HTTP, wherever they arrive. */
export const STRIPE_CALLS = {
  /** The path at which the service takes them. A proxy in front may have any other. */
  path: '/stripe',
  /**
   * The name is in lower case, as Node.js and Lambda write it:
   * https://docs.stripe.com/webhooks/signature.
   */
  signatureHeader: 'stripe-signature',
} as const;
