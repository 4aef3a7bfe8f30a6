import { err, ok, type Result } from 'neverthrow';
import type {
  AppendedCommit,
  AppendError,
  Conflict,
  CorruptStream,
  StreamId,
  Uncertain,
} from '../../application/ports/eventStore.ts';
import type { CommitItem, CommitTable, ReadItem } from './commitTable.ts';
import { itemBytes, decodeCommit, isSameCommit, positionAfter } from './storedCommit.ts';

/**
 * The number of tries with the same bytes while it is unknown whether they arrived. The SDK already
 * repeats requests by itself; more tries would only delay the message, which is redelivered anyway.
 */
export const APPEND_TRIES_MAX = 3;

/** `appended` is the end of the stream after the item is written. */
type AppendRequest = {
  readonly streamId: StreamId;
  readonly item: CommitItem;
  readonly appended: AppendedCommit;
};

/**
 * Inserts the item and finds out whether it was written. Only `Conflict` proves that it was not and
 * will not be written. After any other error the caller repeats the same commit or loads, and
 * appends nothing after it.
 */
export const appendItem = async (
  table: CommitTable,
  { streamId, item, appended }: AppendRequest,
): Promise<Result<AppendedCommit, AppendError>> => {
  const causes: string[] = [];
  const uncertain = (cause: string): Result<never, Uncertain> =>
    err({ type: 'Uncertain', streamId, cause: [...causes, cause].join('; ') });

  for (let tries = 1; tries <= APPEND_TRIES_MAX; tries++) {
    const inserted = await table.insert(item);
    if (inserted.isOk() && inserted.value === 'Inserted') return ok(appended);
    if (inserted.isErr()) {
      const { error } = inserted;
      // The same bytes are always refused, so that no earlier try can arrive either.
      if (error.type === 'ItemRefused') {
        return err({ type: 'CommitTooLarge', streamId, bytes: itemBytes(item) });
      }
      // An earlier try may still arrive, whatever prevented this one.
      if (error.type !== 'Ambiguous') return tries === 1 ? err(error) : uncertain(error.cause);
    }
    causes.push(inserted.isErr() ? inserted.error.cause : 'refused as a duplicate');
    // It may be this append's own earlier try, whose answer was lost (D2): both cases read back.
    const read = await table.read({ streamId, version: item.version });
    if (read.isErr()) return uncertain(read.error.cause);
    // Absence proves nothing: a late write may arrive. The same bytes again do no harm (D4, D5).
    if (read.value !== undefined) return judge(read.value, { streamId, item });
  }
  return uncertain(`nothing there after ${APPEND_TRIES_MAX} tries`);
};

const judge = (
  there: ReadItem,
  { streamId, item }: Omit<AppendRequest, 'appended'>,
): Result<AppendedCommit, Conflict | CorruptStream> =>
  decodeCommit(there).andThen((recorded): Result<AppendedCommit, Conflict> =>
    isSameCommit(there, item)
      ? ok({ ...positionAfter(recorded), committedAt: recorded.committedAt })
      : err({ type: 'Conflict', streamId, version: item.version }),
  );
