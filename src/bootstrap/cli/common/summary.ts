import { formatAmount } from '../../../domain/money/index.ts';
import * as Order from '../../../domain/order/index.ts';
import { resolutionText } from './eventTexts.ts';
import type { Mails } from './history.ts';
import { asReference, moneyText, orderTotalText, timeOf, totalsText } from './text.ts';

/** The gateway's answer to a request that is sent no more. */
const stoppedText = ({ stopped }: { readonly stopped?: Order.SendingStop }): string =>
  stopped === undefined ? '' : `; the gateway says ${stopped.code} (${stopped.why})`;

/** Says what the gateway has taken in and settles later. */
const underWayText = ({
  reference,
  at,
  until,
}: Pick<Order.EventData['PaymentPending'], 'reference' | 'at' | 'until'>): string =>
  `under way at the gateway as ${reference} since ${timeOf(at)}, waited for until ${timeOf(until)}`;

const disputeText = (dispute: Order.Dispute): string => {
  const { stage, reason, dueBy, withdrawnMinor, reinstatedMinor, currency, verdict } = dispute;
  const due = dueBy === 0 || verdict !== undefined ? '' : `, evidence is due by ${timeOf(dueBy)}`;
  return (
    `${dispute.dispute} ${moneyText(dispute)}, ${stage}: ${reason}, ${verdict ?? 'open'}${due}; ` +
    `withdrawn ${formatAmount(withdrawnMinor, currency)}, ` +
    `reinstated ${formatAmount(reinstatedMinor, currency)}`
  );
};

const paymentText = (payment: Order.Payment): string => {
  switch (payment.status) {
    case 'none':
      return 'not requested';
    case 'requested':
      if (payment.pending !== undefined) {
        return `${underWayText(payment.pending)}, attempt ${payment.attempt}`;
      }
      if (payment.authentication !== undefined) {
        const { reference, until, link } = payment.authentication;
        const who = link === undefined ? 'to be authenticated' : 'waits for its customer';
        return `${reference} ${who}, until ${timeOf(until)}, attempt ${payment.attempt}`;
      }
      return (
        `requested at ${timeOf(payment.at)}, attempt ${payment.attempt}; the outcome is ` +
        `not known yet${stoppedText(payment)}`
      );
    case 'review':
      return `${reviewText(payment)} (attempt ${payment.attempt})${stoppedText(payment)}`;
    case 'captured':
      return payment.way === 'none'
        ? 'nothing was to be paid'
        : `captured${asReference(payment)}, attempt ${payment.attempt}`;
    case 'declined':
      return `declined with ${payment.code}, attempt ${payment.attempt}`;
    case 'failed':
      return (
        'nothing was captured, attempt ' +
        `${payment.attempt}${payment.code === '' ? '' : `: refused for good, ${payment.code}`}`
      );
  }
};

type StateInReview = { readonly status: 'review' };

const reviewText = ({
  reason,
  since,
  resolved,
}: Extract<Order.Payment, StateInReview> | Extract<Order.Refund, StateInReview>): string =>
  resolved === undefined
    ? `waits for a person since ${timeOf(since)}: ${reason}`
    : `${resolutionText(resolved)}; to be recorded`;

const refundText = (refund: Order.Refund): string => {
  switch (refund.status) {
    case 'rejected':
      return `${refund.refundId} rejected: ${refund.reason}`;
    case 'pending':
      if (refund.pending !== undefined) {
        return `${refund.refundId} ${moneyText(refund)} ${underWayText(refund.pending)}`;
      }
      return (
        `${refund.refundId} ${moneyText(refund)} requested at ${timeOf(refund.at)}; the ` +
        `outcome is not known yet${stoppedText(refund)}`
      );
    case 'review':
      return `${refund.refundId} ${moneyText(refund)}: ${reviewText(refund)}${stoppedText(refund)}`;
    case 'returned': {
      const { code, since, resolved } = refund;
      const decided =
        resolved === undefined
          ? `waits for a person since ${timeOf(since)}`
          : resolutionText(resolved);
      return `${refund.refundId} ${moneyText(refund)} came back: ${code}; ${decided}`;
    }
    case 'succeeded':
      return `${refund.refundId} ${moneyText(refund)} refunded${asReference(refund)}`;
    case 'failed':
      return `${refund.refundId} ${moneyText(refund)} failed: ${refund.code}${againText(refund)}`;
  }
};

/**
 * Says how to ask again. The id of a failed refund never works again. A cancellation requests its
 * refund again by itself. The money of an adopted refund is with the customer, and another request
 * would move more.
 */
export const againText = ({
  cause,
  code,
}: Pick<Extract<Order.Refund, { status: 'failed' }>, 'cause' | 'code'>): string => {
  if (code === Order.RECORDED_BEFORE) return '; it was made, and is credited: do not ask again';
  return cause === 'command' ? '; this id never works again, ask again under another one' : '';
};

/** Without `mails` the summary does not mention them. */
export const summaryOf = (orderId: string, state: Order.State, mails?: Mails): string => {
  const { placed, payment, invoice, cancellation, refunds, refused, disputes = [] } = state;
  const document = invoice.status === 'issued' ? invoice.document : undefined;
  const rows: readonly (readonly [string, string])[] = [
    ['order', orderId],
    ['status', Order.statusOf(state)],
    ...(refused === undefined
      ? []
      : ([['refused', `at ${timeOf(refused.at)}: ${refused.reasons.join('; ')}`]] as const)),
    ...(placed === undefined
      ? []
      : ([
          ['customer', `${placed.customer.id} <${placed.customer.email}>`],
          ['total', orderTotalText(placed, placed.currency)],
        ] as const)),
    ['payment', paymentText(payment)],
    ...(cancellation === undefined
      ? []
      : ([['cancel', `requested at ${timeOf(cancellation.at)}: ${cancellation.reason}`]] as const)),
    ...(document === undefined
      ? []
      : ([
          ['invoice', `${document.label}: ${totalsText(document, document.currency)}`],
          ['sums', sumsText(state, document.currency)],
        ] as const)),
    ...disputes.map((dispute) => ['dispute', disputeText(dispute)] as const),
    ...refunds.map((refund) => ['refund', refundText(refund)] as const),
    ...(document?.creditNotes ?? []).map(
      ({ label, refundId, ...totals }) =>
        [
          'credit',
          `${label}: ${totalsText(totals, document?.currency ?? '')} (${refundId})`,
        ] as const,
    ),
    ...(mails === undefined ? [] : [['mail', mailsText(mails)] as const]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
};

const mailsText = (mails: Mails): string =>
  mails
    .filter(([, status]) => status !== 'none')
    .map((mail) => mail.join(' '))
    .join(', ') || 'none';

const sumsText = (state: Order.State, currency: string): string =>
  Object.entries(Order.sumsOf(state))
    .map(([name, minor]) => `${name} ${formatAmount(minor, currency)}`)
    .join(', ');
