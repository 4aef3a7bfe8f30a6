import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  truncateSync,
} from 'node:fs';
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

const wholeLinesBytes = (path: string): number => {
  let bytes = 0;
  for (const line of lines(path)) bytes += line.length + 1;
  return bytes;
};

/** Only complete lines. */
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
