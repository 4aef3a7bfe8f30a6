import { ruleGateway } from './gatewayLegality.ts';
import { frozenOf, payableOf, textOf, wholeOf, type Fact } from './log.ts';
import {
  isDecided,
  isDisputed,
  restOf,
  type Refund,
  type Ruling,
  type Standing,
} from './standing.ts';

const isUndecidedOf = ({ payment, attempt, refunds }: Standing, subject: string): boolean => {
  if (subject === `payment#${attempt}`) return payment === 'open' || payment === 'review';
  const refund = refunds.get(subject.slice('refund#'.length));
  return refund?.status === 'open' || refund?.status === 'review';
};

/** I8: whether a fact may follow, and where the order stands after it. */
export const rule = (standing: Standing, fact: Fact): { isLegal: boolean; next: Standing } => {
  const { isLegal, next } =
    ruleGateway(standing, fact) ??
    (fact.type.startsWith('Refund') ? ruleRefund(standing, fact) : rulePayment(standing, fact));
  const isInTime = !standing.isCancelled || mayFollowTheEnd(standing, fact);
  return { isLegal: isLegal && isInTime, next: { ...standing, ...next } };
};

const AFTER_THE_END = /^(Gateway|Dispute|RefundReturned)/;

/** Money that a dispute returns after the end is refunded to the customer. */
const mayFollowTheEnd = ({ disputes }: Standing, { type }: Fact): boolean =>
  AFTER_THE_END.test(type) || (disputes.size > 0 && /^(Refund|CreditNote)/.test(type));

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
      return {
        isLegal: isUndecided && isOfAttempt(),
        next: { payment: 'failed', isPaymentPending: false },
      };
    case 'PaymentReviewRequired':
      return { isLegal: payment === 'open' && isOfAttempt(), next: { payment: 'review' } };
    case 'CancellationRequested':
      return {
        isLegal: !isCancellationRequested && payment !== 'declined',
        next: { isCancellationRequested: true },
      };
    case 'OrderCancelled': {
      const isOver = restOf(standing) <= 0 && isDecided(standing) && !isDisputed(standing);
      const isLegal = isPlaced && isCancellationRequested && isOver;
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
  const { payment, hasInvoice, isCancellationRequested } = standing;
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
      const isWanted = (textOf(fact, 'cause') === 'cancel') === isCancellationRequested;
      return {
        isLegal:
          isPossible && isWanted && asked > 0 && asked <= restOf(standing) && !isDisputed(standing),
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
