import type * as DeadLetters from '../../../domain/deadLetter/events.ts';
import type * as Order from '../../../domain/order/index.ts';
import { tableOf } from './table.ts';
import { moneyText, movedText, orderTotalText, timeOf, totalsText } from './text.ts';
import type { History } from './history.ts';

export const historyTable = ({ entries, state }: History, columns: number): string =>
  tableOf(
    ['#', 'time (UTC)', 'event', 'what'],
    entries.map(({ version, at, event }) => [
      String(version),
      at.replace('T', ' ').replace('Z', ''),
      event.type,
      whatHappened(event, state.placed?.currency ?? ''),
    ]),
    { right: [0], columns },
  );

type StreamEventData<T extends Order.StreamEvent['type']> = Extract<
  Order.StreamEvent,
  { readonly type: T }
>['data'];

const bySource = ({ source }: { readonly source: Order.CaptureSource }): string =>
  source === 'answer' ? '' : `, by ${source === 'person' ? 'a person' : `the ${source}`}`;

export const reasonText = ({
  reason,
  seen,
}: {
  readonly reason: Order.OpenReviewReason;
  readonly seen: readonly Order.MoneyMovement[];
}): string =>
  [reason, ...(seen.length === 0 ? [] : [seen.map(movedText).join(' and ')])].join(
    ': the gateway has ',
  );

export const resolutionText = ({
  verdict,
  reference,
  by,
  evidence,
  forcedBecause,
}: StreamEventData<
  'PaymentReviewResolved' | 'RefundReviewResolved' | 'RefundReturnResolved'
>): string =>
  [
    `${verdict}${reference === '' ? '' : ` as ${reference}`}, says ${by}: ${evidence}`,
    ...(forcedBecause === '' ? [] : [`against the gateway, because: ${forcedBecause}`]),
  ].join('; ');

/** The decision of a person about a dead letter. */
export const deadLetterText = ({ type, data }: DeadLetters.Event): string => {
  const { letterId, queue, command, reason, by, because } = data;
  const done = type === 'LetterRedriven' ? 'sent again' : 'discarded';
  const what = command === '' ? 'a dead letter' : command;
  return (
    `${what} of ${queue}, ${letterId}, ${done} by ${by}: ${because} (it was there ` +
    `because of: ${reason})`
  );
};

export const whatHappened = (event: Order.StreamEvent, currency: string): string => {
  const text = factText(event, currency);
  return 'refundId' in event.data ? `${event.data.refundId}: ${text}` : text;
};

/** No default: a new event does not compile until there are words for it. */
const factText = (event: Order.StreamEvent, currency: string): string => {
  switch (event.type) {
    case 'OrderPlaced': {
      const { lines } = event.data;
      const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
      return `${count}, ${orderTotalText(event.data, currency)}`;
    }
    case 'PaymentRequested':
      return `${moneyText(event.data)} under ${event.data.paymentKey}${wayText(event.data)}`;
    case 'PaymentVerified':
      return `${movedText(event.data)} is ${event.data.is}, and pays this order alone`;
    case 'RefundRequested': {
      const why = event.data.cause === 'cancel' ? ', for the cancellation' : '';
      return `${moneyText(event.data)} under ${event.data.refundKey}${why}`;
    }
    case 'PaymentCaptured':
    case 'RefundSucceeded':
      return `${movedText(event.data)}${bySource(event.data)}`;
    case 'RefundAdopted':
      return `${movedText(event.data)}${bySource(event.data)}, which was not requested here`;
    case 'PaymentDeclined':
    case 'RefundFailed':
      return event.data.code;
    case 'PaymentFailed':
      return `attempt ${event.data.attempt} captured nothing: ${proofText(event.data)}`;
    case 'PaymentReviewRequired':
    case 'RefundReviewRequired':
      return reasonText(event.data);
    case 'PaymentReviewResolved':
    case 'RefundReviewResolved':
    case 'RefundReturnResolved':
      return resolutionText(event.data);
    case 'PaymentPending':
    case 'RefundPending': {
      const { reference, until } = event.data;
      return `${reference} is under way at the gateway, and waited for until ${timeOf(until)}`;
    }
    case 'PaymentAuthenticationRequested': {
      const { reference, until } = event.data;
      return `${reference} has to be authenticated by its customer until ${timeOf(until)}`;
    }
    case 'PaymentAuthenticationAwaited':
      return 'the customer can complete it by a link';
    case 'RefundReturned':
      return `${event.data.reference} was made, and came back: ${event.data.code}`;
    case 'DisputeOpened':
    case 'DisputeFundsWithdrawn':
    case 'DisputeFundsReinstated':
    case 'DisputeClosed':
      return disputeText(event);
    case 'InvoiceIssued':
    case 'CreditNoteIssued':
      return `${event.data.label}: ${totalsText(event.data, currency)}`;
    case 'CancellationRequested':
    case 'RefundRejected':
      return event.data.reason;
    case 'OrderCancelled':
      return 'no money of it is held';
    case 'LetterRedriven':
    case 'LetterDiscarded':
      return deadLetterText(event);
    case 'RequestedByHand': {
      const { command, id, by, reason } = event.data;
      return `${command}${id === '' ? '' : ` ${id}`} asked for by ${by}: ${reason}`;
    }
    case 'SendingStopped':
      return `${event.data.subject} is sent no more: ${event.data.why}, ${event.data.code}`;
    case 'ResendClaimed':
      return `${event.data.subject} is sent once more, to find out whether it was executed`;
    case 'OrderRefused':
      return event.data.reasons.join('; ');
    case 'CustomerEmailCorrected':
      return `by ${event.data.by}: ${event.data.reason}`;
    case 'GatewayComparisonRequested':
      return `${event.data.by} wants it compared with the gateway: ${event.data.reason}`;
    case 'GatewayCompared':
      return 'compared with the gateway';
    case 'GatewayDifferenceFound':
      return `a refund was found that was not requested here, upon ${event.data.event}`;
  }
};

const disputeText = (
  event: Extract<Order.StreamEvent, { readonly type: `Dispute${string}` }>,
): string => {
  const { dispute } = event.data;
  switch (event.type) {
    case 'DisputeOpened': {
      const { stage, reason, dueBy } = event.data;
      const due = dueBy === 0 ? '' : `, evidence is due by ${timeOf(dueBy)}`;
      return `${dispute}, ${stage}: ${reason}, ${moneyText(event.data)}${due}`;
    }
    case 'DisputeFundsWithdrawn':
      return `${dispute}: ${moneyText(event.data)} withdrawn`;
    case 'DisputeFundsReinstated':
      return `${dispute}: ${moneyText(event.data)} reinstated`;
    case 'DisputeClosed':
      return `${dispute}: ${event.data.verdict}`;
  }
};

/** Of a means of payment that is charged there is nothing more to say. */
const wayText = ({ way, payment }: StreamEventData<'PaymentRequested'>): string => {
  switch (way) {
    case 'method':
      return '';
    case 'saved':
      return ', of a saved means of payment';
    case 'authorised':
      return `, by capturing ${payment}`;
    case 'paid':
      return `, paid before as ${payment}`;
    case 'transferred':
      return `, transferred as ${payment}`;
    case 'none':
      return ', of which nothing is payable';
  }
};

const proofText = ({ proof, code }: StreamEventData<'PaymentFailed'>): string => {
  switch (proof) {
    case 'person':
      return 'a person says so';
    case 'refused':
      return `refused for good, ${code}`;
    case 'voided':
      return 'the authorisation was released';
    case 'unusable':
      return `the payment cannot pay it, ${code}`;
    case 'absent after close':
      return proof;
  }
};
