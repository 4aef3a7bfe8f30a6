import type { Delivery } from './handler.ts';

/** SQS uses a UUID. A sender may have written the attribute, and it is stored in events. */
const MESSAGE_ID = /^[ -~]{1,100}$/;

/**
 * The id under which the message was sent first. A copy from the dead-letter queue names it,
 * however often it has been there.
 */
export const firstMessageId = ({
  messageId,
  attributes,
}: Pick<Delivery, 'messageId' | 'attributes'>): string => {
  const first = attributes['OriginalMessageId'] ?? '';
  return MESSAGE_ID.test(first) ? first : messageId;
};
