import { maskCardNumbers } from '../../domain/order/index.ts';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
  QUEUE_BYTES_MAX,
  type OutgoingMessage,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';

export type Service = { readonly name: string; readonly version: string };

export type Failure = {
  readonly reason: string;
  readonly errorType: string;
  readonly orderId: string | undefined;
  readonly failedAt: number;
  readonly service: Service;
};

const REASON_CHARACTERS_MAX = 1_000;
const NOT_SENDABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/**
 * The copy of a poisonous message for the dead-letter queue: its body, and why it lies there. Of the body
 * only card numbers are masked: with one in it no message is ever taken, and a queue is no place for it.
 * Where not everything fits, what comes first is kept; the body always is.
 */
export const deadLetterOf = (message: ReceivedMessage, failure: Failure): OutgoingMessage => {
  const diagnosis: readonly (readonly [string, string | undefined])[] = [
    ['Reason', failure.reason.slice(0, REASON_CHARACTERS_MAX)],
    ['ErrorType', failure.errorType],
    ['OriginalMessageId', message.messageId],
    ['OrderId', failure.orderId],
    ['Service', `${failure.service.name}@${failure.service.version}`],
    ['FailedAt', new Date(failure.failedAt).toISOString()],
    ['ReceiveCount', String(receivesInAll(message))],
    ['TraceHeader', message.traceHeader],
  ];
  const bare: OutgoingMessage = {
    body: maskCardNumbers(message.body),
    ...(message.groupId === undefined ? {} : { groupId: message.groupId }),
  };
  const attributes: Record<string, string> = {};
  for (const [name, value] of [...diagnosis, ...originals(message, diagnosis)]) {
    if (value === undefined || value === '') continue;
    const sendable = value.replaceAll(NOT_SENDABLE, '?');
    const larger = { ...attributes, [name]: sendable };
    if (messageBytes({ ...bare, attributes: larger }) > QUEUE_BYTES_MAX) break;
    attributes[name] = sendable;
  }
  return { ...bare, attributes };
};

/** A redriven message is counted anew by its queue; its earlier life is told by what was written above. */
export const receivesInAll = ({ attributes, receiveCount }: ReceivedMessage): number => {
  const earlier = attributes['OriginalMessageId'] && attributes['ReceiveCount'];
  return earlier && /^\d{1,9}$/u.test(earlier) ? Number(earlier) + receiveCount : receiveCount;
};

/** The message's own attributes as they were where there is room for them, else together in one. */
const originals = (
  message: ReceivedMessage,
  diagnosis: readonly (readonly [string, string | undefined])[],
): readonly (readonly [string, string])[] => {
  // A message that was redriven still carries the diagnosis of the first time.
  const ours = new Set(diagnosis.map(([name]) => name));
  const own = Object.entries(message.attributes).filter(([name]) => !ours.has(name));
  if (own.length <= QUEUE_ATTRIBUTES_MAX - diagnosis.length) return own;
  return [['OriginalAttributes', JSON.stringify(Object.fromEntries(own))]];
};
