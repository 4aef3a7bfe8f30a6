import { err, ok, type Result } from 'neverthrow';
import type { AppendError, StreamId, StreamPosition } from '../../application/ports/eventStore.ts';
import type { CommitItem, CommitTable } from './commitTable.ts';
import { decodeCommit, isSameCommit, positionAfter } from './storedCommit.ts';

/**
 * How often the same bytes are tried when it stays unknown whether they arrived. The SDK below repeats by
 * itself already; more would only keep the message waiting, which comes again anyway.
 */
const TRIES_MAX = 3;

/** Nothing stands under the key; a late write may still land there, so that this proves nothing. */
type Absent = { readonly type: 'Absent' };

/** `position` is where the stream stands once the item is in it. */
type Appending = {
  readonly streamId: StreamId;
  readonly item: CommitItem;
  readonly position: StreamPosition;
};

/**
 * Inserts the item and finds out what became of it. Only `Conflict` proves that it was not written: after
 * any other error the caller repeats the same commit or loads the stream, and appends nothing on top.
 */
export const appendItem = async (
  table: CommitTable,
  { streamId, item, position }: Appending,
): Promise<Result<StreamPosition, AppendError>> => {
  let cause = '';
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const inserted = await table.insert(item);
    if (inserted.isErr()) {
      if (inserted.error.type !== 'Ambiguous') return err(inserted.error);
      cause = inserted.error.cause;
    } else if (inserted.value === 'Inserted') {
      return ok(position);
    } else {
      cause = 'refused as a duplicate, yet nothing is there';
    }
    // A refusal may come from this append's own earlier try, whose answer was lost (D2), so both ask.
    const found = await readBack(table, streamId, item);
    if (found.isErr()) {
      return found.error.type === 'ReadFailed'
        ? err({ type: 'Uncertain', streamId, cause: `${cause}; ${found.error.cause}` })
        : err(found.error);
    }
    if (!('type' in found.value)) return ok(found.value);
  }
  return err({ type: 'Uncertain', streamId, cause });
};

/** Whatever keeps the answer away: the append itself may have taken effect all the same. */
type ReadFailed = { readonly type: 'ReadFailed'; readonly cause: string };

const readBack = async (
  table: CommitTable,
  streamId: StreamId,
  item: CommitItem,
): Promise<Result<StreamPosition | Absent, AppendError | ReadFailed>> => {
  const read = await table.read({ streamId, version: item.version });
  if (read.isErr()) return err({ type: 'ReadFailed', cause: read.error.cause });
  const there = read.value;
  if (there === undefined) return ok({ type: 'Absent' });
  return decodeCommit(there).andThen((recorded) =>
    isSameCommit(there, item)
      ? ok(positionAfter(recorded))
      : err({ type: 'Conflict' as const, streamId, version: item.version }),
  );
};
