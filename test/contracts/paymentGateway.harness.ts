import type {
  Absent,
  CaptureOutcome,
  CaptureRequest,
  ChargeOutcome,
  ChargeRequest,
  InspectedPayment,
  PaymentGateway,
  PaymentLookUp,
  RefundLookUp,
  RefundOutcome,
  RefundRequest,
  UnknownOutcome,
  VoidOutcome,
} from '../../src/application/ports/paymentGateway.ts';

export type PaymentGatewayHarness = {
  readonly gateway: PaymentGateway;
  /** Every capture that the gateway's own ledger knows of, in order. */
  captures(): Promise<readonly Capture[]>;
  /** Every refund that the gateway's own ledger knows to have moved money, in order. */
  refunds(): Promise<readonly MadeRefund[]>;
  /** The gateway's id of the charge that a payment consists of. */
  chargeIdOf(payment: string): Promise<string>;
  /** A payment that the shop made at its checkout; its reference. */
  authorise(payment?: ShopPayment): Promise<string>;
  /** Saves one of the test methods for a customer of its own. */
  saveMethod(paymentMethod: string): Promise<SavedMethod>;
  /** Ends a payment, or a refund, that is under way; or lets a refund come back. */
  settle(reference: string, fails?: boolean): Promise<void>;
  /** What a customer's bank does; the id of the dispute. */
  dispute(payment: string, isInquiry?: boolean): Promise<string>;
  closeDispute(dispute: string, isWon: boolean): Promise<void>;
  /** What somebody refunds in the gateway's dashboard. */
  refundByHand(payment: string, amountMinor: number): Promise<void>;
  /** Lets the gateway's clock run so that no authorisation is valid any more. */
  passAuthorisations(): void;
  /** Lets the gateway's clock run so that it has forgotten every key. */
  passKeyWindow(): void;
  /** Lets the gateway's clock run so that look-ups see all there is. */
  passSearchLag(): void;
  close(): Promise<void>;
};

export type MakeHarness = (options?: {
  /** How long a look-up does not see a payment; 0 if left out. */
  readonly searchLagMs?: number;
}) => Promise<PaymentGatewayHarness>;

export type ShopPayment = {
  readonly amountMinor?: number;
  readonly currency?: string;
  readonly paymentMethod?: string;
  readonly customer?: string;
  /** What the shop writes into it of its own accord. */
  readonly orderId?: string;
  readonly isCaptured?: boolean;
};

export type SavedMethod = {
  readonly customer: string;
  readonly paymentMethod: string;
  readonly mandate: string;
};

type Entry = {
  readonly key: string;
  readonly reference: string;
  readonly orderId: string;
  readonly amountMinor: number;
  readonly currency: string;
};

export type Capture = Entry;
export type MadeRefund = Entry & { readonly refundId: string; readonly paymentReference: string };

const DEPLOYMENT = 'dep1';

const ORDER: ChargeRequest = {
  deployment: DEPLOYMENT,
  orderId: 'o-1',
  attempt: 1,
  amountMinor: 4_758,
  currency: 'EUR',
  paymentMethod: 'pm_card_visa',
};

export const chargeOf = (changes: Partial<ChargeRequest> = {}): ChargeRequest => ({
  ...ORDER,
  ...changes,
});

export const captureOf = (
  changes: Partial<CaptureRequest> & { readonly payment: string },
): CaptureRequest => ({
  deployment: DEPLOYMENT,
  orderId: 'o-1',
  attempt: 1,
  amountMinor: 4_758,
  currency: 'EUR',
  ...changes,
});

