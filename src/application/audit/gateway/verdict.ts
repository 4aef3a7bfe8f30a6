import * as Order from '../../../domain/order/index.ts';
import type { LedgerPayment, LedgerRefund } from '../../ports/gatewayLedger.ts';
import type { DecodedOrder } from '../decodedStreams.ts';

export type Move = {
  readonly orderId: string;
  /** The attempt, or the refund's id. */
  readonly under: string;
  readonly reference: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly version: number;
  /**
   * When it was requested: the gateway cannot have created it earlier. It is 0 where that is
   * unknown, as for a payment that the shop had made before.
   */
  readonly requestedAt: number;
  /** The deployment that requested it; absent where nobody here did. */
  readonly deployment?: string;
  /** Only a person's decision may attribute it to this order. */
  readonly isVouched: boolean;
  /** The shop made the payment: it carries our reference only where we have captured it. */
  readonly isOfShop: boolean;
  readonly paymentReference?: string;
};

export type Moves = { readonly payments: readonly Move[]; readonly refunds: readonly Move[] };

/** Moves come from the events and not from the fold: a second payment in a stream counts as two. */
export const movesIn = ({ id: orderId, located }: DecodedOrder): Moves => {
  const payments: Move[] = [];
  const refunds: Move[] = [];
  const asked = new Map<string, Pick<Move, 'requestedAt' | 'deployment' | 'isOfShop'>>();
  const returned = new Map<string, Move>();
  let paymentReference = '';
  for (const { event, version } of located) {
    if (event.type === 'PaymentRequested') {
      const { attempt, at, deployment, way } = event.data;
      const isOfShop = way === 'authorised' || way === 'paid';
      const requestedAt = isOfShop ? 0 : at;
      asked.set(`payment ${attempt}`, { requestedAt, deployment, isOfShop });
    } else if (event.type === 'RefundRequested') {
      const { refundId, at: requestedAt, deployment } = event.data;
      asked.set(`refund ${refundId}`, { requestedAt, deployment, isOfShop: false });
    } else if (event.type === 'RefundReturned') {
      const place = refunds.findIndex(({ reference }) => reference === event.data.reference);
      const [gone] = place < 0 ? [] : refunds.splice(place, 1);
      if (gone !== undefined) returned.set(event.data.refundId, gone);
    } else if (event.type === 'RefundReturnResolved') {
      const gone = returned.get(event.data.refundId);
      if (gone === undefined || event.data.verdict !== 'refunded again') continue;
      // A person made it there, and names it: neither when nor under what metadata is known.
      const again = { reference: event.data.reference, version, requestedAt: 0, isVouched: true };
      refunds.push({ ...gone, ...again });
    } else if (Order.isMovement(event)) {
      const { reference, amountMinor, currency, source } = event.data;
      // Money that the shop takes or returns by itself is none of the gateway's.
      if (source === 'shop') continue;
      const isPayment = event.type === 'PaymentCaptured';
      const under = isPayment ? String(event.data.attempt) : event.data.refundId;
      // Nobody requested a refund that was adopted: its time is unknown, except that it was before.
      const request = asked.get(`${isPayment ? 'payment' : 'refund'} ${under}`);
      const money = { reference, amountMinor, currency, version };
      const isVouched = source === 'person';
      const unasked = { requestedAt: 0, isOfShop: false };
      const move = { orderId, under, isVouched, ...money, ...unasked, ...request };
      if (isPayment) {
        payments.push(move);
        paymentReference = reference;
      } else refunds.push({ ...move, paymentReference });
    }
  }
  return { payments, refunds };
};

