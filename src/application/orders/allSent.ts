import { err, ok, type Result } from 'neverthrow';
import type { SendFailed } from '../delivery/handler.ts';
import type { EntryResult } from '../ports/messageQueue.ts';

/** An error if any was not taken: whoever sends comes to it again, and then sends all of them. */
export const allSent = (
  results: readonly EntryResult[],
  dependency?: 'OrderEvents',
): Result<void, SendFailed> => {
  const failed = results.find(({ type }) => type === 'Failed');
  if (failed?.type !== 'Failed') return ok(undefined);
  const { code, retryable, trouble } = failed;
  return err({
    type: 'SendFailed',
    code,
    ...(dependency && { dependency }),
    ...(trouble && { trouble }),
    ...(!retryable && { isFinal: true }),
  });
};
