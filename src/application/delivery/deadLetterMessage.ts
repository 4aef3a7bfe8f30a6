import {
  containsCardNumber,
  holdsCardNumber,
  isIdentifier,
  maskCardNumbers,
} from '../../domain/cardNumber/index.ts';
import { isOrderId } from '../../domain/order/index.ts';
import { isGroupId, readOrderId, removedBody } from '../messages/index.ts';
import type { Ids } from '../ports/ids.ts';
import { parseJson } from '../ports/json.ts';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
  QUEUE_BYTES_MAX,
  type OutgoingMessage,
  type ReceivedMessage,
} from '../ports/messageQueue.ts';
import { firstMessageId } from './handler.ts';

export type ServiceVersion = { readonly name: string; readonly version: string };

export type DeadLetterCause = {
  readonly reason: string;
  readonly errorType: string;
  readonly orderId: string | undefined;
  readonly failedAt: number;
  readonly service: ServiceVersion;
};

const DIAGNOSIS_NAMES = [
  'Reason',
  'ErrorType',
  'OriginalMessageId',
  'OrderId',
  'Service',
  'FailedAt',
  'ReceiveCount',
  'TraceHeader',
] as const;
type DiagnosisName = (typeof DIAGNOSIS_NAMES)[number];
type Diagnosis = readonly [DiagnosisName, string | undefined];
const DIAGNOSIS: ReadonlySet<string> = new Set(DIAGNOSIS_NAMES);
/** Holds all of the message's own attributes in one, as JSON. */
const PACKED = 'OriginalAttributes';

export const REASON_CHARACTERS_MAX = 1_000;
const NOT_SENDABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** AWS X-Ray writes some 70 to 300 characters; a sender may have written anything. */
const TRACE_HEADER = /^[ -~]{1,512}$/;

/**
 * The copy of a poisonous message for the dead-letter queue: its body, and the reason. A body with
 * a card number is not kept, since a queue is no place for one: its hash and its order replace it,
 * and in other texts the number is masked (ADR 0021). Where not everything fits, the first
 * attributes are kept. A body that leaves no room for its reason is longer than any valid message,
 * and is cut.
 */
export const deadLetterOf = (
  message: ReceivedMessage,
  failure: DeadLetterCause,
  ids: Pick<Ids, 'fingerprint'>,
): OutgoingMessage => {
  const isKept = !holdsCardNumber(message.body);
  const orderId = failure.orderId ?? (isKept ? undefined : readOrderId(message.body));
  const diagnosis: readonly [Diagnosis, Diagnosis, ...(readonly Diagnosis[])] = [
    ['Reason', maskCardNumbers(failure.reason.slice(0, REASON_CHARACTERS_MAX))],
    ['ErrorType', failure.errorType],
    ['OriginalMessageId', firstMessageId(message)],
    ['OrderId', orderId],
    ['Service', `${failure.service.name}@${failure.service.version}`],
    ['FailedAt', new Date(failure.failedAt).toISOString()],
    ['ReceiveCount', String(receivesInAll(message))],
    ['TraceHeader', traceHeaderOf(message)],
  ];
  const [reason, errorType] = diagnosis;
  const bare: OutgoingMessage = {
    body: isKept
      ? cutBeside([reason, errorType], message.body)
      : standIn(message.body, orderId, ids),
    ...(isGroupId(message.groupId) ? { groupId: message.groupId } : {}),
  };
  const attributes: Record<string, string> = {};
  let bytes = messageBytes(bare);
  const known = diagnosis.filter(([, value]) => value !== undefined && value !== '');
  for (const [name, value] of [...diagnosis, ...originals(message, known.length)]) {
    if (value === undefined || value === '') continue;
    const sendable = value.replaceAll(NOT_SENDABLE, '?');
    bytes += messageBytes({ body: '', attributes: { [name]: sendable } });
    if (bytes > QUEUE_BYTES_MAX) break;
    attributes[name] = sendable;
  }
  return { ...bare, attributes };
};

