import { createReadStream } from 'node:fs';
import { err, ok, type Result } from 'neverthrow';

export type FileLine = {
  /** Counts from 1. */
  readonly number: number;
  readonly text: string;
  readonly place: LinePlace;
};

/** The place of a line in its file, without its newline. */
export type LinePlace = { readonly offset: number; readonly bytes: number };

/** The lines that a part of a file completes, and the bytes of them all. */
export type FileLines = {
  readonly bytes: Uint8Array;
  readonly lines: readonly FileLine[];
  /** Whether the file ends behind the last one, which has no newline. */
  readonly isCutOff: boolean;
};

export type FileLinesError =
  | { readonly type: 'LineTooLong'; readonly number: number }
  | { readonly type: 'NotRead'; readonly cause: unknown };

/** An item of 400 KB with each byte escaped, and some more. */
const LINE_BYTES_MAX = 4_194_304;
const NEWLINE = 0x0a;

/** The lines of a file, some at a time. Holds one chunk of it, and one line. */
export async function* readFileLines(
  path: string,
): AsyncGenerator<Result<FileLines, FileLinesError>, void, void> {
  let next = { number: 1, offset: 0 };
  let rest: Buffer = Buffer.alloc(0);
  const take = (bytes: Buffer, isCutOff: boolean): FileLines => {
    const lines: FileLine[] = [];
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline === -1 ? bytes.length : newline;
      const place = { offset: next.offset + from, bytes: end - from };
      const text = bytes.toString('utf8', from, end);
      lines.push({ number: next.number + lines.length, text, place });
      from = end + 1;
    }
    next = { number: next.number + lines.length, offset: next.offset + bytes.length };
    return { bytes, lines, isCutOff };
  };
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      const all = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = all.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield ok(take(all.subarray(0, end), false));
      rest = all.subarray(end);
      if (rest.length > LINE_BYTES_MAX) {
        return yield err({ type: 'LineTooLong', number: next.number });
      }
    }
  } catch (cause) {
    return yield err({ type: 'NotRead', cause });
  }
  if (rest.length > 0) yield ok(take(rest, true));
}
