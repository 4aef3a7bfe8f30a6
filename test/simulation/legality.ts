import { frozenOf, payableOf, textOf, wholeOf, type Fact } from './log.ts';

type Payment = 'none' | 'open' | 'review' | 'captured' | 'declined' | 'failed';
type Refund = {
  readonly status: 'open' | 'review' | 'succeeded' | 'failed' | 'rejected';
  readonly amountMinor: number;
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

const isUndecidedOf = ({ payment, attempt, refunds }: Standing, subject: string): boolean => {
  if (subject === `payment#${attempt}`) return payment === 'open' || payment === 'review';
  const refund = refunds.get(subject.slice('refund#'.length));
  return refund?.status === 'open' || refund?.status === 'review';
};

type Ruling = { readonly isLegal: boolean; readonly next: Partial<Standing> };

/** I8: whether a fact may follow, and where the order stands after it. */
export const rule = (standing: Standing, fact: Fact): { isLegal: boolean; next: Standing } => {
  const { isLegal, next } = fact.type.startsWith('Refund')
    ? ruleRefund(standing, fact)
    : rulePayment(standing, fact);
  return { isLegal: isLegal && !standing.isCancelled, next: { ...standing, ...next } };
};

const rulePayment = (standing: Standing, fact: Fact): Ruling => {
  const { payment, isPlaced, isCancellationRequested } = standing;
  const isUndecided = payment === 'open' || payment === 'review';
  const isOfAttempt = () => wholeOf(fact, 'attempt') === standing.attempt;
  switch (fact.type) {
    case 'SendingStopped':
    case 'ResendClaimed':
      // Of a refund's too: only what is undecided can be stopped or claimed.
      return { isLegal: isUndecidedOf(standing, textOf(fact, 'subject')), next: {} };
    case 'GatewayCompared':
      return { isLegal: standing.isUncompared, next: { isUncompared: false } };
    case 'OrderPlaced':
      return { isLegal: !isPlaced, next: { isPlaced: true } };
    case 'PaymentRequested': {
      const attempt = wholeOf(fact, 'attempt');
      const isNext = attempt === standing.attempt + 1;
      // Releases before did not say the way.
      const way = 'way' in fact.data ? textOf(fact, 'way') : 'method';
      const isHeld = ['authorised', 'paid', 'transferred'].includes(way) && attempt === 1;
      return {
        isLegal:
          isPlaced &&
          (!isCancellationRequested || isHeld) &&
          isNext &&
          (payment === 'none' || payment === 'failed'),
        next: {
          payment: 'open',
          attempt,
          amountMinor: frozenOf(fact).amountMinor,
          way,
          isVerified: false,
        },
      };
    }
    case 'PaymentVerified': {
      const isShops = ['authorised', 'paid'].includes(standing.way) && !standing.isVerified;
      return { isLegal: isUndecided && isOfAttempt() && isShops, next: { isVerified: true } };
    }
    case 'PaymentCaptured': {
      const isAsked = wholeOf(fact, 'amountMinor') === standing.amountMinor;
      const isKnown = !['authorised', 'paid'].includes(standing.way) || standing.isVerified;
      const isLegal = isUndecided && isOfAttempt() && isAsked && isKnown;
      return { isLegal, next: { payment: 'captured' } };
    }
    case 'InvoiceIssued': {
      const isRight = payableOf(fact) === standing.amountMinor;
      const isLegal = payment === 'captured' && !standing.hasInvoice && isRight;
      return { isLegal, next: { hasInvoice: true } };
    }
    case 'PaymentDeclined':
      return { isLegal: isUndecided && isOfAttempt(), next: { payment: 'declined' } };
    case 'PaymentFailed':
      return { isLegal: isUndecided && isOfAttempt(), next: { payment: 'failed' } };
    case 'PaymentReviewRequired':
      return { isLegal: payment === 'open' && isOfAttempt(), next: { payment: 'review' } };
    case 'CancellationRequested':
      return {
        isLegal: !isCancellationRequested && payment !== 'declined',
        next: { isCancellationRequested: true },
      };
    case 'OrderCancelled': {
      const net = payment === 'captured' ? standing.amountMinor - sumOf(standing, 'succeeded') : 0;
      const isLegal = isPlaced && isCancellationRequested && net === 0 && isDecided(standing);
      return { isLegal, next: { isCancelled: true } };
    }
    case 'CreditNoteIssued': {
      const refundId = textOf(fact, 'refundId');
      const refund = standing.refunds.get(refundId);
      const isRight = refund?.amountMinor === payableOf(fact);
      const isFirst = !standing.credited.has(refundId);
      return {
        isLegal: refund?.status === 'succeeded' && isFirst && isRight,
        next: { credited: new Set(standing.credited).add(refundId) },
      };
    }
    default:
      return { isLegal: false, next: {} };
  }
};

const ruleRefund = (standing: Standing, fact: Fact): Ruling => {
  const { payment, hasInvoice, isCancellationRequested, amountMinor: captured } = standing;
  const refundId = textOf(fact, 'refundId');
  const known = standing.refunds.get(refundId);
  const become = (refund: Refund): Partial<Standing> => ({
    refunds: new Map(standing.refunds).set(refundId, refund),
  });
  const { amountMinor } = known ?? { amountMinor: 0 };
  const isUndecided = known?.status === 'open' || known?.status === 'review';
  switch (fact.type) {
    case 'RefundRequested': {
      const { amountMinor: asked } = frozenOf(fact);
      const isPossible = payment === 'captured' && hasInvoice && known === undefined;
      const rest = captured - sumOf(standing, 'open', 'review', 'succeeded');
      const isWanted = (textOf(fact, 'cause') === 'cancel') === isCancellationRequested;
      return {
        isLegal: isPossible && isWanted && asked > 0 && asked <= rest,
        next: become({ status: 'open', amountMinor: asked }),
      };
    }
    case 'RefundRejected': {
      const isLegal = payment === 'captured' && known === undefined;
      return { isLegal, next: become({ status: 'rejected', amountMinor: 0 }) };
    }
    case 'RefundSucceeded': {
      const isAsked = wholeOf(fact, 'amountMinor') === amountMinor;
      return {
        isLegal: isUndecided && isAsked,
        next: become({ status: 'succeeded', amountMinor }),
      };
    }
    case 'RefundFailed':
      return {
        isLegal: isUndecided,
        next: { ...become({ status: 'failed', amountMinor }), isUncompared: true },
      };
    case 'RefundReviewRequired':
      return { isLegal: known?.status === 'open', next: become({ status: 'review', amountMinor }) };
    default:
      return { isLegal: false, next: {} };
  }
};
