type Payment = 'none' | 'open' | 'review' | 'captured' | 'declined' | 'failed';
export type Refund = {
  /** One that was made, and came back, is `returned`. */
  readonly status: 'open' | 'review' | 'succeeded' | 'failed' | 'rejected' | 'returned';
  readonly amountMinor: number;
  /** The gateway calls it under way. */
  readonly isPending?: boolean;
};

export type Dispute = {
  readonly stage: string;
  /** Empty while it is open. */
  readonly verdict: string;
  readonly withdrawnMinor: number;
  readonly reinstatedMinor: number;
};

/**
 * One order, as its facts say that it stands. Written from the protocol's page, not from the
 * product.
 */
export type Standing = {
  readonly isPlaced: boolean;
  readonly isCancellationRequested: boolean;
  readonly isCancelled: boolean;
  readonly payment: Payment;
  readonly attempt: number;
  readonly amountMinor: number;
  readonly hasInvoice: boolean;
  readonly refunds: ReadonlyMap<string, Refund>;
  readonly credited: ReadonlySet<string>;
  /** A refund has failed, and nobody has looked since what the gateway has. */
  readonly isUncompared: boolean;
  /** How the order is paid, and whether its shop's payment was verified since it was asked for. */
  readonly way: string;
  readonly isVerified: boolean;
  /** The gateway calls the payment under way. */
  readonly isPaymentPending: boolean;
  readonly disputes: ReadonlyMap<string, Dispute>;
};

export const NOTHING: Standing = {
  isPlaced: false,
  isCancellationRequested: false,
  isCancelled: false,
  payment: 'none',
  attempt: 0,
  amountMinor: 0,
  hasInvoice: false,
  refunds: new Map(),
  credited: new Set(),
  isUncompared: false,
  way: '',
  isVerified: false,
  isPaymentPending: false,
  disputes: new Map(),
};

const sumOf = (standing: Standing, ...statuses: readonly Refund['status'][]): number =>
  [...standing.refunds.values()]
    .filter(({ status }) => statuses.includes(status))
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);

/** Whether the gateway moves the money: it has none of a transfer, nor where nothing is paid. */
export const isAtGateway = ({ way }: Pick<Standing, 'way'>): boolean =>
  way !== 'transferred' && way !== 'none';

/** Whether nothing about the order's money is undecided. */
export const isDecided = (standing: Standing): boolean =>
  standing.payment !== 'open' &&
  standing.payment !== 'review' &&
  sumOf(standing, 'open', 'review') === 0;

export const isDisputed = ({ disputes }: Standing): boolean =>
  [...disputes.values()].some(({ verdict }) => verdict === '');

/** What disputes have taken. What was won is held, also before it is back (R20). */
const goneOf = ({ disputes }: Standing): number =>
  [...disputes.values()]
    .filter(({ verdict }) => verdict !== 'won')
    .reduce(
      (sum, { withdrawnMinor, reinstatedMinor }) => sum + withdrawnMinor - reinstatedMinor,
      0,
    );

/** What may still be refunded: one that came back is credited, and not free again (R21). */
export const restOf = (standing: Standing): number =>
  (standing.payment === 'captured' ? standing.amountMinor : 0) -
  sumOf(standing, 'open', 'review', 'succeeded', 'returned') -
  goneOf(standing);

export type Ruling = { readonly isLegal: boolean; readonly next: Partial<Standing> };
