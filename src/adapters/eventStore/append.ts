import { err, ok, type Result } from 'neverthrow';
import type {
  AppendError,
  Conflict,
  CorruptStream,
  StreamId,
  StreamPosition,
  Uncertain,
} from '../../application/ports/eventStore.ts';
import type { CommitItem, CommitTable, ReadItem } from './commitTable.ts';
import { itemBytes } from './itemBytes.ts';
import { decodeCommit, isSameCommit, positionAfter } from './storedCommit.ts';

/**
 * How often the same bytes are tried when it stays unknown whether they arrived. The SDK below repeats by
 * itself already; more would only keep the message waiting, which comes again anyway.
 */
export const APPEND_TRIES_MAX = 3;

/** `position` is where the stream stands once the item is in it. */
type AppendRequest = {
  readonly streamId: StreamId;
  readonly item: CommitItem;
  readonly position: StreamPosition;
};

/**
 * Inserts the item and finds out what became of it. Of its errors only `Conflict` proves that it was not and
 * will not be written: after any other the caller repeats the same commit or loads, and appends nothing on top.
 */
export const appendItem = async (
  table: CommitTable,
  { streamId, item, position }: AppendRequest,
): Promise<Result<StreamPosition, AppendError>> => {
  const causes: string[] = [];
  const uncertain = (cause: string): Result<never, Uncertain> =>
    err({ type: 'Uncertain', streamId, cause: [...causes, cause].join('; ') });

  for (let tries = 1; tries <= APPEND_TRIES_MAX; tries++) {
    const inserted = await table.insert(item);
    if (inserted.isOk() && inserted.value === 'Inserted') return ok(position);
    if (inserted.isErr()) {
      const { error } = inserted;
      // The same bytes were refused whenever they came, so that no earlier try can land either.
      if (error.type === 'ItemRefused') {
        return err({ type: 'CommitTooLarge', streamId, bytes: itemBytes(item) });
      }
      // An earlier try may still land, whatever kept this one from being made.
      if (error.type !== 'Ambiguous') return tries === 1 ? err(error) : uncertain(error.cause);
    }
    causes.push(inserted.isErr() ? inserted.error.cause : 'refused as a duplicate');
    // A refusal may come from this append's own earlier try, whose answer was lost (D2), so both ask.
    const read = await table.read({ streamId, version: item.version });
    if (read.isErr()) return uncertain(read.error.cause);
    // Absence proves nothing, since a late write may still land; the same bytes again do no harm (D4, D5).
    if (read.value !== undefined) return judge(read.value, { streamId, item });
  }
  return uncertain(`nothing there after ${APPEND_TRIES_MAX} tries`);
};

const judge = (
  there: ReadItem,
  { streamId, item }: Omit<AppendRequest, 'position'>,
): Result<StreamPosition, Conflict | CorruptStream> =>
  decodeCommit(there).andThen((recorded): Result<StreamPosition, Conflict> =>
    isSameCommit(there, item)
      ? ok(positionAfter(recorded))
      : err({ type: 'Conflict', streamId, version: item.version }),
  );
