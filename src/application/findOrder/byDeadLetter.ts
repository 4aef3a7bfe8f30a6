import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { DEAD_LETTER_QUEUES, type DeadLetterQueue } from '../../domain/deadLetter/events.ts';
import { DEAD_LETTERS_MAX, orderIdOf, readDeadLetter } from '../deadLetters/deadLetter.ts';
import { peekDeadLetters, type PeekedQueue } from '../deadLetters/peek.ts';
import type { Clock } from '../ports/clock.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import type { FindAttempt, OrderMatch } from './foundOrder.ts';

export type DeadLetterQueues = Readonly<Record<DeadLetterQueue, PeekedQueue>>;

/** The form of the ids that SQS gives to messages. */
const MESSAGE_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export const mayBeMessage = (text: string): boolean => MESSAGE_ID.test(text);

type LookIn = {
  readonly queues: DeadLetterQueues | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal?: AbortSignal | undefined;
};

/**
 * The order in the dead letter with that id: its own, or that of the message of which it is a copy.
 */
export const findByDeadLetter = (
  looking: LookIn,
  id: string,
): ResultAsync<OrderMatch | FindAttempt, QueueError> => new ResultAsync(lookFor(looking, id));

const lookFor = async (
  { queues, clock, signal }: LookIn,
  id: string,
): Promise<Result<OrderMatch | FindAttempt, QueueError>> => {
  if (queues === undefined) return ok({ type: 'DeadLettersNotAsked' });
  const bounds = { clock, deadLettersMax: DEAD_LETTERS_MAX, signal };
  let looked = 0;
  for (const queue of DEAD_LETTER_QUEUES) {
    for await (const message of peekDeadLetters(queues[queue], bounds)) {
      if (message.isErr()) return err(message.error);
      looked += 1;
      const deadLetter = readDeadLetter(message.value, queue);
      const orderId = orderIdOf(deadLetter);
      const isMeant = deadLetter.messageId === id || deadLetter.originalId === id;
      if (isMeant && orderId !== undefined) {
        return ok({ orderId, by: { type: 'DeadLetter', queue } });
      }
    }
  }
  return ok({ type: 'DeadLetters', looked });
};
