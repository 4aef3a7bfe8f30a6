import type {
  ListedRefund,
  MoneyMovement,
  PaymentStanding,
  StandingPayment,
} from '../../domain/order/index.ts';
import type { Trouble } from './failures.ts';

export type CapturedOutcome = { readonly type: 'Captured' } & MoneyMovement;

export type RefundedOutcome = { readonly type: 'Refunded' } & MoneyMovement;

/** The authorisation is released: the payment was never captured, and cannot be any more. */
export type VoidedOutcome = { readonly type: 'Voided'; readonly reference: string };

/**
 * The gateway has accepted the request, and says that it takes time: a bank debit, or a refund that
 * settles days later. It is no doubt: the money moves, or the gateway says that it did not.
 */
export type UnderWayOutcome = { readonly type: 'UnderWay' } & MoneyMovement;

/** It has the gateway's name of the payment or refund that has failed, where there is one. */
export type DeclinedOutcome = {
  readonly type: 'Declined';
  readonly code: string;
  readonly reference?: string;
};

/** The customer has to authenticate it, by this link; nothing is charged before that. */
export type CustomerAwaitedOutcome = {
  readonly type: 'CustomerAwaited';
  readonly reference: string;
  readonly link: string;
};

/**
 * This request was not executed (429, refused connection, a key that the API refuses). It says
 * nothing about an earlier request with the same idempotency key.
 */
export type NotExecutedOutcome = {
  readonly type: 'NotExecuted';
  readonly reason: string;
  readonly retryAfterMs?: number;
  /** It is present where the gateway would have answered any other request in the same way. */
  readonly trouble?: Trouble;
  /**
   * The gateway's code, where it refused this request for its content: the same bytes would be
   * refused again. Like the rest, it says nothing about an earlier request with the key.
   */
  readonly refused?: string;
};

/** It may or may not have been executed: a time-out, a lost or unreadable answer, a 5xx. */
export type UnknownOutcome = {
  readonly type: 'Unknown';
  readonly cause: string;
  readonly retryAfterMs?: number;
  /** It is present where the gateway would have answered any other request in the same way. */
  readonly trouble?: Trouble;
  /** The gateway keeps this answer for the key: sending again would show nothing new. */
  readonly stored?: true;
  /** The key was used for another request, and not by us: we send each key with one body only. */
  readonly keyOfAnother?: true;
};

/** There are four outcomes, never three (ADR 0003), and a fifth of what takes days (R19). */
export type ChargeOutcome =
  CapturedOutcome | DeclinedOutcome | UnderWayOutcome | NotExecutedOutcome | UnknownOutcome;
export type RefundOutcome =
  RefundedOutcome | DeclinedOutcome | UnderWayOutcome | NotExecutedOutcome | UnknownOutcome;
/**
 * It is refused as `no_link` where the customer would have to do something that no link leads to.
 */
export type ConfirmOutcome = ChargeOutcome | CustomerAwaitedOutcome;
/** `Declined`: the authorisation has expired or was released, and nothing was captured of it. */
export type CaptureOutcome = ChargeOutcome;
/** `Captured`: its money was captured before, so that there is nothing left to release. */
export type VoidOutcome = VoidedOutcome | CapturedOutcome | NotExecutedOutcome | UnknownOutcome;

/**
 * The look-up found nothing under this reference. This proves that nothing was executed only if the
 * look-up started after the payment's `close` (ADR 0011).
 */
export type Absent = { readonly type: 'Absent' };

/**
 * `listed`: it was looked for in a list, which shows at once what was executed, so that no lag has
 * to be waited for. Without it, it was searched for, and a search may be behind by S.
 */
export type AbsentPayment = Absent & { readonly listed?: true };

/** More than one payment or refund has the reference. A person must decide whose it is. */
export type SeveralFound = { readonly type: 'Several'; readonly found: readonly MoneyMovement[] };

/** `Unknown`: the look-up failed, or what it found is not settled. */
export type PaymentLookUp =
  | CapturedOutcome
  | DeclinedOutcome
  | UnderWayOutcome
  | AbsentPayment
  | SeveralFound
  | UnknownOutcome;
export type RefundLookUp =
  RefundedOutcome | DeclinedOutcome | UnderWayOutcome | Absent | SeveralFound | UnknownOutcome;

/** The payment with that id is another order's or deployment's, named here as far as it says. */
export type NotOursOutcome = {
  readonly type: 'NotOurs';
  readonly deployment?: string;
  readonly orderId?: string;
};

/** `Unknown`: it could not be asked, or its status is no evidence. */
type EndOfPayment = CapturedOutcome | DeclinedOutcome | UnderWayOutcome | UnknownOutcome;

/** It is of the same order, and of another attempt. */
export type OtherAttempt = {
  readonly type: 'OtherAttempt';
  readonly attempt: number;
  readonly outcome: EndOfPayment;
};

export type NamedPayment = EndOfPayment | OtherAttempt | NotOursOutcome | Absent;

/** `charge`: the gateway's own part of a payment, which its dashboard shows to people. */
export type MovementKind = 'payment' | 'refund' | 'charge';

export type RetrievedMovement = MoneyMovement & {
  readonly type: 'Retrieved';
  /** Whether money has moved and no more can move. `amountMinor` is 0 where none did. */
  readonly isMoved: boolean;
  /** For a payment, the amount of it that was refunded for good; 0 for a refund. */
  readonly refundedMinor: number;
  /**
   * The deployment in our own reference, if it has one: an account may also hold others' payments.
   */
  readonly deployment?: string;
  readonly orderId?: string;
  readonly attempt?: number;
  readonly refundId?: string;
  readonly paymentReference?: string;
};

/**
 * - `pending`: the customer has agreed, and the money is under way, for days maybe;
 * - `authorised`: the customer has agreed, and nothing is captured yet;
 * - `captured`: the money was received, all of it or a part; no more can be captured;
 * - `cancelled`: released, expired or given up, and nothing was ever captured;
 * - `open`: anything else: a payment that the customer has not completed, or one of which a part is
 *   captured and more may be.
 */
export type PaymentStatus = 'authorised' | 'captured' | 'cancelled' | 'pending' | 'open';

/** One payment as it stands at the gateway, whoever made it. Amounts are ISO 4217 minor units. */
export type InspectedPayment = StandingPayment & {
  readonly type: 'Inspected';
  /** The amount of the payment, whatever its status. */
  readonly amountMinor: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When the authorisation expires, where the gateway says so; milliseconds since the epoch. */
  readonly captureBefore?: number;
  readonly customer?: string;
  readonly attempt?: number;
};

/** Every refund of one payment, ours and others', the oldest first. */
export type RefundList = { readonly type: 'Listed'; readonly refunds: readonly ListedRefund[] };

/** The refunds and disputes of a captured payment, each the oldest first. */
export type FoundStanding = { readonly type: 'Standing' } & PaymentStanding;
