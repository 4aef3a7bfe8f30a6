import type { Resolution } from './eventParts.ts';

/** The stages of a dispute: a question of the bank, its withdrawal, and our appeal. */
export const DISPUTE_STAGES = ['inquiry', 'chargeback', 'appeal'] as const;
export type DisputeStage = (typeof DISPUTE_STAGES)[number];

/** Whether the first stage comes after the second. */
export const isLaterStage = (stage: DisputeStage, than: DisputeStage): boolean =>
  DISPUTE_STAGES.indexOf(stage) > DISPUTE_STAGES.indexOf(than);

/** The ways in which a dispute ends. All but `lost` leave the money with the merchant. */
export const DISPUTE_VERDICTS = ['won', 'lost', 'warning closed', 'prevented'] as const;
export type DisputeVerdict = (typeof DISPUTE_VERDICTS)[number];

/**
 * A payment or refund under way has the gateway's name of it, and one message that waits for it
 * (R19).
 */
type UnderWay = {
  /** The gateway's name of it. */
  readonly reference: string;
  readonly at: number;
  /** The end of the wait, in milliseconds since the epoch; frozen here. */
  readonly until: number;
  /** The id of the message that waits; the others of the order need not. */
  readonly letter: string;
};

/** More of a dispute's money than was recorded before, so that these add up to all of it. */
type DisputeFunds = {
  readonly dispute: string;
  /** The sum in minor units, above zero. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly at: number;
};

/**
 * What the gateway does with the money of an order later. Each fact is found by asking the gateway
 * by id (R18). Stored for ever: add, never rename.
 */
export type GatewayEventData = {
  /** The gateway has taken the charge in, and it settles later, either way. */
  readonly PaymentPending: UnderWay & { readonly attempt: number };
  readonly RefundPending: UnderWay & { readonly refundId: string };
  /**
   * The bank wants the customer to authenticate the payment, and the shop has an address to return
   * to: the intent to confirm the same payment with the customer there. From here on it ends by a
   * capture, or by a cancel that the gateway confirms (R24).
   */
  readonly PaymentAuthenticationRequested: UnderWay & {
    readonly attempt: number;
    /** The confirmation as it is sent, and until when it may be sent. */
    readonly body: string;
    readonly sendUntil: number;
    /** The seal over this intent, like that of the intent to charge. */
    readonly seal: string;
  };
  /** The customer can complete the payment there. */
  readonly PaymentAuthenticationAwaited: {
    readonly attempt: number;
    /** A secret: whoever has it can pay, and sees whose payment it is. */
    readonly link: string;
    readonly at: number;
  };
  /** A refund was found there for which nobody here asked; the comparison credits it (R22). */
  readonly GatewayDifferenceFound: {
    /**
     * The gateway's id of the event upon which it was asked. It is empty where a comparison that
     * was due has found it.
     */
    readonly event: string;
    /**
     * The gateway's name of the refund: until it is credited or closed, no other one is (R27). It
     * is empty in what releases before this rule have written.
     */
    readonly refund: string;
    readonly at: number;
    /**
     * The series in which a refund that is found is credited, and a version of it before which the
     * refund has no number.
     */
    readonly series: string;
    readonly seriesFrom: number;
  };
  /** The customer disputes the payment with the bank; or the same dispute has gone further. */
  readonly DisputeOpened: {
    /** The gateway's name of it. */
    readonly dispute: string;
    readonly stage: DisputeStage;
    /** The gateway's word for why. */
    readonly reason: string;
    readonly amountMinor: number;
    readonly currency: string;
    /** The end of the time for evidence, in milliseconds since the epoch; 0 where none is taken. */
    readonly dueBy: number;
    readonly at: number;
  };
  readonly DisputeFundsWithdrawn: DisputeFunds;
  readonly DisputeFundsReinstated: DisputeFunds;
  readonly DisputeClosed: {
    readonly dispute: string;
    readonly verdict: DisputeVerdict;
    readonly at: number;
  };
  /**
   * A refund that was made has failed since: the gateway holds its money again. Its credit note
   * stands, and a person decides how the customer gets the money (R21).
   */
  readonly RefundReturned: {
    readonly refundId: string;
    /** The gateway's name of the refund that came back. */
    readonly reference: string;
    /** The gateway's word for why. */
    readonly code: string;
    readonly at: number;
    /** The id of the message whose dead letter stands for the review. */
    readonly letter: string;
  };
  /**
   * A person has decided how the customer gets the money. `reference` is the gateway's name of the
   * refund that was made in its place, which gets no credit note; for money that was paid
   * otherwise, it is whatever names that.
   */
  readonly RefundReturnResolved: Resolution & {
    readonly refundId: string;
    readonly verdict: 'refunded again' | 'paid otherwise';
  };
};