const cutBeside = (kept: readonly Diagnosis[], body: string): string => {
  const attributes = Object.fromEntries(
    kept.map(([name, value = '']) => [name, value.replaceAll(NOT_SENDABLE, '?')]),
  );
  const bytesMax = QUEUE_BYTES_MAX - messageBytes({ body: '', attributes });
  if (messageBytes({ body }) <= bytesMax) return body;
  const bytes = new TextEncoder().encode(body).subarray(0, bytesMax);
  // The cut may have gone through a character.
  return new TextDecoder().decode(bytes).replace(/\uFFFD$/u, '');
};
const standIn = (
  body: string,
  orderId: string | undefined,
  ids: Pick<Ids, 'fingerprint'>,
): string =>
  removedBody({
    fingerprint: ids.fingerprint(body),
    bytes: messageBytes({ body }),
    ...(isOrderId(orderId) ? { orderId } : {}),
  });

/**
 * The number of receives in all: a queue counts a redriven message from 1, and the dead letter's
 * attributes have the rest.
 */
export const receivesInAll = ({ attributes, receiveCount }: ReceivedMessage): number => {
  const earlier = attributes['OriginalMessageId'] && attributes['ReceiveCount'];
  return earlier && /^\d{1,9}$/u.test(earlier) ? Number(earlier) + receiveCount : receiveCount;
};

/**
 * The original message of a dead letter, to be sent to its queue again: the body, the group and its
 * own attributes are as they were. The diagnosis is removed, except for its history where there is
 * room.
 */
export const redriveMessage = ({
  messageId,
  body,
  groupId,
  attributes,
}: ReceivedMessage): OutgoingMessage => {
  const packed = unpack(attributes[PACKED]);
  const own = Object.entries(attributes).filter(
    ([name]) => !DIAGNOSIS.has(name) && !(name === PACKED && packed !== undefined),
  );
  const originals = [...own, ...(packed ?? [])];
  const room = Math.max(0, QUEUE_ATTRIBUTES_MAX - originals.length);
  // The queue gave the message up by itself, and nobody has recorded which message it first was.
  const first: Readonly<Partial<Record<DiagnosisName, string>>> = { OriginalMessageId: messageId };
  const history = HISTORY.flatMap((name) => {
    const value = attributes[name] ?? first[name];
    return value === undefined ? [] : [[name, value] as const];
  }).slice(0, room);
  return {
    body,
    attributes: Object.fromEntries([...originals, ...history]),
    ...(groupId === undefined ? {} : { groupId }),
  };
};

/** The first message id identifies the dead letter of an order, so it comes first. */
const HISTORY: readonly DiagnosisName[] = ['OriginalMessageId', 'ReceiveCount'];

const unpack = (text: string | undefined): readonly (readonly [string, string])[] | undefined => {
  const value = text === undefined ? undefined : parseJson(text).unwrapOr(undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value);
  const isText = (entry: [string, unknown]): entry is [string, string] =>
    typeof entry[1] === 'string';
  return entries.every(isText) ? entries : undefined;
};

/** An attribute may be JSON, in which the digits of a number are spelled in other ways. */
const masked = (value: string): string =>
  holdsCardNumber(value) && !containsCardNumber(value)
    ? '[held a card number]'
    : maskCardNumbers(value);

/** The trace header. A message of ours says the same in `traceparent`, which it keeps. */
const traceHeaderOf = ({ attributes, traceHeader = '' }: ReceivedMessage): string | undefined =>
  attributes['traceparent'] === undefined && TRACE_HEADER.test(traceHeader)
    ? traceHeader
    : undefined;

/** The message's own attributes, unchanged where there is room, and otherwise all in one. */
const originals = (
  message: ReceivedMessage,
  taken: number,
): readonly (readonly [string, string])[] => {
  // A redriven message still carries the history of its first dead letter.
  const own = Object.entries(message.attributes)
    .filter(([name]) => !DIAGNOSIS.has(name) && !containsCardNumber(name))
    .map(([name, value]) => [name, isIdentifier(name, value) ? value : masked(value)] as const);
  if (own.length <= QUEUE_ATTRIBUTES_MAX - taken) return own;
  return [[PACKED, JSON.stringify(Object.fromEntries(own))]];
};
