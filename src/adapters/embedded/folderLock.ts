import { DatabaseSync } from 'node:sqlite';

export type FolderLock = { release(): void };

const SQLITE_BUSY = 5;

/**
 * Locks a file against other processes, as long as this process lives or until it is released.
 * SQLite holds the operating system's own lock on it, so that a killed process leaves none behind,
 * and no process id has to be trusted. Undefined if another process has it.
 */
export const tryLock = (path: string): FolderLock | undefined => {
  const database = new DatabaseSync(path);
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      return undefined;
    throw error;
  }
  return {
    release: () => {
      database.close();
    },
  };
};
