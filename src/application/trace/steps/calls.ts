import { formatAmount } from '../../../domain/money/index.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { UnplacedStep } from '../unplacedStep.ts';

/** What was asked, so that an event came to be known, and what the answer was. */
type GatewayRequest = {
  /** Nothing where the series of numbers was read, which is no conversation. */
  readonly asked?: string;
  readonly answered: string;
  readonly isRefusal?: boolean;
};

const moneyOf = ({ amountMinor, currency, reference }: Order.MoneyMovement): string =>
  `${formatAmount(amountMinor, currency)} as ${reference}`;

const movedCall = ({
  type,
  data,
}: Extract<Order.StreamEvent, { type: 'PaymentCaptured' | 'RefundSucceeded' | 'RefundAdopted' }>):
  GatewayRequest | undefined => {
  const isCharge = type === 'PaymentCaptured';
  const answered = `${isCharge ? 'captured' : 'gave back'} ${moneyOf(data)}`;
  const amount = formatAmount(data.amountMinor, data.currency);
  switch (data.source) {
    case 'answer':
      return { asked: `${isCharge ? 'charge' : 'give back'} ${amount}`, answered };
    case 'look-up':
      return { asked: `look up the ${isCharge ? 'charge' : 'refund'}`, answered };
    case 'series':
      return { answered: `a number was taken for what ${answered}` };
    case 'person':
      return undefined;
  }
};

/** What people say was asked of nobody. */
const callOf = (event: Order.StreamEvent): GatewayRequest | undefined => {
  switch (event.type) {
    case 'PaymentCaptured':
    case 'RefundSucceeded':
    case 'RefundAdopted':
      return movedCall(event);
    case 'SendingStopped': {
      const { subject, why, code } = event.data;
      const asked = subject.startsWith('payment#') ? 'charge' : `give back ${subject.slice(7)}`;
      return { asked, answered: `${why}: ${code}`, isRefusal: true };
    }
    case 'PaymentDeclined':
      return { asked: 'charge', answered: `declined: ${event.data.code}`, isRefusal: true };
    case 'RefundFailed': {
      const { refundId, code } = event.data;
      return { asked: `give back ${refundId}`, answered: `failed: ${code}`, isRefusal: true };
    }
    case 'PaymentFailed':
      if (event.data.proof === 'person') return undefined;
      return event.data.proof === 'refused'
        ? { asked: 'charge', answered: `refused: ${event.data.code}`, isRefusal: true }
        : { asked: 'look up the charge', answered: 'there is none, and will be none' };
    case 'PaymentReviewRequired':
    case 'RefundReviewRequired': {
      const { seen } = event.data;
      if (seen.length === 0) return undefined;
      return { asked: 'what has moved?', answered: seen.map(moneyOf).join(' and ') };
    }
    case 'OrderPlaced':
    case 'PaymentRequested':
    case 'PaymentReviewResolved':
    case 'InvoiceIssued':
    case 'CancellationRequested':
    case 'OrderCancelled':
    case 'RefundRequested':
    case 'RefundRejected':
    case 'RefundReviewResolved':
    case 'CreditNoteIssued':
    case 'LetterRedriven':
    case 'LetterDiscarded':
    case 'ResendClaimed':
    case 'OrderRefused':
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
      return undefined;
  }
};

/** What the commit of these events shows to have come before it: questions, answers, and numbers taken. */
export const callSteps = (
  events: readonly Order.StreamEvent[],
  { key, ...common }: Pick<UnplacedStep, 'key' | 'at' | 'by' | 'messageId' | 'attempt'>,
): readonly UnplacedStep[] => {
  const base = { ...common, phase: 3, kind: 'done', source: 'event' } as const;
  const [service, gateway, log] = ['payment service', 'gateway', 'event log'] as const;
  return events.flatMap((event, index): readonly UnplacedStep[] => {
    const { asked, answered = '', isRefusal = false } = callOf(event) ?? {};
    const drafts: UnplacedStep[] = [];
    if (asked !== undefined) {
      drafts.push({ ...base, key: `${key} ask ${index}`, from: service, to: gateway, what: asked });
    }
    if (answered !== '') {
      const from = asked === undefined ? log : gateway;
      const kind = isRefusal ? 'refused' : 'done';
      drafts.push({
        ...base,
        key: `${key} answer ${index}`,
        from,
        to: service,
        kind,
        what: answered,
      });
    }
    if (event.type === 'InvoiceIssued' || event.type === 'CreditNoteIssued') {
      const { label, series, seriesVersion } = event.data;
      const what = `${label} taken from the series ${series}`;
      const details = { seriesVersion };
      drafts.push({
        ...base,
        key: `${key} number ${index}`,
        from: service,
        to: log,
        what,
        details,
      });
    }
    return drafts;
  });
};
