import type { GatewayEventData, PaymentWay, StreamEvent } from '../order/index.ts';
import {
  hasNumber,
  isPaymentOpen,
  violationOf,
  type DataOf,
  type LineBalance,
  type OrderLedger,
  type EventRules,
} from './ledger.ts';

type PaymentEventType = Exclude<
  Extract<StreamEvent['type'], `Payment${string}` | 'InvoiceIssued'>,
  keyof GatewayEventData
>;

export const PAYMENT_RULES: EventRules<PaymentEventType> = {
  PaymentRequested: (ledger, data) => {
    const { payment, asked, requiredNext, isCancellationRequested } = ledger;
    Object.assign(ledger, {
      asked: data,
      verified: undefined,
      isPending: false,
      authentication: undefined,
      payment: 'open',
      requiredNext: undefined,
    });
    const isOfItsOrder = requiredNext === 'PaymentRequested';
    return violationOf(
      [
        !isCancellationRequested || (HELD.has(data.way) && isOfItsOrder),
        'charges a cancelled order',
      ],
      [BY_GATEWAY.has(data.way) === (data.body !== ''), 'is of another way to pay'],
      [HELD.has(data.way) === (data.payment !== ''), 'names another payment'],
      [payment === 'none' || payment === 'failed', 'another one was made'],
      [data.attempt === (asked?.attempt ?? 0) + 1, 'is not the next attempt'],
      [isTotal(ledger, data), 'is not the total'],
      [payment !== 'none' || requiredNext !== undefined, 'is not in the commit of its order'],
    );
  },
  PaymentVerified: (ledger, data) => {
    const { asked, verified } = ledger;
    ledger.verified = data;
    const { way = 'none', payment, amountMinor = 0, currency } = asked ?? {};
    const isEnough =
      data.is === 'captured' ? data.amountMinor === amountMinor : data.amountMinor >= amountMinor;
    return violationOf(
      [isPaymentOpen(ledger) && isOfAttempt(ledger, data), 'is of no open payment'],
      [way === 'paid' ? data.is === 'captured' : way === 'authorised', 'is of no shop’s payment'],
      [verified === undefined, 'twice'],
      [data.reference === payment, 'is of another payment (R16)'],
      [isEnough && data.currency === currency, 'is not what was asked'],
    );
  },
  PaymentCaptured: (ledger, data) => {
    const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, data);
    const isByShop = data.source === 'shop';
    const { way = 'method', payment = '' } = ledger.asked ?? {};
    const isVerified = ledger.verified !== undefined && data.reference === payment;
    Object.assign(ledger, { payment: 'captured', requiredNext: 'InvoiceIssued' });
    return violationOf(
      [isOpen, 'is of no open payment'],
      [isTotal(ledger, data), 'is not what was asked (I3)'],
      [data.source !== 'person' || ledger.resolved.has('payment'), 'nobody decided it'],
      [isByShop === (way === 'transferred' || way === 'none'), 'is not the shop’s to say'],
      [!isByShop || data.reference === payment, 'is another transfer'],
      [!SHOPS.has(way) || data.source === 'person' || isVerified, 'was not verified (R16)'],
    );
  },
  InvoiceIssued: (ledger, data) => {
    const { totalMinor, netMinor, taxMinor, roundingMinor, prepaidMinor, payableMinor } = data;
    const isRequired = ledger.requiredNext === 'InvoiceIssued';
    ledger.rows = data.lines.map((line) => ({
      net: line.netMinor,
      taxes: line.taxes.map((tax) => tax.taxMinor),
    }));
    ledger.prepaid = prepaidMinor;
    ledger.requiredNext = undefined;
    return violationOf(
      [isRequired, 'is not in the commit of its capture'],
      [payableMinor === ledger.total && netMinor + taxMinor === totalMinor, 'is not the total'],
      [
        totalMinor + roundingMinor - prepaidMinor === payableMinor,
        'its rounding and what was prepaid are not between',
      ],
      [hasNumber(data), 'has no number'],
      [sumOf(ledger.rows) === totalMinor, 'its lines are not the total'],
    );
  },
  PaymentDeclined: (ledger, data) => endPayment(ledger, data, 'declined'),
  PaymentFailed: (ledger, data, closeMs) =>
    endPayment(ledger, data, 'failed') ?? checkProof(ledger, data, closeMs),
  PaymentReviewRequired: (ledger, data) => {
    const isOpen = ledger.payment === 'open' && isOfAttempt(ledger, data);
    ledger.payment = 'review';
    return violationOf(
      [isOpen, 'is of no open payment'],
      [data.reason !== 'pending' || isWaiting(ledger), 'is not under way (R19)'],
    );
  },
  PaymentReviewResolved: (ledger, data) => {
    const isDecided = ledger.resolved.has('payment');
    ledger.resolved.add('payment');
    if (data.verdict === 'not captured') ledger.requiredNext = 'PaymentFailed';
    return violationOf(
      [ledger.payment === 'review' && isOfAttempt(ledger, data), 'is of no review'],
      [!isDecided, 'was decided before'],
    );
  },
};

