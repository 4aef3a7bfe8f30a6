import { defined } from '../defined.ts';
import { md5Of } from '../md5.ts';
import type { ReceivedMessage } from '../../application/ports/messageQueue.ts';

type ReadMessage = Pick<ReceivedMessage, 'messageId' | 'receipt' | 'body' | 'attributes'> & {
  readonly system: Readonly<Partial<Record<string, string>>>;
  /** The checksum that SQS gives for the body. */
  readonly md5: unknown;
};

/** A message from a receive, or from an event that a mapping made of one. */
export const toReceived = ({ system, md5, ...message }: ReadMessage): ReceivedMessage => ({
  ...message,
  ...defined({ groupId: system['MessageGroupId'], traceHeader: system['AWSTraceHeader'] }),
  ...senderOf(system['SenderId']),
  receiveCount: wholeOf(system['ApproximateReceiveCount'], 1),
  sentAt: wholeOf(system['SentTimestamp'], 0),
  damaged: isDamaged(message.body, md5),
});

/** A time or a count from SQS; an invalid one counts as 0. */
const wholeOf = (value: unknown, least: number): number => {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : least;
  return Number.isSafeInteger(number) ? Math.max(number, least) : least;
};

/** Only a sender that the queue names explicitly; otherwise it is unknown. */
const senderOf = (value: unknown): { readonly senderId?: string } =>
  typeof value === 'string' && value !== '' ? { senderId: value } : {};

/**
 * Reads received messages one by one: an unreadable one counts as damaged, and does not prevent
 * others from being read. Without a receipt a message can neither be deleted nor released, and
 * becomes visible again by itself.
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

/** Without MD5 the check is left out, and only TLS protects the body on its way. */
const isDamaged = (body: string, expected: unknown): boolean => {
  const md5 = md5Of(body);
  return md5 !== undefined && md5 !== expected;
};
