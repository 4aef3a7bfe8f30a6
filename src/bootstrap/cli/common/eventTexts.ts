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

type FactTexts = {
  readonly [T in Order.StreamEvent['type']]: (
    data: StreamEventData<T>,
    /** The currency of the order, for events whose totals name none. */
    currency: string,
  ) => string;
};

const factText = <T extends Order.StreamEvent['type']>(
  { type, data }: { readonly type: T; readonly data: StreamEventData<T> },
  currency: string,
): string => FACT_TEXTS[type](data, currency);

/** A new event does not compile until there are words for it. */
const FACT_TEXTS: FactTexts = {
  OrderPlaced: ({ lines, ...totals }, currency) => {
    const count = lines.length === 1 ? '1 line' : `${lines.length} lines`;
    return `${count}, ${orderTotalText(totals, currency)}`;
  },
  OrderRefused: ({ reasons }) => reasons.join('; '),
  OrderCancelled: () => 'no money of it is held',
  CancellationRequested: ({ reason }) => reason,
  CustomerEmailCorrected: ({ by, reason }) => `by ${by}: ${reason}`,
  RequestedByHand: ({ command, id, by, reason }) =>
    `${command}${id === '' ? '' : ` ${id}`} asked for by ${by}: ${reason}`,

  PaymentRequested: (data) => `${moneyText(data)} under ${data.paymentKey}${wayText(data)}`,
  PaymentVerified: (data) => `${movedText(data)} is ${data.is}, and pays this order alone`,
  PaymentPending: (data) => pendingText(data),
  PaymentAuthenticationRequested: ({ reference, until }) =>
    `${reference} has to be authenticated by its customer until ${timeOf(until)}`,
  PaymentAuthenticationAwaited: () => 'the customer can complete it by a link',
  PaymentCaptured: (data) => `${movedText(data)}${bySource(data)}`,
  PaymentDeclined: ({ code }) => code,
  PaymentFailed: (data) => `attempt ${data.attempt} captured nothing: ${proofText(data)}`,
  PaymentReviewRequired: (data) => reasonText(data),
  PaymentReviewResolved: (data) => resolutionText(data),

  SendingStopped: ({ subject, why, code }) => `${subject} is sent no more: ${why}, ${code}`,
  ResendClaimed: ({ subject }) =>
    `${subject} is sent once more, to find out whether it was executed`,

  RefundRequested: (data) => {
    const why = data.cause === 'cancel' ? ', for the cancellation' : '';
    return `${moneyText(data)} under ${data.refundKey}${why}`;
  },
  RefundRejected: ({ reason }) => reason,
  RefundPending: (data) => pendingText(data),
  RefundSucceeded: (data) => `${movedText(data)}${bySource(data)}`,
  RefundAdopted: (data) => `${movedText(data)}${bySource(data)}, which was not requested here`,
  RefundFailed: ({ code }) => code,
  RefundReviewRequired: (data) => reasonText(data),
  RefundReviewResolved: (data) => resolutionText(data),
  RefundReturned: ({ reference, code }) => `${reference} was made, and came back: ${code}`,
  RefundReturnResolved: (data) => resolutionText(data),

  DisputeOpened: (data) => {
    const { dispute, stage, reason, dueBy } = data;
    const due = dueBy === 0 ? '' : `, evidence is due by ${timeOf(dueBy)}`;
    return `${dispute}, ${stage}: ${reason}, ${moneyText(data)}${due}`;
  },
  DisputeFundsWithdrawn: (data) => `${data.dispute}: ${moneyText(data)} withdrawn`,
  DisputeFundsReinstated: (data) => `${data.dispute}: ${moneyText(data)} reinstated`,
  DisputeClosed: ({ dispute, verdict }) => `${dispute}: ${verdict}`,

  InvoiceIssued: (data, currency) => `${data.label}: ${totalsText(data, currency)}`,
  CreditNoteIssued: (data, currency) => `${data.label}: ${totalsText(data, currency)}`,

  GatewayComparisonRequested: ({ by, reason }) =>
    `${by} wants it compared with the gateway: ${reason}`,
  GatewayCompared: () => 'compared with the gateway',
  GatewayDifferenceFound: ({ event, refund }) =>
    `a refund was found that was not requested here${refund === '' ? '' : `, ${refund}`}` +
    (event === '' ? '' : `, upon ${event}`),

  LetterRedriven: (data) => deadLetterText({ type: 'LetterRedriven', data }),
  LetterDiscarded: (data) => deadLetterText({ type: 'LetterDiscarded', data }),
};

const pendingText = ({
  reference,
  until,
}: StreamEventData<'PaymentPending' | 'RefundPending'>): string =>
  `${reference} is under way at the gateway, and waited for until ${timeOf(until)}`;

/** Says nothing about a means of payment that is simply charged. */
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
