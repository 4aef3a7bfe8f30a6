import { createHash } from 'node:crypto';
import {
  messageBytes,
  QUEUE_ATTRIBUTES_MAX,
  QUEUE_BYTES_MAX,
  type EntryResult,
  type OutgoingMessage,
  type TooLarge,
} from '../../application/ports/messageQueue.ts';

// The limits of SendMessage's documentation.
const SENDABLE = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]+$/u;
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/iu;
const GROUP_ID = /^[\u0021-\u007E]{1,128}$/u;

/** The entry's answer if SQS would refuse it in any case; undefined if it may be sent. */
export const refusalOf = (message: OutgoingMessage): EntryResult | undefined => {
  const attributes = Object.entries(message.attributes ?? {});
  if (!SENDABLE.test(message.body) || attributes.some(([, value]) => !SENDABLE.test(value))) {
    return { type: 'Failed', code: 'InvalidMessageContents', retryable: false };
  }
  if (
    attributes.length > QUEUE_ATTRIBUTES_MAX ||
    attributes.some(([name]) => !ATTRIBUTE_NAME.test(name))
  ) {
    return { type: 'Failed', code: 'InvalidParameterValue', retryable: false };
  }
  return undefined;
};

export const tooLarge = (messages: readonly OutgoingMessage[]): TooLarge | undefined => {
  const bytes = messages.reduce((most, message) => Math.max(most, messageBytes(message)), 0);
  return bytes > QUEUE_BYTES_MAX ? { type: 'TooLarge', bytes } : undefined;
};

/** Fairness only needs one group for one customer: an id that SQS would refuse is hashed. */
export const groupIdOf = (groupId: string): string =>
  GROUP_ID.test(groupId) ? groupId : createHash('sha256').update(groupId).digest('hex');