/** What a test does to a gateway, with as little to write as it has to say. */
export type Acts = {
  readonly bodyFor: (changes?: Partial<ChargeRequest>) => string;
  readonly charge: (key: string, body: string, signal?: AbortSignal) => Promise<ChargeOutcome>;
  /** Captures the order under a key of its own; its reference. */
  readonly capture: (changes?: Partial<ChargeRequest>) => Promise<string>;
  readonly find: (
    orderId: string,
    attempt: number,
    more?: { readonly signal?: AbortSignal; readonly customer?: string; readonly since?: number },
  ) => Promise<PaymentLookUp>;
  readonly captureBody: (changes: Partial<CaptureRequest> & { readonly payment: string }) => string;
  /** Captures a part of an authorised payment, under a key, as the order asks by default. */
  readonly captureAuthorised: (
    key: string,
    payment: string,
    changes?: Partial<CaptureRequest>,
    signal?: AbortSignal,
  ) => Promise<CaptureOutcome>;
  readonly release: (key: string, payment: string, signal?: AbortSignal) => Promise<VoidOutcome>;
  readonly inspect: (
    payment: string,
    signal?: AbortSignal,
  ) => Promise<InspectedPayment | Absent | UnknownOutcome>;
  readonly refundBody: (
    changes: Partial<RefundRequest> & { readonly paymentReference: string },
  ) => string;
  readonly refund: (key: string, body: string, signal?: AbortSignal) => Promise<RefundOutcome>;
  readonly findRefund: (
    refundId: string,
    paymentReference: string,
    signal?: AbortSignal,
  ) => Promise<RefundLookUp>;
};

export const actsOn = (harnessOf: () => PaymentGatewayHarness): Acts => {
  const gateway = (): PaymentGateway => harnessOf().gateway;
  let captures = 0;
  const acts: Acts = {
    bodyFor: (changes) => gateway().prepare(chargeOf(changes))._unsafeUnwrap(),
    charge: async (key, body, signal) =>
      (
        await gateway().charge({ key, body, notAfter: Infinity, ...(signal && { signal }) })
      )._unsafeUnwrap(),
    capture: async (changes) => {
      const key = `charge-${(captures += 1)}`;
      const outcome = await acts.charge(key, acts.bodyFor(changes));
      if (outcome.type !== 'Captured') throw new Error(`the charge is ${outcome.type}`);
      return outcome.reference;
    },
    find: async (orderId, attempt, more) =>
      (
        await gateway().find({
          deployment: DEPLOYMENT,
          orderId,
          attempt,
          since: 0,
          body: '',
          ...more,
        })
      )._unsafeUnwrap(),
    captureBody: (changes) => gateway().prepareCapture(captureOf(changes))._unsafeUnwrap(),
    captureAuthorised: async (key, payment, changes, signal) => {
      const body = acts.captureBody({ ...changes, payment });
      const post = { key, body, payment, notAfter: Infinity, ...(signal && { signal }) };
      return (await gateway().capture(post))._unsafeUnwrap();
    },
    release: async (key, payment, signal) => {
      const { deployment, orderId, attempt } = ORDER;
      const request = { deployment, orderId, attempt, payment };
      const body = gateway().prepareVoid(request)._unsafeUnwrap();
      const post = { key, body, payment, notAfter: Infinity, ...(signal && { signal }) };
      return (await gateway().void(post))._unsafeUnwrap();
    },
    inspect: async (payment, signal) =>
      (await gateway().inspect({ payment, ...(signal && { signal }) }))._unsafeUnwrap(),
    refundBody: (changes) =>
      gateway()
        .prepareRefund({
          deployment: DEPLOYMENT,
          orderId: 'o-1',
          refundId: 'r-1',
          amountMinor: 1_000,
          currency: 'EUR',
          ...changes,
        })
        ._unsafeUnwrap(),
    refund: async (key, body, signal) =>
      (
        await gateway().refund({ key, body, notAfter: Infinity, ...(signal && { signal }) })
      )._unsafeUnwrap(),
    findRefund: async (refundId, paymentReference, signal) => {
      const of = { deployment: DEPLOYMENT, refundId, paymentReference };
      const reference = { ...of, ...(signal && { signal }) };
      return (await gateway().findRefund(reference))._unsafeUnwrap();
    },
  };
  return acts;
};

/** As it shows from here it could have been anybody's request. */
export const CONNECTION_LOST = {
  type: 'Unknown',
  cause: 'connection lost',
  trouble: 'Unavailable',
} as const;
