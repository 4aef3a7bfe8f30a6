import type { Resolution } from './eventParts.ts';

/** How far a dispute has gone: a question of the bank, its withdrawal, or our appeal. */
export const DISPUTE_STAGES = ['inquiry', 'chargeback', 'appeal'] as const;
export type DisputeStage = (typeof DISPUTE_STAGES)[number];

/** Whether the one comes after the other. */
export const isLaterStage = (stage: DisputeStage, than: DisputeStage): boolean =>
  DISPUTE_STAGES.indexOf(stage) > DISPUTE_STAGES.indexOf(than);

/** How a dispute has ended. All but `lost` leave the money with the merchant. */
export const DISPUTE_VERDICTS = ['won', 'lost', 'warning closed', 'prevented'] as const;
export type DisputeVerdict = (typeof DISPUTE_VERDICTS)[number];

/** What the gateway calls under way has its name, and one message that waits for it (R19). */
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
  /** In minor units, above zero. */
  readonly amountMinor: number;
  readonly currency: string;
  readonly at: number;
};

/**
 * What the gateway does with the money of an order later, each found by asking it by id (R18).
 * Stored for ever: add, never rename.
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
    /** The confirmation, as it is sent, and until when that may be. */
    readonly body: string;
    readonly sendUntil: number;
    /** As that of the intent to charge, over this one. */
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
    /** The gateway's id of the event upon which it was asked. */
    readonly event: string;
    readonly at: number;
    /** Where a refund that is found is credited, and a version before which it has no number. */
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
    /** Until when evidence is taken, in milliseconds since the epoch; 0 where none is. */
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
   * How a person had it paid. `reference` is the gateway's name of the refund that was made in its
   * place, which gets no credit note; of money that was paid otherwise, whatever names it.
   */
  readonly RefundReturnResolved: Resolution & {
    readonly refundId: string;
    readonly verdict: 'refunded again' | 'paid otherwise';
  };
};
