import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';

/** A time or a count as SQS sends it; what is none is taken for the least there can be. */
export const wholeOf = (value: unknown, least: number): number => {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : least;
  return Number.isSafeInteger(number) ? Math.max(number, least) : least;
};

/** Only what the queue says in so many words; anything else is nobody known. */
export const senderOf = (value: unknown): { readonly senderId?: string } =>
  typeof value === 'string' && value !== '' ? { senderId: value } : {};

/**
 * Reads what was received, one by one: one that cannot be read counts as damaged, and keeps nobody from reading
 * the others. Without a receipt it can be neither deleted nor released, and shows again by itself.
 */
export const readEach = <Received>(
  received: readonly Received[],
  read: (one: Received) => ReceivedMessage,
  handleOf: (one: Received) => { readonly messageId: unknown; readonly receipt: unknown },
): readonly ReceivedMessage[] =>
  received.map((one) => {
    try {
      return read(one);
    } catch {
      const { messageId, receipt } = Object(one) === one ? handleOf(one) : NOTHING;
      return {
        messageId: typeof messageId === 'string' ? messageId : '',
        receipt: typeof receipt === 'string' ? receipt : '',
        body: '',
        attributes: {},
        receiveCount: 1,
        sentAt: 0,
        damaged: true,
      };
    }
  });

const NOTHING = { messageId: '', receipt: '' };
