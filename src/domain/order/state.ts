import * as Invoice from '../invoice/index.ts';
import type { TaxedOrder } from '../money/index.ts';
import type {
  CaptureSource,
  EventData,
  MoneyMovement,
  PaymentWay,
  ReviewReason,
} from './events.ts';

export type PlacedOrder = EventData['OrderPlaced'];

/** The request is sent no more, but by the process that has appended the newest claim. */
export type SendingStop = Omit<EventData['SendingStopped'], 'subject'> & {
  readonly claim?: { readonly at: number; readonly version: number };
};

export type SendingState = { readonly stopped?: SendingStop };

type ReviewState<Resolved> = {
  readonly status: 'review';
  readonly reason: ReviewReason;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly letter: string;
  readonly resolved?: Resolved;
};

export type Authentication = EventData['PaymentAuthenticationRequested'] & {
  readonly link?: string;
};

/** An intent without an outcome *is* the unknown outcome: there is no other sign of it. */
export type OpenPayment = EventData['PaymentRequested'] &
  SendingState & {
    readonly verified?: EventData['PaymentVerified'];
    /** The gateway calls it under way, and settles it later (R19). */
    readonly pending?: EventData['PaymentPending'];
    /** It waits for its customer. There is a link once the confirmation was answered (R24). */
    readonly authentication?: Authentication;
  } & ({ readonly status: 'requested' } | ReviewState<EventData['PaymentReviewResolved']>);

export type CapturedPayment = {
  readonly status: 'captured';
  readonly attempt: number;
  readonly way: PaymentWay;
  readonly reference: string;
  readonly source: CaptureSource;
};

export type Payment =
  | { readonly status: 'none' }
  | OpenPayment
  | CapturedPayment
  | { readonly status: 'declined'; readonly attempt: number; readonly code: string }
  | ({ readonly status: 'failed' } & EventData['PaymentFailed']);

/** A refund that was asked for. `gateway`: it was made there, and nobody here asked for it. */
export type RequestedRefund = Omit<EventData['RefundRequested'], 'cause'> & {
  readonly cause: EventData['RefundRequested']['cause'] | 'gateway';
};

/**
 * The status `pending`: it is asked for. The part `pending`: the gateway calls it under way (R19).
 */
export type OpenRefund = RequestedRefund &
  SendingState & { readonly pending?: EventData['RefundPending'] } & (
    { readonly status: 'pending' } | ReviewState<EventData['RefundReviewResolved']>
  );

/** It was made, and came back: credited, and not with the customer (R21). */
export type ReturnedRefund = RequestedRefund & {
  readonly status: 'returned';
  readonly reference: string;
  readonly code: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly letter: string;
  readonly resolved?: EventData['RefundReturnResolved'];
};

export type Refund =
  | OpenRefund
  | ({ readonly status: 'succeeded'; readonly reference: string } & RequestedRefund)
  | ReturnedRefund
  | ({ readonly status: 'failed' } & Pick<EventData['RefundFailed'], 'code' | 'reference'> &
      RequestedRefund)
  | ({ readonly status: 'rejected' } & EventData['RefundRejected']);

/** The code of a refund that was adopted before it was asked for again: it is credited already. */
export const RECORDED_BEFORE = 'recorded before';

/** A comparison with the gateway that is due: it may have refunds for which nobody here asked. */
export type Comparison = {
  /**
   * The version of the newest event that makes it due: a list of refunds from before it proves
   * nothing.
   */
  readonly version: number;
  /**
   * The series in which a refund that is found is credited, and a version of it before which the
   * refund has no number.
   */
  readonly series: string;
  readonly seriesFrom: number;
  /** A person asked for it. It is absent where one of our refunds has failed. */
  readonly asked?: EventData['GatewayComparisonRequested'];
  /**
   * Only a refund that was found makes it due. Each refund that is still open there has its own
   * event.
   */
  readonly isFound?: true;
  /** The refund that its newest finding names. */
  readonly found?: string;
};

