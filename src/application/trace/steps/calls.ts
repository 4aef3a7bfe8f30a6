import { isDocument } from '../../../domain/invoice/index.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import type * as Order from '../../../domain/order/index.ts';
import type { UnplacedStep } from '../timeline.ts';

type GatewayExchange = {
  /** It is absent where the series of numbers was read, which is no call to the gateway. */
  readonly request?: string;
  readonly answer: string;
  readonly isRefusal?: boolean;
};

const moneyOf = ({ amountMinor, currency, reference }: Order.MoneyMovement): string =>
  `${formatAmount(amountMinor, currency)} as ${reference}`;

const movementExchange = ({ type, data }: Order.MovementEvent): GatewayExchange | undefined => {
  const isCharge = type === 'PaymentCaptured';
  const answer = `${isCharge ? 'captured' : 'refunded'} ${moneyOf(data)}`;
  const amount = formatAmount(data.amountMinor, data.currency);
  switch (data.source) {
    case 'answer':
      return { request: `${isCharge ? 'charge' : 'refund'} ${amount}`, answer };
    case 'look-up':
      return { request: `look up the ${isCharge ? 'charge' : 'refund'}`, answer };
    case 'series':
      return { answer: `a number was taken for what ${answer}` };
    case 'person':
    case 'shop':
      return undefined;
  }
};

type PaymentFailure = Order.EventOf<'PaymentFailed'>['data'];

const failureExchange = ({ proof, code }: PaymentFailure): GatewayExchange | undefined => {
  switch (proof) {
    case 'person':
      return undefined;
    case 'refused':
      return { request: 'charge', answer: `refused: ${code}`, isRefusal: true };
    case 'absent after close':
      return { request: 'look up the charge', answer: 'there is none, and will be none' };
    case 'voided':
      return { request: 'release the authorisation', answer: 'released' };
    case 'unusable':
      return { request: 'look at the payment', answer: code, isRefusal: true };
  }
};

const standingExchange = (
  event: Order.EventOf<'PaymentPending' | 'RefundPending' | 'RefundReturned'>,
): GatewayExchange => {
  const { reference } = event.data;
  switch (event.type) {
    case 'PaymentPending':
      return { request: 'how does the charge stand?', answer: `${reference} is under way` };
    case 'RefundPending':
      return { request: 'how does the refund stand?', answer: `${reference} is under way` };
    case 'RefundReturned': {
      const answer = `${reference} came back: ${event.data.code}`;
      return { request: 'how does the refund stand?', answer };
    }
  }
};

const disputeAnswer = (
  event: Order.EventOf<
    'DisputeOpened' | 'DisputeClosed' | 'DisputeFundsWithdrawn' | 'DisputeFundsReinstated'
  >,
): string => {
  const { dispute } = event.data;
  switch (event.type) {
    case 'DisputeOpened':
      return `${dispute}: ${event.data.stage}`;
    case 'DisputeClosed':
      return `${dispute}: ${event.data.verdict}`;
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated': {
      const what = event.type === 'DisputeFundsWithdrawn' ? 'withdrawn' : 'reinstated';
      return `${what} ${formatAmount(event.data.amountMinor, event.data.currency)} of ${dispute}`;
    }
  }
};

/** The call that an event shows. A person's decision involves none. */
const exchangeOf = (event: Order.StreamEvent): GatewayExchange | undefined => {
  switch (event.type) {
    case 'PaymentCaptured':
    case 'RefundSucceeded':
    case 'RefundAdopted':
      return movementExchange(event);
    case 'SendingStopped': {
      const { subject, why, code } = event.data;
      const request = subject.startsWith('payment#') ? 'charge' : `refund ${subject.slice(7)}`;
      return { request, answer: `${why}: ${code}`, isRefusal: true };
    }
    case 'PaymentDeclined':
      return { request: 'charge', answer: `declined: ${event.data.code}`, isRefusal: true };
    case 'RefundFailed': {
      const { refundId, code } = event.data;
      return { request: `refund ${refundId}`, answer: `failed: ${code}`, isRefusal: true };
    }
    case 'PaymentFailed':
      return failureExchange(event.data);
    case 'PaymentVerified': {
      const { is, reference } = event.data;
      return { request: `look at ${reference}`, answer: `${is} ${moneyOf(event.data)}` };
    }
    case 'PaymentPending':
    case 'RefundPending':
    case 'RefundReturned':
      return standingExchange(event);
    case 'PaymentAuthenticationAwaited':
      return { request: 'confirm it with the customer there', answer: 'there is a link' };
    case 'DisputeOpened':
    case 'DisputeClosed':
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated':
      return { request: 'which disputes has it?', answer: disputeAnswer(event) };
    case 'PaymentReviewRequired':
    case 'RefundReviewRequired': {
      const { seen } = event.data;
      if (seen.length === 0) return undefined;
      return { request: 'what has moved?', answer: seen.map(moneyOf).join(' and ') };
    }
    case 'OrderPlaced':
    case 'PaymentRequested':
    case 'PaymentAuthenticationRequested':
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
    case 'RequestedByHand':
    case 'ResendClaimed':
    case 'OrderRefused':
    case 'CustomerEmailCorrected':
    case 'GatewayComparisonRequested':
    case 'GatewayCompared':
    case 'GatewayDifferenceFound':
    case 'RefundReturnResolved':
      return undefined;
  }
};

/** The steps that come before a commit: requests, answers, and numbers allocated. */
export const callSteps = (
  events: readonly Order.StreamEvent[],
  { key, ...common }: Pick<UnplacedStep, 'key' | 'at' | 'by' | 'messageId' | 'attempt'>,
): readonly UnplacedStep[] => {
  const base = { ...common, phase: 3, kind: 'done', source: 'event' } as const;
  const [service, gateway, log] = ['payment service', 'gateway', 'event log'] as const;
  return events.flatMap((event, index): readonly UnplacedStep[] => {
    const { request, answer = '', isRefusal = false } = exchangeOf(event) ?? {};
    const step = (
      name: string,
      parts: Pick<UnplacedStep, 'from' | 'to' | 'what'> & Partial<UnplacedStep>,
    ): UnplacedStep => ({ ...base, key: `${key} ${name} ${index}`, ...parts });
    const steps: UnplacedStep[] = [];
    if (request !== undefined) {
      steps.push(step('ask', { from: service, to: gateway, what: request }));
    }
    if (answer !== '') {
      const from = request === undefined ? log : gateway;
      const kind = isRefusal ? 'refused' : 'done';
      steps.push(step('answer', { from, to: service, kind, what: answer }));
    }
    if (isDocument(event)) {
      const { label, series, seriesVersion } = event.data;
      const what = `${label} taken from the series ${series}`;
      steps.push(step('number', { from: service, to: log, what, details: { seriesVersion } }));
    }
    return steps;
  });
};