export const differenceOf = (
  entry: LedgerPayment | LedgerRefund,
  move: Move,
): string | undefined => {
  const under = entry.kind === 'payment' ? entry.attempt : entry.refundId;
  const payment = entry.kind === 'payment' ? undefined : entry.paymentReference;
  if (entry.kind === 'refund' && entry.status === 'failed') {
    return 'the refund came back, and the log says that it was made';
  }
  if (entry.status !== 'moved') {
    return 'the log says that the money moved, and the gateway that it did not';
  }
  if (entry.amountMinor !== move.amountMinor || entry.currency !== move.currency) {
    return 'the gateway moved another amount than the log says';
  }
  // Whatever metadata others give a refund, it belongs to the payment that it refunds.
  const isAdopted = entry.kind === 'refund' && move.under === `gateway#${move.reference}`;
  // What we requested carries our reference. A payment that a person attributed to the order, or
  // that the shop made, and a refund that others made, need not.
  if (under === undefined && !isAdopted && !move.isVouched && !move.isOfShop)
    return 'the gateway has it under no order';
  if (!isAdopted && entry.orderId !== undefined && entry.orderId !== move.orderId) {
    return 'the gateway has it under another order';
  }
  // Deployments on one account may number their orders in the same way.
  if (!isAdopted && entry.deployment !== undefined && entry.deployment !== move.deployment) {
    return 'the gateway has it under another deployment';
  }
  if (!isAdopted && under !== undefined && String(under) !== move.under) {
    return 'the gateway has it under another attempt or refund';
  }
  return payment === undefined || payment === move.paymentReference
    ? undefined
    : 'the gateway refunded another payment than the log says';
};

export type GatewayVerdict =
  /** It is young enough for the answer to be under way. */
  | { readonly type: 'InProgress' }
  | { readonly type: 'Explained' }
  | { readonly type: 'Wrong'; readonly why: string; readonly logSays: string };

type VerdictTimes = { readonly now: number; readonly openMs: number };

export const verdictOn = (
  entry: LedgerPayment | LedgerRefund,
  state: Order.State,
  times: VerdictTimes,
): GatewayVerdict =>
  entry.kind === 'payment'
    ? verdictOnPayment(entry, state, times)
    : verdictOnRefund(entry, state, times);

const verdictOnPayment = (
  { attempt }: LedgerPayment,
  { payment, version, cancelled }: Order.State,
  times: VerdictTimes,
): GatewayVerdict => {
  const logSays = cancelled ? `${payment.status}, cancelled` : payment.status;
  const wrong = (why: string): GatewayVerdict => ({ type: 'Wrong', why, logSays });
  if (version === 0) return wrong('the payment names an order that the log does not have');
  if (payment.status === 'none') return wrong('the order never asked for this payment');
  if (payment.status === 'captured') return wrong('a second payment of the order');
  if (attempt !== payment.attempt) return wrong('an attempt that the order does not wait for');
  switch (payment.status) {
    case 'requested':
      return isYoung(payment, times) || isUnderWay(payment, times)
        ? { type: 'InProgress' }
        : wrong('the money moved, and the log still waits for the outcome');
    case 'review':
      return { type: 'Explained' };
    case 'declined':
      return wrong('the money moved, and the log says that the payment was declined');
    case 'failed':
      return wrong('the money moved, and the log says that the payment was never executed');
  }
};

const verdictOnRefund = (
  { refundId, reference, deployment = '' }: LedgerRefund,
  { refunds, version }: Order.State,
  times: VerdictTimes,
): GatewayVerdict => {
  const refund = refunds.find(
    (other) =>
      other.refundId === refundId &&
      (other.status === 'rejected' || other.deployment === deployment),
  );
  const wrong = (why: string): GatewayVerdict => ({
    type: 'Wrong',
    why,
    logSays: refund?.status ?? 'none',
  });
  if (version === 0) return wrong('the refund names an order that the log does not have');
  if (refunds.some((other) => other.status === 'returned' && other.reference === reference)) {
    return wrong('the log says that the refund came back, and the gateway that it was made');
  }
  // While a person decides about one that came back, what was refunded there besides waits (R21).
  if (refunds.some(Order.isUndecidedReturn)) return { type: 'Explained' };
  switch (refund?.status) {
    case undefined:
      return wrong('a refund that nobody recorded');
    case 'pending':
      return isYoung(refund, times) || isUnderWay(refund, times)
        ? { type: 'InProgress' }
        : wrong('the money was refunded, and the log still waits for the outcome');
    case 'review':
      return { type: 'Explained' };
    case 'succeeded':
    case 'returned':
      return wrong('a second refund under one id');
    case 'failed':
    case 'rejected':
      return wrong(`the money was refunded, and the log says that the refund was ${refund.status}`);
  }
};

const isYoung = ({ at }: { readonly at: number }, { now, openMs }: VerdictTimes): boolean =>
  now - at < openMs;

/** A message waits for what the gateway has called under way, up to hours at a time (R19). */
const isUnderWay = (
  { pending }: { readonly pending?: { readonly until: number } },
  { now }: VerdictTimes,
): boolean => now < (pending?.until ?? 0);
