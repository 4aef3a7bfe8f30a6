import type * as Order from '../../domain/order/index.ts';
import type { DatedEvent } from '../log/eventStreams.ts';
import type { OrderEvent, OrderEventKind } from '../messages/index.ts';

type StreamData<T extends Order.StreamEvent['type']> = Extract<
  Order.StreamEvent,
  { readonly type: T }
>['data'];

/** A kind with its own data, without what every event of the order has. */
type Said = {
  readonly [K in OrderEventKind]: {
    readonly kind: K;
    readonly data: Omit<Extract<OrderEvent, { readonly kind: K }>['data'], keyof OfOrder>;
  };
}[OrderEventKind];
type OfOrder = Pick<OrderEvent['data'], 'orderId' | 'version' | 'customerId' | 'currency'>;

/** The facts to which the events of one order refer. None of them ever changes. */
type Facts = {
  readonly placed: StreamData<'OrderPlaced'>;
  readonly invoice: StreamData<'InvoiceIssued'> | undefined;
  readonly refunds: ReadonlyMap<string, StreamData<'RefundRequested'>>;
  /** Refunds that were found at the gateway, where somebody else had made them. */
  readonly adopted: ReadonlyMap<string, StreamData<'RefundAdopted'>>;
  readonly creditNotes: ReadonlyMap<string, StreamData<'CreditNoteIssued'>>;
};

/**
 * Makes the published event. Undefined where what it refers to is missing, which no legal history
 * has.
 */
type Say<T extends Order.StreamEvent['type']> = (
  data: StreamData<T>,
  facts: Facts,
) => Said | undefined;

const NOBODY_HEARS = 'nobody hears of it';

/**
 * The table of what other systems get of each event of an order. A new event does not compile until
 * it has its line here. Published kinds are for ever (docs/order-events.md).
 */
const PUBLISHED: {
  readonly [T in Order.StreamEvent['type']]: Say<T> | typeof NOBODY_HEARS;
} = {
  OrderPlaced: (placed) => {
    const { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor } = placed;
    const totals = { netMinor, taxMinor, totalMinor, roundingMinor, prepaidMinor, payableMinor };
    return { kind: 'order.placed.v1', data: { ...totals, wayToPay: placed.payment.type } };
  },
  PaymentCaptured: ({ amountMinor }, { invoice }) =>
    invoice && {
      kind: 'order.paid.v1',
      data: {
        amountMinor,
        ...totalsOf(invoice),
        invoiceNumber: invoice.label,
        issuedOn: invoice.issuedOn,
      },
    },
  PaymentDeclined: ({ code }, { placed }) => ({
    kind: 'order.declined.v1',
    data: { amountMinor: placed.payableMinor, reasonCode: code },
  }),
  PaymentFailed: ({ proof, code }, { placed }) => ({
    kind: 'order.failed.v1',
    data: {
      amountMinor: placed.payableMinor,
      reasonCode: proof,
      ...(code !== '' && { gatewayCode: code }),
    },
  }),
  OrderCancelled: () => ({ kind: 'order.cancelled.v1', data: {} }),
  RefundSucceeded: ({ refundId, amountMinor }, facts) =>
    refunded(refundId, amountMinor, facts.refunds.get(refundId)?.cause, facts),
  RefundAdopted: ({ refundId, amountMinor }, facts) =>
    refunded(refundId, amountMinor, 'gateway', facts),
  RefundFailed: ({ refundId, code }, { refunds }) => {
    const refund = refunds.get(refundId);
    if (refund === undefined) return undefined;
    const { amountMinor, cause } = refund;
    return {
      kind: 'order.refund-failed.v1',
      data: { refundId, amountMinor, reasonCode: code, cause },
    };
  },
  PaymentReviewRequired: ({ reason }, { placed }) => ({
    kind: 'order.review-required.v1',
    data: { about: 'payment', amountMinor: placed.payableMinor, reasonCode: reason },
  }),
  PaymentReviewResolved: ({ verdict }, { placed }) => ({
    kind: 'order.review-decided.v1',
    data: {
      about: 'payment',
      amountMinor: placed.payableMinor,
      hasMoved: verdict === 'captured',
    },
  }),
  RefundReviewRequired: ({ refundId, reason }, { refunds }) => {
    const refund = refunds.get(refundId);
    if (refund === undefined) return undefined;
    const about = { about: 'refund', refundId, amountMinor: refund.amountMinor } as const;
    return { kind: 'order.review-required.v1', data: { ...about, reasonCode: reason } };
  },
  RefundReviewResolved: ({ refundId, verdict }, { refunds }) => {
    const refund = refunds.get(refundId);
    if (refund === undefined) return undefined;
    const about = { about: 'refund', refundId, amountMinor: refund.amountMinor } as const;
    return {
      kind: 'order.review-decided.v1',
      data: { ...about, hasMoved: verdict === 'refunded' },
    };
  },
  // It was made, and its money came back: a person decides how the customer gets it.
  RefundReturned: ({ refundId }, facts) => {
    const about = returned(refundId, facts);
    const data = about && { ...about, reasonCode: 'refund-returned' };
    return data && { kind: 'order.review-required.v1', data };
  },
  RefundReturnResolved: ({ refundId }, facts) => {
    const about = returned(refundId, facts);
    return about && { kind: 'order.review-decided.v1', data: { ...about, hasMoved: true } };
  },
  DisputeOpened: ({ dispute: disputeId, stage, reason: reasonCode, amountMinor, dueBy }) => ({
    kind: 'order.dispute-opened.v1',
    data: {
      disputeId,
      stage,
      reasonCode,
      amountMinor,
      ...(dueBy > 0 && { evidenceDueBy: new Date(dueBy).toISOString() }),
    },
  }),
  DisputeClosed: ({ dispute: disputeId, verdict }) => ({
    kind: 'order.dispute-closed.v1',
    data: { disputeId, verdict },
  }),

  // The event of the money in the same commit has it.
  InvoiceIssued: NOBODY_HEARS,
  CreditNoteIssued: NOBODY_HEARS,
  // These are steps on the way to an end that is published.
  PaymentRequested: NOBODY_HEARS,
  PaymentVerified: NOBODY_HEARS,
  SendingStopped: NOBODY_HEARS,
  ResendClaimed: NOBODY_HEARS,
  CancellationRequested: NOBODY_HEARS,
  RefundRequested: NOBODY_HEARS,
  GatewayComparisonRequested: NOBODY_HEARS,
  GatewayCompared: NOBODY_HEARS,
  GatewayDifferenceFound: NOBODY_HEARS,
  PaymentPending: NOBODY_HEARS,
  PaymentAuthenticationRequested: NOBODY_HEARS,
  PaymentAuthenticationAwaited: NOBODY_HEARS,
  RefundPending: NOBODY_HEARS,
  DisputeFundsWithdrawn: NOBODY_HEARS,
  DisputeFundsReinstated: NOBODY_HEARS,
  // Whoever asked has the answer, and it says nothing about the order's money.
  OrderRefused: NOBODY_HEARS,
  RefundRejected: NOBODY_HEARS,
  RequestedByHand: NOBODY_HEARS,
  CustomerEmailCorrected: NOBODY_HEARS,
  LetterRedriven: NOBODY_HEARS,
  LetterDiscarded: NOBODY_HEARS,
};

