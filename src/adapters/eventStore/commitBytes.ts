import type { RecordedCommit } from '../../application/ports/eventStore.ts';
import { itemBytes } from './itemBytes.ts';
import { encodeCommit } from './storedCommit.ts';

/** The size of the item that holds a commit. It determines the cost of writing and reading it. */
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
