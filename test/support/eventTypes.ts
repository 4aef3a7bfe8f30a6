import type * as Order from '../../src/domain/order/index.ts';

/** Exhaustive by type: a new event does not compile until it is named here. */
const ALL: Readonly<Record<Order.StreamEvent['type'], true>> = {
  OrderPlaced: true,
  PaymentRequested: true,
  PaymentVerified: true,
  PaymentCaptured: true,
  PaymentDeclined: true,
  PaymentFailed: true,
  PaymentReviewRequired: true,
  PaymentReviewResolved: true,
  CancellationRequested: true,
  OrderCancelled: true,
  RefundRequested: true,
  RefundSucceeded: true,
  RefundFailed: true,
  RefundRejected: true,
  RefundReviewRequired: true,
  RefundReviewResolved: true,
  InvoiceIssued: true,
  CreditNoteIssued: true,
  LetterRedriven: true,
  LetterDiscarded: true,
  SendingStopped: true,
  ResendClaimed: true,
  RefundAdopted: true,
  GatewayComparisonRequested: true,
  GatewayCompared: true,
  OrderRefused: true,
  CustomerEmailCorrected: true,
  RequestedByHand: true,
};

/** Every event that may stand in the stream of an order. */
export const EVENT_TYPES: readonly string[] = Object.keys(ALL);