const totalsOf = ({
  netMinor,
  taxMinor,
  totalMinor,
}: StreamData<'InvoiceIssued' | 'CreditNoteIssued'>) => ({
  netMinor,
  taxMinor,
  totalMinor,
});

const refunded = (
  refundId: string,
  amountMinor: number,
  cause: Extract<Said, { readonly kind: 'order.refunded.v1' }>['data']['cause'] | undefined,
  { creditNotes }: Facts,
): Said | undefined => {
  const note = creditNotes.get(refundId);
  if (note === undefined || cause === undefined) return undefined;
  const document = { creditNoteNumber: note.label, issuedOn: note.issuedOn };
  const data = { refundId, amountMinor, ...totalsOf(note), ...document, cause };
  return { kind: 'order.refunded.v1', data };
};

const returned = (refundId: string, { refunds, adopted }: Facts) => {
  const refund = refunds.get(refundId) ?? adopted.get(refundId);
  return refund && ({ about: 'refund', refundId, amountMinor: refund.amountMinor } as const);
};

/**
 * The published events of an order, in the order of its history. They follow from the history
 * alone, so that an event has the same id and content whoever publishes it, and whenever.
 */
export const publishedEvents = (
  history: readonly DatedEvent<Order.StreamEvent>[],
): readonly OrderEvent[] => {
  const facts = factsOf(history);
  if (facts === undefined) return [];
  const { orderId, customer, currency } = facts.placed;
  return history.flatMap(({ event, version, at }) => {
    const say = PUBLISHED[event.type] as Say<Order.StreamEvent['type']> | typeof NOBODY_HEARS;
    const said = say === NOBODY_HEARS ? undefined : say(event.data, facts);
    if (said === undefined) return [];
    const data = { orderId, version, customerId: customer.id, currency, ...said.data };
    return [{ kind: said.kind, data, at } as OrderEvent];
  });
};

/** The facts of an order; undefined if it was never placed: nothing is published of it. */
const factsOf = (history: readonly DatedEvent<Order.StreamEvent>[]): Facts | undefined => {
  let placed: Facts['placed'] | undefined;
  let invoice: Facts['invoice'];
  const refunds = new Map<string, StreamData<'RefundRequested'>>();
  const adopted = new Map<string, StreamData<'RefundAdopted'>>();
  const creditNotes = new Map<string, StreamData<'CreditNoteIssued'>>();
  for (const { event } of history) {
    if (event.type === 'OrderPlaced') placed = event.data;
    if (event.type === 'InvoiceIssued') invoice = event.data;
    if (event.type === 'RefundRequested') refunds.set(event.data.refundId, event.data);
    if (event.type === 'RefundAdopted') adopted.set(event.data.refundId, event.data);
    if (event.type === 'CreditNoteIssued') creditNotes.set(event.data.refundId, event.data);
  }
  return placed && { placed, invoice, refunds, adopted, creditNotes };
};