/** A customer's dispute with the bank about the payment, as it is known to stand. */
export type Dispute = Omit<EventData['DisputeOpened'], 'at'> & {
  /** When its newest stage began, in milliseconds since the epoch. */
  readonly openedAt: number;
  readonly withdrawnMinor: number;
  readonly reinstatedMinor: number;
  /** It is absent while the dispute is open. */
  readonly verdict?: EventData['DisputeClosed']['verdict'];
};

export type State = {
  /** The version of the last event in its stream, as it is stored. */
  readonly version: number;
  readonly placed?: PlacedOrder;
  /** From this request on nobody charges the order any more. */
  readonly cancellation?: EventData['CancellationRequested'];
  readonly cancelled: boolean;
  /** The newest refusal at the door, while nothing was placed. */
  readonly refused?: EventData['OrderRefused'];
  /**
   * Corrections of the customer's address, the oldest first; `placed` has the newest address.
   * Absent without any.
   */
  readonly corrections?: readonly EventData['CustomerEmailCorrected'][];
  readonly comparison?: Comparison;
  /** Disputes in the order in which they were found. Absent without any. */
  readonly disputes?: readonly Dispute[];
  readonly payment: Payment;
  /** Refunds in the order in which they were asked for. */
  readonly refunds: readonly Refund[];
  readonly invoice: Invoice.State;
};

export const initialState: State = {
  version: 0,
  cancelled: false,
  payment: { status: 'none' },
  refunds: [],
  invoice: Invoice.initialState,
};

export const isOpen = (refund: Refund): refund is OpenRefund =>
  refund.status === 'pending' || refund.status === 'review';

/**
 * The lines of the invoice that no refund has taken, or is about to take, in minor units. With the
 * last of the money goes the last of the lines, so that money is held while this is not 0.
 */
export const uncreditedOf = ({ invoice, refunds }: State): number =>
  refunds
    .filter(isCounted)
    .reduce(
      (left, refund) => left - Invoice.totalsOf(refund).totalMinor,
      invoice.status === 'issued' ? invoice.document.totalMinor : 0,
    );

/**
 * Whether its amount is taken. A refund that came back is credited: its amount is not free again
 * (R21).
 */
const isCounted = (refund: Refund): refund is OpenRefund | MadeRefund =>
  isMade(refund) || isOpen(refund);

export type MadeRefund = Extract<Refund, { readonly status: 'succeeded' | 'returned' }>;

/** Whether it was made, and is credited, also where it came back. */
export const isMade = (refund: Refund): refund is MadeRefund =>
  refund.status === 'succeeded' || refund.status === 'returned';

/** Whether it came back, and nobody has decided yet how the customer gets the money. */
export const isUndecidedReturn = (refund: Refund): refund is ReturnedRefund =>
  refund.status === 'returned' && refund.resolved === undefined;

/** The gateway's name of the refund that a person made in the place of one that came back. */
export const madeAgainAs = (refund: Refund): string | undefined =>
  refund.status === 'returned' && refund.resolved?.verdict === 'refunded again'
    ? refund.resolved.reference
    : undefined;

/** The rest of the invoice: neither refunded, nor about to be. */
export const leftOf = (
  { refunds }: Pick<State, 'refunds'>,
  invoiced: TaxedOrder,
): Invoice.CreditLeft => Invoice.creditable(invoiced, refunds.filter(isCounted));

/** The refund that was found, unless the order has it by now. No other one is numbered (R27). */
export const foundIn = (state: State): string | undefined => {
  const { found: reference } = state.comparison ?? {};
  return reference === undefined || isRecorded(state, { reference }) ? undefined : reference;
};

/** Whether the order has this very refund of the gateway already, under whatever id. */
export const isRecorded = (
  { refunds }: State,
  { reference }: Pick<MoneyMovement, 'reference'>,
): boolean =>
  reference !== '' &&
  refunds.some(
    (refund) =>
      (isMade(refund) && refund.reference === reference) || madeAgainAs(refund) === reference,
  );
