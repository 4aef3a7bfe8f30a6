import { err, ok, type Result } from 'neverthrow';
import type { DeadLetterQueue } from '../../domain/deadLetter/index.ts';
import { peekDeadLetters, type PeekedQueue, type PeekOptions } from './peek.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import { readDeadLetter, type DeadLetter } from './deadLetter.ts';

/** That is a hundred receives. Nobody reads more dead letters than that one by one. */
export const DEAD_LETTERS_MAX = 1_000;

/** Every dead letter of a queue, within the limits of the options. */
export const readDeadLetters = async (
  queue: PeekedQueue,
  { of, ...options }: PeekOptions & { readonly of: DeadLetterQueue },
): Promise<Result<readonly DeadLetter[], QueueError>> => {
  const deadLetters: DeadLetter[] = [];
  for await (const message of peekDeadLetters(queue, options)) {
    if (message.isErr()) return err(message.error);
    deadLetters.push(readDeadLetter(message.value, of));
  }
  return ok(deadLetters);
};
