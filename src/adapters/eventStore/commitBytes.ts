import type { RecordedCommit } from '../../application/ports/eventStore.ts';
import { itemBytes } from './itemBytes.ts';
import { encodeCommit } from './storedCommit.ts';

/** How large the item is that holds a commit: what a write or read of it costs goes by that. */
export const commitBytes = ({
  streamId,
  version,
  previousHash,
  committedAt,
  ...commit
}: RecordedCommit): number =>
  itemBytes(
    encodeCommit(streamId, { version: version - 1, hash: previousHash }, commit, committedAt),
  );
