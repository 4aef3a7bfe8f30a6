import { errAsync, type ResultAsync } from 'neverthrow';
import type {
  CommitItem,
  CommitKey,
  CommitTable,
  InsertError,
  InsertOutcome,
  ReadError,
  ReadItem,
} from '../../src/adapters/eventStore/commitTable.ts';

/** Stands in for one call: it may make the call it is given, before or after, or not at all. */
export type InsertFault = (
  insert: () => ResultAsync<InsertOutcome, InsertError>,
  item: CommitItem,
) => ResultAsync<InsertOutcome, InsertError>;

export type ReadFault = (
  read: () => ResultAsync<ReadItem | undefined, ReadError>,
  key: CommitKey,
) => ResultAsync<ReadItem | undefined, ReadError>;

export type FaultyCommitTable = CommitTable & {
  /** Every item that was to be inserted, in order. */
  readonly inserts: readonly CommitItem[];
  readonly reads: readonly CommitKey[];
};

/** The nth call meets the nth fault; calls beyond the plan go through. */
export const createFaultyCommitTable = (
  table: CommitTable,
  plan: { readonly inserts?: readonly InsertFault[]; readonly reads?: readonly ReadFault[] },
): FaultyCommitTable => {
  const inserts: CommitItem[] = [];
  const reads: CommitKey[] = [];
  return {
    ...table,
    inserts,
    reads,
    insert: (item) => {
      const fault = plan.inserts?.[inserts.length] ?? passes;
      inserts.push(item);
      return fault(() => table.insert(item), item);
    },
    read: (key) => {
      const fault = plan.reads?.[reads.length] ?? readPasses;
      reads.push(key);
      return fault(() => table.read(key), key);
    },
  };
};

const lost = { type: 'Ambiguous', cause: 'TimeoutError' } as const;

const passes: InsertFault = (insert) => insert();

/** The item is written and the answer never comes. */
export const appliesAndIsLost: InsertFault = (insert) => insert().andThen(() => errAsync(lost));

/** The item is written, the answer lost, and the SDK's own second try is refused. */
export const appliesAndRepeats: InsertFault = (insert) => insert().andThen(() => insert());

/** Nothing is written, which nobody can see. */
export const isLost: InsertFault = () => errAsync(lost);

export const isThrottled: InsertFault = () =>
  errAsync({ type: 'Unavailable', dependency: 'EventStore', cause: 'slow', throttled: true });

const readPasses: ReadFault = (read) => read();

export const readFails: ReadFault = () =>
  errAsync({ type: 'Unavailable', dependency: 'EventStore', cause: 'away', throttled: false });
