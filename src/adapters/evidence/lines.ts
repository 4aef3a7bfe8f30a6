import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import { bundleError, fileError, type BundleError, type FileFacts } from './format.ts';

/** An item of 400 KB with each byte escaped, and some more. */
const LINE_BYTES_MAX = 4_194_304;
const NEWLINE = 0x0a;

export type FileLine = {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly place: LinePlace;
};

/** The place of a line in its file, without its newline. */
export type LinePlace = { readonly offset: number; readonly bytes: number };

/**
 * Yields each line with its place, holding only one in memory; returns the facts of the whole file.
 */
export const readLines = (
  path: string,
  name: string,
  see: (line: FileLine) => Promise<void> | void,
): ResultAsync<FileFacts, BundleError> =>
  ResultAsync.fromThrowable(() => readThrough(path, name, see), fileError(name))().andThen(
    (result) => result,
  );

const readThrough = async (
  path: string,
  name: string,
  see: (line: FileLine) => Promise<void> | void,
): Promise<Result<FileFacts, BundleError>> => {
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      lines += 1;
      const place = { offset, bytes: end };
      await see({ number: lines, text: rest.toString('utf8', 0, end), place });
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
    if (rest.length > LINE_BYTES_MAX) {
      return err(bundleError(`${name}, line ${lines + 1}, is longer than any line of a bundle`));
    }
  }
  if (rest.length > 0) {
    const place = { offset, bytes: rest.length };
    await see({ number: lines + 1, text: rest.toString('utf8'), place });
  }
  return ok({ name, bytes, lines, sha256: hash.digest('hex') });
};

/** One line that was indexed before. */
export const readPlace = async (
  file: FileHandle,
  { offset, bytes }: LinePlace,
): Promise<string> => {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, offset);
  return buffer.toString('utf8', 0, bytesRead);
};
