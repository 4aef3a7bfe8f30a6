import { err, ok, type Result } from 'neverthrow';
import { peekDeadLetters, type PeekedQueue } from '../delivery/peekDeadLetters.ts';
import { decodePaymentMessage, unwrap } from '../messages/index.ts';
import type { QueueError, ReceivedMessage } from '../ports/messageQueue.ts';

/** What a dead letter says of itself. Its body is not kept: it may hold a megabyte, and personal data. */
export type Letter = {
  readonly messageId: string;
  readonly orderId?: string;
  /** What was asked for; absent where the body is no message of ours. */
  readonly command?: string;
  readonly reason: string;
  /** When it was put there; for one that its queue gave up, when it was first sent. */
  readonly sentAt: number;
};

/** Without a reason nobody here put it aside. */
const GIVEN_UP = 'given up by its queue, after too many receives';

export const readLetters = async (
  queue: PeekedQueue,
  options: Parameters<typeof peekDeadLetters>[1],
): Promise<Result<readonly Letter[], QueueError>> => {
  const letters: Letter[] = [];
  for await (const message of peekDeadLetters(queue, options)) {
    if (message.isErr()) return err(message.error);
    letters.push(letterOf(message.value));
  }
  return ok(letters);
};

const letterOf = (message: ReceivedMessage): Letter => {
  const { messageId, attributes, sentAt } = message;
  const { signal } = new AbortController();
  const command = unwrap({ ...message, signal }).andThen(({ body }) => decodePaymentMessage(body));
  const told = command.match<Pick<Letter, 'orderId' | 'command'>>(
    ({ type, orderId }) => ({ command: type, orderId }),
    (error) =>
      error.type === 'InvalidOrder' ? { command: 'PlaceOrder', orderId: error.orderId } : {},
  );
  const named = attributes['OrderId'];
  return {
    messageId,
    ...told,
    ...(named === undefined ? {} : { orderId: named }),
    reason: attributes['Reason'] ?? GIVEN_UP,
    sentAt,
  };
};
