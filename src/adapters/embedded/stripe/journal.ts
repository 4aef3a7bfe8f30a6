import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

const NEWLINE = 0x0a;

export type Journal = {
  /**
   * Resolves when the record is on disk. Never resolves for a record that a later start would not
   * find.
   */
  append(record: object): Promise<void>;
  close(): Promise<void>;
};

/**
 * An append-only file of JSON Lines in a folder that one process at a time may use. At the start
 * each record is passed to `fold`, in order. An incomplete last line is what a crash left of an
 * append that was never acknowledged, and is cut off. Any other unreadable line means that the file
 * is damaged, and throws.
 */
export const openJournal = async (
  folder: string,
  fold: (record: unknown) => void,
): Promise<Journal> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = await open(join(folder, 'ledger.jsonl'), 'a+', 0o600);
  try {
    await syncFolder(folder);
    const bytes = await file.readFile();
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end < bytes.length) await file.truncate(end);
    const lines = end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
    for (const line of lines) fold(JSON.parse(line));
    return createWriter(file);
  } catch (error) {
    await file.close();
    throw error;
  }
};

/** A new file's name is not durable until its folder is synced. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Appends that meet while the disk is busy share the next write and sync; at most one is under way.
 */
const createWriter = (file: FileHandle): Journal => {
  let waiting: string[] = [];
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    next = undefined;
    await file.appendFile(lines.join(''));
    await file.datasync();
  };

  return {
    append: (record) => {
      waiting.push(`${JSON.stringify(record)}\n`);
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
