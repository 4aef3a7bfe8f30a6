import type { ResultAsync } from 'neverthrow';
import type {
  CaptureRequest,
  ChargeRequest,
  ConfirmRequest,
  GatewayRequests,
  ListedDispute,
  ListedRefund,
  MoneyMovement,
  RefundRequest,
  Unchargeable,
  LookUpRequest,
  VoidRequest,
} from '../../domain/order/index.ts';
import type { DependencyError } from './failures.ts';
import type {
  Absent,
  CaptureOutcome,
  ChargeOutcome,
  ConfirmOutcome,
  FoundStanding,
  InspectedPayment,
  MovementKind,
  NamedPayment,
  PaymentLookUp,
  RefundList,
  RefundLookUp,
  RefundOutcome,
  RetrievedMovement,
  UnknownOutcome,
  VoidOutcome,
} from './gatewayOutcomes.ts';

export type { CaptureRequest, ChargeRequest, ConfirmRequest, ListedDispute, ListedRefund };
export type { MoneyMovement, RefundRequest, Unchargeable, VoidRequest };
export type * from './gatewayOutcomes.ts';

/** A request that moves money: the key, the frozen body, and when it is too late to send it. */
export type GatewayPost = {
  readonly key: string;
  readonly body: string;
  /** Later than this, in milliseconds since the epoch, it is not sent: `NotExecuted`. */
  readonly notAfter: number;
  readonly signal?: AbortSignal;
};

/** The same for a payment that exists already: the gateway's reference is no part of the body. */
export type PaymentPost = GatewayPost & { readonly payment: string };

/** The account at the gateway and whether its money is real: `acct_…:live`, `acct_…:test`. */
export type GatewayAccount = string;

type LookUpOf<T> = Omit<Extract<LookUpRequest, { readonly type: T }>, 'type'> & {
  readonly signal?: AbortSignal;
};

/** The operations on payments that the shop had authorised, or taken, at its own checkout. */
export interface ShopPayments {
  /**
   * Captures an authorised payment once, and writes our reference into it. The rest of its amount
   * is released. A refusal for its state (`refused: payment_intent_unexpected_state` at Stripe)
   * says that it is not to be captured now: `inspect` shows why.
   */
  capture(capture: PaymentPost): ResultAsync<CaptureOutcome, never>;

  isPreparedVoid(body: string, request: VoidRequest): boolean;

  /** Releases an authorised payment. One that is released already is `Voided` as well. */
  void(release: PaymentPost): ResultAsync<VoidOutcome, never>;

  /**
   * Returns how a payment stands, by the gateway's reference, so that there is no lag. Each call
   * sends a new request and changes nothing. Never fails.
   */
  inspect(named: {
    readonly payment: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<InspectedPayment | Absent | UnknownOutcome, never>;
}

export interface PaymentGateway extends ShopPayments, GatewayRequests {
  /** The account of the key in use, requested once for each process. */
  identify(): ResultAsync<GatewayAccount, DependencyError>;

  /**
   * Confirms a payment of ours once more, with its customer there. It is charged at most once,
   * however often it is confirmed, and never after `void`, which cancels it while it is open.
   */
  confirm(confirmation: PaymentPost): ResultAsync<ConfirmOutcome, never>;

  /** Charges once for each key, however often it is called. Every result is an outcome. */
  charge(charge: GatewayPost): ResultAsync<ChargeOutcome, never>;

  /**
   * Finds the payment of one attempt of an order, or of any attempt. Each call sends a new request
   * and changes nothing. Never fails. A payment that was created before `since`, or by another
   * deployment, is not ours, whatever order it names. With a `customer` it reads the list of that
   * customer's payments, and otherwise it searches.
   */
  find(reference: LookUpOf<'Payment'>): ResultAsync<PaymentLookUp, never>;

  refund(refund: GatewayPost): ResultAsync<RefundOutcome, never>;

  findRefund(reference: LookUpOf<'Refund'>): ResultAsync<RefundLookUp, never>;

  /** The kind of object that an id of the gateway names, by its form alone. It is pure. */
  kindOf(reference: string): MovementKind | undefined;

  /**
   * Retrieves the payment or refund with that id at the gateway, whoever requested it; for a
   * charge, the payment to which it belongs. It changes nothing and never fails. An id needs no
   * search, so that there is no lag.
   */
  retrieve(named: {
    readonly kind: MovementKind;
    readonly reference: string;
    readonly signal?: AbortSignal;
  }): ResultAsync<RetrievedMovement | Absent | UnknownOutcome, never>;

  /**
   * Lists every refund of one payment, whoever requested it, including refunds made in the
   * gateway's dashboard. Each call sends a new request and changes nothing. Never fails: the result
   * is `Unknown` where the list cannot be read as a whole.
   */
  listRefunds(of: LookUpOf<'Refunds'>): ResultAsync<RefundList | UnknownOutcome, never>;

  /**
   * Retrieves the payment of one attempt of an order, by the gateway's own name of it, so that
   * there is no lag. Otherwise it is like `find`: a payment of another order or deployment, or one
   * that was created before `since`, is `NotOurs`.
   */
  retrievePayment(of: LookUpOf<'NamedPayment'>): ResultAsync<NamedPayment, never>;

  /**
   * Lists the refunds and the disputes of one payment, whoever made them, each the oldest first.
   * Each call sends new requests and changes nothing. The result is `Unknown` where one of the
   * lists cannot be read as a whole.
   */
  standing(of: LookUpOf<'Standing'>): ResultAsync<FoundStanding | UnknownOutcome, never>;
}
