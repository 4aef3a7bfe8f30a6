import type { Delivery } from './handler.ts';

/** Of SQS it is a UUID. Whoever sent the message may have written the attribute, and it is stored in events. */
const MESSAGE_ID = /^[ -~]{1,100}$/;

/**
 * The message as it was first sent: a copy that comes out of the dead-letter queue says which one that was,
 * however often it has been there.
 */
export const firstMessageId = ({
  messageId,
  attributes,
}: Pick<Delivery, 'messageId' | 'attributes'>): string => {
  const first = attributes['OriginalMessageId'] ?? '';
  return MESSAGE_ID.test(first) ? first : messageId;
};
