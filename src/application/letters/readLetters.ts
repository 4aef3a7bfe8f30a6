import { err, ok, type Result } from 'neverthrow';
import type { LetterQueue } from '../../domain/letter/index.ts';
import {
  peekDeadLetters,
  type PeekedQueue,
  type PeekOptions,
} from '../delivery/peekDeadLetters.ts';
import type { QueueError } from '../ports/messageQueue.ts';
import { letterOf, type Letter } from './letter.ts';

/** A hundred receives. More letters than that are no longer read by anybody one by one. */
export const LETTERS_MAX = 1_000;

/** Every letter of a dead-letter queue, as far as the options go. */
export const readLetters = async (
  queue: PeekedQueue,
  { of, ...options }: PeekOptions & { readonly of: LetterQueue },
): Promise<Result<readonly Letter[], QueueError>> => {
  const letters: Letter[] = [];
  for await (const message of peekDeadLetters(queue, options)) {
    if (message.isErr()) return err(message.error);
    letters.push(letterOf(message.value, of));
  }
  return ok(letters);
};