const SHOPS: ReadonlySet<PaymentWay> = new Set(['authorised', 'paid']);
/** The ways to pay for which money is held, or authorised, before the order comes. */
const HELD: ReadonlySet<PaymentWay> = new Set(['authorised', 'paid', 'transferred']);
/** The ways to pay for which the gateway is asked to move the money. */
const BY_GATEWAY: ReadonlySet<PaymentWay> = new Set(['method', 'saved', 'authorised']);

type OfAttempt = { readonly attempt: number };

const isWaiting = ({ isPending, authentication }: OrderLedger): boolean =>
  isPending === true || authentication !== undefined;

const isOfAttempt = ({ asked }: OrderLedger, { attempt }: OfAttempt): boolean =>
  attempt === asked?.attempt;

const isTotal = (
  { total, currency }: OrderLedger,
  money: { readonly amountMinor: number; readonly currency: string },
): boolean => money.amountMinor === total && money.currency === currency;

const sumOf = (rows: readonly LineBalance[]): number =>
  rows.reduce((sum, { net, taxes }) => taxes.reduce((all, tax) => all + tax, sum + net), 0);

const endPayment = (
  ledger: OrderLedger,
  data: OfAttempt,
  payment: 'declined' | 'failed',
): string | undefined => {
  const isOpen = isPaymentOpen(ledger) && isOfAttempt(ledger, data);
  ledger.payment = payment;
  ledger.requiredNext = ledger.isCancellationRequested ? 'OrderCancelled' : undefined;
  return violationOf([isOpen, 'is of no open payment']);
};

const checkProof = (
  { asked, verified, claims, authentication }: OrderLedger,
  { proof, at, attempt }: DataOf<'PaymentFailed'>,
  closeMs: number,
): string | undefined => {
  const { at: askedAt = 0, closeAt = 0, deployment = '' } = asked ?? {};
  // The close in an intent of an older release was never a rule that its worker kept.
  const closesAt = deployment === '' ? askedAt + closeMs : closeAt;
  const isOfShop = asked !== undefined && SHOPS.has(asked.way);
  const isClaimed = claims.get(`payment#${attempt}`) === 'claimed';
  return violationOf(
    [proof !== 'absent after close' || at >= closesAt, 'absence is no proof before close (R5)'],
    [proof === 'person' || authentication === undefined, 'the customer may complete it (R24)'],
    [proof !== 'voided' || verified !== undefined, 'nothing was to be released (R17)'],
    [proof !== 'unusable' || isOfShop, 'is of no shop’s payment (R16)'],
    [proof !== 'refused' || isClaimed, 'a refusal is no proof without a claim (R12)'],
  );
};
