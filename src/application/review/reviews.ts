import * as Order from '../../domain/order/index.ts';
import type { ResultAsync } from 'neverthrow';
import { createThrottlingRetry } from '../log/rateLimit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Allocator, AllocationError, FoundNumber } from '../series/allocator.ts';

export type ResolutionData = Extract<
  Order.StreamEvent,
  {
    readonly type: 'PaymentReviewResolved' | 'RefundReviewResolved' | 'RefundReturnResolved';
  }
>['data'];

/**
 * The reference of a payment. For the shop's own, `payment` is the gateway's name, and `way` is
 * what was to be done with it. `pending` is the name of one that the gateway has under way, and
 * `awaited` that of one that its customer can complete.
 */
type PaymentReference = {
  readonly attempt: number;
  readonly payment?: string;
  readonly way?: Order.PaymentWay;
  readonly pending?: string;
  readonly awaited?: string;
} & Omit<Extract<Order.LookUpRequest, { readonly type: 'Payment' }>, 'orderId' | 'attempt'>;

/** One request whose outcome a person must decide, with everything that the log knows about it. */
export type ReviewCase = Omit<Order.OpenReview, 'refundId'> & {
  readonly orderId: string;
  readonly subject: Order.Subject;
  readonly of: PaymentReference | Extract<Order.LookUpRequest, { readonly type: 'Refund' }>;
  /** The money that the gateway was seen to have when the review began. */
  readonly seen: readonly Order.MoneyMovement[];
  readonly asked: {
    readonly amountMinor: number;
    readonly currency: string;
    readonly at: number;
    /** From this time on no request can be under way any more. */
    readonly closeAt: number;
    readonly key: string;
    readonly body: string;
    /** The gateway account that the request names; empty in requests of releases before 0.2. */
    readonly account: string;
  };
  readonly wanted: { readonly series: string; readonly id: string; readonly from: number };
  /**
   * It is decided but not yet recorded as an outcome: the process that drives the order next does
   * that.
   */
  readonly resolved?: ResolutionData;
};

const isShops = ({ way }: { readonly way: Order.PaymentWay }): boolean =>
  way === 'authorised' || way === 'paid';

/** The gateway's clock may be this far behind. Other orders' payments are much older. */
const SKEW_MS = 3_600_000;

type ReviewStatus = { readonly status: 'review' };
type SubjectInReview =
  Extract<Order.Payment, ReviewStatus> | Extract<Order.Refund, ReviewStatus> | Order.ReturnedRefund;

/** Every review of an order that is not over: of its payment, or of its refunds. */
export const reviewCases = (
  orderId: string,
  events: readonly Order.StreamEvent[],
): readonly ReviewCase[] => {
  const { payment, refunds } = Order.fold(events);
  const { attempt } = payment.status === 'none' ? { attempt: 0 } : payment;
  const ofPayment =
    payment.status === 'review'
      ? [
          {
            ...common(payment, { orderId, id: orderId }),
            subject: `payment#${attempt}` as const,
            of: {
              type: 'Payment' as const,
              deployment: payment.deployment,
              attempt,
              // The deployment's id distinguishes the payment from all others, so that a restored
              // log also finds what was created before.
              since: payment.deployment === '' ? payment.at - SKEW_MS : 0,
              body: payment.body,
              ...(isShops(payment) && { payment: payment.payment, way: payment.way }),
              ...(payment.pending && { pending: payment.pending.reference }),
              ...(payment.authentication && { awaited: payment.authentication.reference }),
            },
            seen: seenIn(events, `payment#${attempt}`),
          },
        ]
      : [];
  const paymentReference = payment.status === 'captured' ? payment.reference : '';
  const ofRefunds = refunds.flatMap((refund): readonly ReviewCase[] => {
    if (refund.status !== 'review' && !Order.isUndecidedReturn(refund)) return [];
    const { refundId } = refund;
    return [
      {
        ...common(refund, { orderId, id: `${orderId}#${refundId}` }),
        ...(refund.series === '' && {
          wanted: { ...creditNoteIn(events, refundId), id: `${orderId}#${refundId}` },
        }),
        subject: `refund#${refundId}`,
        of: { type: 'Refund', deployment: refund.deployment, refundId, paymentReference },
        seen: seenIn(events, `refund#${refundId}`),
      },
    ];
  });
  return [...ofPayment, ...ofRefunds];
};

/** A refund that was made elsewhere was never asked for: its series is that of its credit note. */
const creditNoteIn = (
  events: readonly Order.StreamEvent[],
  refundId: string,
): { readonly series: string; readonly from: number } => {
  for (const event of events) {
    if (event.type === 'CreditNoteIssued' && event.data.refundId === refundId) {
      return { series: event.data.series, from: event.data.seriesVersion };
    }
  }
  throw new Error(`Broken invariant: ${refundId} was adopted without a credit note`);
};

const common = (
  open: SubjectInReview,
  { orderId, id }: { readonly orderId: string; readonly id: string },
) => {
  const { since, amountMinor, currency, at, closeAt, body, account } = open;
  const reason = open.status === 'returned' ? ('refund-returned' as const) : open.reason;
  const { series, seriesFrom, resolved } = open;
  const key = 'paymentKey' in open ? open.paymentKey : open.refundKey;
  return {
    orderId,
    reason,
    since,
    asked: { amountMinor, currency, at, closeAt, key, body, account },
    wanted: { series, id, from: seriesFrom },
    ...(resolved === undefined ? {} : { resolved }),
  };
};

type ReviewEvent = Extract<
  Order.StreamEvent,
  {
    readonly type:
      | 'PaymentReviewRequired'
      | 'PaymentReviewResolved'
      | 'RefundReviewRequired'
      | 'RefundReviewResolved';
  }
>;

const isAbout = ({ data }: ReviewEvent, subject: Order.Subject): boolean =>
  subject === ('attempt' in data ? `payment#${data.attempt}` : `refund#${data.refundId}`);

const seenIn = (
  events: readonly Order.StreamEvent[],
  subject: Order.Subject,
): readonly Order.MoneyMovement[] =>
  events.flatMap((event) =>
    (event.type === 'PaymentReviewRequired' || event.type === 'RefundReviewRequired') &&
    isAbout(event, subject)
      ? event.data.seen
      : [],
  );

export const resolutionOf = (
  events: readonly Order.StreamEvent[],
  subject: Order.Subject,
): ResolutionData | undefined =>
  events.flatMap((event) =>
    (event.type === 'PaymentReviewResolved' || event.type === 'RefundReviewResolved') &&
    isAbout(event, subject)
      ? [event.data]
      : [],
  )[0];

export type { FoundNumber };

/** The number that the document of a review already has. By its type it allocates none. */
export const createFindNumber =
  ({
    allocator,
    clock,
  }: {
    readonly allocator: Pick<Allocator, 'lookup'>;
    readonly clock: Clock;
  }) =>
  ({
    wanted: { series, id, from },
  }: ReviewCase): ResultAsync<FoundNumber | undefined, AllocationError> =>
    createThrottlingRetry({ clock })(() => allocator.lookup(series, { id, from }));

export type FindNumber = ReturnType<typeof createFindNumber>;
