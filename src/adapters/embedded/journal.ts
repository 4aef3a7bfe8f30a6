import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  truncateSync,
} from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * An append-only file of JSON Lines. A line is with the operating system when `append` returns, so
 * that a killed process loses none. An incomplete last line was never acknowledged, and is cut off.
 */
export type SyncJournal = {
  append(entry: unknown): void;
  /** Reads the file in chunks: neither the journal nor its reader needs to hold it in memory. */
  entries(): Generator<unknown, void, void>;
};

const CHUNK_BYTES = 1_048_576;
const NEWLINE = 0x0a;

export const openJournal = (path: string): SyncJournal => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path)) truncateSync(path, wholeLinesBytes(path));
  return {
    append: (entry) => {
      appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    },
    *entries() {
      for (const line of lines(path)) yield JSON.parse(line.toString());
    },
  };
};

export type SyncedJournal = Pick<SyncJournal, 'entries'> & {
  /** Resolves when the entry is on disk, and never for one that a later start would not find. */
  append(entry: object): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens a journal for entries that must outlive a failing machine. One process at a time may use
 * it.
 */
export const openSyncedJournal = async (path: string): Promise<SyncedJournal> => {
  const journal = openJournal(path);
  const file = await open(path, 'a', 0o600);
  // A new file's name is not durable until its folder is synced.
  const folder = openSync(dirname(path), 'r');
  fsyncSync(folder);
  closeSync(folder);
  return { entries: () => journal.entries(), ...createSyncedWriter(file) };
};

/** Appends that meet while the disk is busy share the next write and sync; one is under way. */
const createSyncedWriter = (file: FileHandle): Omit<SyncedJournal, 'entries'> => {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const text = waiting.join('');
    waiting = [];
    next = undefined;
    await file.appendFile(text);
    await file.datasync();
  };

  return {
    append: (entry) => {
      waiting.push(`${JSON.stringify(entry)}\n`);
      // After a failed write the file's end is unknown, so that everything after it fails as well.
      next ??= last = last.then(write);
      return next;
    },
    close: async () => {
      await last.catch(() => undefined);
      await file.close();
    },
  };
};

const wholeLinesBytes = (path: string): number => {
  let bytes = 0;
  for (const line of lines(path)) bytes += line.length + 1;
  return bytes;
};

/** The complete lines of the file. */
function* lines(path: string): Generator<Buffer, void, void> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    let rest = Buffer.alloc(0);
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        yield bytes.subarray(start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(file);
  }
}
