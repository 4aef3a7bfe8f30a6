import type {
  FindAttempt,
  FoundBy,
  LogReading,
  OrderAmbiguous,
  OrderMatch,
  OrderNotFound,
} from '../../../application/findOrder/foundOrder.ts';
import { failed, type CliFailure } from './failure.ts';
import { unknownOrder } from './history.ts';

/** Says what the text is to the order, such as its id. */
export const matchText = (by: FoundBy): string => {
  switch (by.type) {
    case 'Id':
      return 'its id';
    case 'Number': {
      const { series, year, number, refundId } = by;
      const of = refundId === undefined ? 'its invoice' : `the credit note of ${refundId}`;
      return `the number of ${of} (${series} ${year}, ${number})`;
    }
    case 'Reference':
      return `the gateway’s id of its ${by.kind}`;
    case 'DeadLetter':
      return `the id of its dead letter (${by.queue})`;
    case 'Log':
      return LOGGED[by.as];
  }
};

const LOGGED = {
  'mail address': 'the mail address of its customer',
  'refund id': 'the id of its refund',
  'reference of the gateway': 'the gateway’s id of money that it moved',
  'number of a document': 'the number of its document',
  'id of a message': 'the id of a message about it',
} as const;

/** A mail address is not repeated: what is shown may be kept. */
const nameOf = (text: string): string => (text.includes('@') ? 'the address' : text);

export const foundText = (text: string, { orderId, by }: OrderMatch): string =>
  `Order ${orderId}: ${nameOf(text)} is ${matchText(by)}.`;

export const otherText = (text: string, { orderId, by }: OrderMatch): string =>
  `${text} is an order’s own id, and that order is meant. It is also ${matchText(by)}, of the ` +
  `order ${orderId}.`;

export const notFound = (text: string, { attempts, looksLike }: OrderNotFound): CliFailure => {
  const details = attempts.flatMap(attemptText);
  if (looksLike === undefined) {
    const { message, details: hints = [], ...failure } = unknownOrder(text);
    return { ...failure, message, details: [...hints, ...details] };
  }
  return failed('UnknownOrder', `no order was found by ${LOOKS[looksLike](text)}`, details);
};

const LOOKS = {
  number: (text: string) => `the number ${text}`,
  reference: (text: string) => `the gateway’s id ${text}`,
  'mail address': () => 'that mail address',
} as const;

const attemptText = (attempt: FindAttempt): readonly string[] => {
  switch (attempt.type) {
    case 'Number':
      return attempt.isPrinted
        ? ['A series prints its numbers like that, and has given none of that number.']
        : [];
    case 'GatewayNotAsked':
      return [
        `It looks like the gateway’s id of a ${attempt.kind}: with STRIPE_SECRET_KEY set the ` +
          'gateway is asked whose it is.',
      ];
    case 'GatewayHasNone':
      return [`The gateway’s account has no ${attempt.kind} of that id.`];
    case 'GatewayFailed':
      return [`The gateway could not be asked: ${attempt.cause}.`];
    case 'NotOurs':
      return [notOursText(attempt)];
    case 'DeadLettersNotAsked':
      return [
        'If it is the id of a dead letter: with PAYMENTS_DLQ_URL and NOTIFICATIONS_DLQ_URL set ' +
          'both queues are looked into.',
      ];
    case 'DeadLetters':
      return [
        `It is the id of none of the ${attempt.looked} dead letters that could be looked at.`,
      ];
    case 'LogNotRead':
      return ['With --scan the log is read for a refund, message or reference of that name.'];
    case 'Log':
      return [`${readText(attempt)}: it is in none of the orders there.`];
  }
};

const notOursText = ({
  orderId,
  deployment,
}: Extract<FindAttempt, { readonly type: 'NotOurs' }>): string => {
  if (deployment !== undefined)
    return `The gateway says that it is of the deployment ${deployment}.`;
  return orderId === undefined
    ? 'The gateway has it, and it names no order.'
    : `The gateway says that it is of the order ${orderId}, which this log does not have.`;
};

export const ambiguous = (text: string, { count, reading }: OrderAmbiguous): CliFailure =>
  count > 1
    ? failed('AmbiguousOrder', `${count} orders are known by ${nameOf(text)}`, [
        ...(reading === undefined ? [] : [`${readText(reading)}.`]),
        'Nothing was done. Take the id of the one that is meant.',
      ])
    : failed('AmbiguousOrder', `one order is known by ${nameOf(text)}, and there may be more`, [
        `${readText(reading ?? NOTHING_READ)}.`,
        'Nothing was done. Take its id if it is the one that is meant, or read more with --scan.',
      ]);

const NOTHING_READ: LogReading = { commits: 0, readUnits: 0, isWhole: false, unreadable: 0 };

const readText = ({ commits, readUnits, isWhole, unreadable }: LogReading): string =>
  [
    `${isWhole ? 'The whole log was read' : 'A part of the log was read'}, ${commits} commits ` +
      `for ${readUnits} read units`,
    ...(unreadable === 0 ? [] : [`${unreadable} streams of it cannot be read`]),
  ].join('; ');
