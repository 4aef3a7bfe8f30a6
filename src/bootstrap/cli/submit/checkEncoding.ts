import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { err, ok, type Result } from 'neverthrow';

/** The reason why a file is not text in UTF-8, the place, and a remedy. */
export type EncodingMistake = { readonly message: string; readonly remedy: string };

const SAVE_AS = 'Save it as UTF-8, or convert it: ';
const FROM_LATIN_1 = `${SAVE_AS}iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW`;
const FROM_UTF_16 = `${SAVE_AS}iconv -f UTF-16 -t UTF-8 FILE > NEW`;

/** The beginnings of files of other kinds. */
const BEGINNINGS: readonly (readonly [bytes: readonly number[], is: string, remedy: string])[] = [
  [[0xff, 0xfe, 0, 0], 'is UTF-32', `${SAVE_AS}iconv -f UTF-32 -t UTF-8 FILE > NEW`],
  [[0, 0, 0xfe, 0xff], 'is UTF-32', `${SAVE_AS}iconv -f UTF-32 -t UTF-8 FILE > NEW`],
  [[0xff, 0xfe], 'is UTF-16', FROM_UTF_16],
  [[0xfe, 0xff], 'is UTF-16', FROM_UTF_16],
  [[0x1f, 0x8b], 'is compressed', 'Unpack it first: gunzip -c FILE > NEW'],
  [[0x50, 0x4b, 3, 4], 'is a spreadsheet or an archive', 'Export it as CSV in UTF-8.'],
];

/**
 * Reads the whole file, and checks that it is text in UTF-8: whatever is not would be read as
 * U+FFFD, and stand so on the invoice for ever. A byte order mark of UTF-8 is no mistake.
 */
export const checkEncoding = async (path: string): Promise<Result<void, EncodingMistake>> => {
  let [line, offset] = [1, 0];
  let rest: Buffer = Buffer.alloc(0);
  const notUtf8 = (bytes: Buffer): Result<never, EncodingMistake> => {
    const at = validLengthOf(bytes);
    return err({
      message: `is not UTF-8: line ${line + newLinesIn(bytes, at)}, byte ${offset + at + 1}`,
      remedy: FROM_LATIN_1,
    });
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const other = offset === 0 ? beginningOf(bytes) : undefined;
    if (other !== undefined) return err(other);
    const whole = bytes.subarray(0, completeLengthOf(bytes));
    if (!isUtf8(whole)) return notUtf8(whole);
    const nul = whole.indexOf(0);
    if (nul !== -1) {
      const isSecond = whole.subarray(0, 64).filter((byte) => byte === 0).length > 8;
      const place = `line ${line + newLinesIn(whole, nul)}, byte ${offset + nul + 1}`;
      return err({
        message: isSecond ? 'is UTF-16, by its zero bytes' : `has a zero byte: ${place}`,
        remedy: isSecond
          ? FROM_UTF_16
          : 'No text has one: the file is damaged, or of another kind.',
      });
    }
    line += newLinesIn(whole, whole.length);
    offset += whole.length;
    rest = bytes.subarray(whole.length);
  }
  return rest.length === 0 ? ok() : notUtf8(rest);
};

const beginningOf = (bytes: Buffer): EncodingMistake | undefined => {
  const found = BEGINNINGS.find(([beginning]) => beginning.every((byte, at) => bytes[at] === byte));
  return found && { message: found[1], remedy: found[2] };
};

/** The length without the beginning of a character that goes on in the next chunk. */
const completeLengthOf = (bytes: Buffer): number => {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
};

/** The number of bytes from the beginning that are valid; found by halves. */
const validLengthOf = (bytes: Buffer): number => {
  let [low, high] = [0, bytes.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const part = bytes.subarray(0, middle);
    if (isUtf8(part.subarray(0, completeLengthOf(part)))) low = middle;
    else high = middle - 1;
  }
  return completeLengthOf(bytes.subarray(0, low));
};

const newLinesIn = (bytes: Buffer, end: number): number => {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1 && at < end; at = bytes.indexOf(10, at + 1)) {
    count += 1;
  }
  return count;
};
