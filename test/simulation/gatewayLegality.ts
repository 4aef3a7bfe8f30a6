import { textOf, wholeOf, type Fact } from './log.ts';
import { restOf, type Dispute, type Refund, type Ruling, type Standing } from './standing.ts';

const STAGES = ['inquiry', 'chargeback', 'appeal'];

/** What the gateway says later (R18 to R22); undefined of every other event. */
export const ruleGateway = (standing: Standing, fact: Fact): Ruling | undefined => {
  const { payment, hasInvoice, isPaymentPending, isUncompared } = standing;
  const isCaptured = payment === 'captured' && hasInvoice;
  switch (fact.type) {
    case 'PaymentPending': {
      const isOfAttempt = wholeOf(fact, 'attempt') === standing.attempt;
      return {
        isLegal: payment === 'open' && isOfAttempt && !isPaymentPending,
        next: { isPaymentPending: true },
      };
    }
    case 'RefundPending':
      return changeRefund(standing, fact, (known) => ({
        isLegal: known.status === 'open' && known.isPending !== true,
        next: { ...known, isPending: true },
      }));
    case 'RefundReturned':
      return changeRefund(standing, fact, (known) => ({
        isLegal: known.status === 'succeeded',
        next: { ...known, status: 'returned' },
      }));
    case 'GatewayDifferenceFound':
      return { isLegal: isCaptured, next: { isUncompared: true } };
    case 'RefundAdopted': {
      const [refundId, amountMinor] = [textOf(fact, 'refundId'), wholeOf(fact, 'amountMinor')];
      const isNew =
        !standing.refunds.has(refundId) && refundId === `gateway#${textOf(fact, 'reference')}`;
      // What a dispute has taken may have been refunded before.
      const isFree = amountMinor <= restOf({ ...standing, disputes: new Map() });
      const refunds = new Map(standing.refunds).set(refundId, { status: 'succeeded', amountMinor });
      return { isLegal: isCaptured && isUncompared && isNew && isFree, next: { refunds } };
    }
    case 'DisputeOpened': {
      const stage = textOf(fact, 'stage');
      return changeDispute(standing, fact, (known = NONE) => ({
        isLegal:
          isCaptured &&
          (known.verdict !== '' || STAGES.indexOf(stage) > STAGES.indexOf(known.stage)),
        next: { ...known, stage, verdict: '' },
      }));
    }
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated': {
      const part = fact.type === 'DisputeFundsWithdrawn' ? 'withdrawnMinor' : 'reinstatedMinor';
      return changeDispute(standing, fact, (known = NONE) => {
        const next = { ...known, [part]: known[part] + wholeOf(fact, 'amountMinor') };
        const isBacked = next.reinstatedMinor <= next.withdrawnMinor;
        return { isLegal: known !== NONE && wholeOf(fact, 'amountMinor') > 0 && isBacked, next };
      });
    }
    case 'DisputeClosed':
      return changeDispute(standing, fact, (known = NONE) => ({
        isLegal: known !== NONE && known.verdict === '',
        next: { ...known, verdict: textOf(fact, 'verdict') },
      }));
    default:
      return undefined;
  }
};

const NONE: Dispute = { stage: '', verdict: '', withdrawnMinor: 0, reinstatedMinor: 0 };

type Change<T> = { readonly isLegal: boolean; readonly next: T };

const changeRefund = (
  { refunds }: Standing,
  fact: Fact,
  change: (known: Refund) => Change<Refund>,
): Ruling => {
  const refundId = textOf(fact, 'refundId');
  const known = refunds.get(refundId);
  if (known === undefined) return { isLegal: false, next: {} };
  const { isLegal, next } = change(known);
  return { isLegal, next: { refunds: new Map(refunds).set(refundId, next) } };
};

const changeDispute = (
  { disputes }: Standing,
  fact: Fact,
  change: (known: Dispute | undefined) => Change<Dispute>,
): Ruling => {
  const dispute = textOf(fact, 'dispute');
  const { isLegal, next } = change(disputes.get(dispute));
  return { isLegal, next: { disputes: new Map(disputes).set(dispute, next) } };
};
