import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { err, Result } from 'neverthrow';

/** The first byte, which distinguishes this packing from another one. */
const RAW_DEFLATE = 1;
/**
 * Longer texts are left as they are: packing holds up the process, for some three milliseconds at
 * this length. It also bounds what a forged item can be unpacked to.
 */
export const PACKED_TEXT_BYTES_MAX = 65_536;

/** As small for texts of some kilobytes as with the default, for a fraction of its memory. */
const SMALL = { level: 6, windowBits: 12, memLevel: 5 };

/** Events as bytes: raw deflate (RFC 1951) of the text in UTF-8, behind one byte that says so. */
export const packText = (text: string): Uint8Array =>
  Buffer.concat([Buffer.of(RAW_DEFLATE), deflateRawSync(text, SMALL)]);

/** The text, or what is wrong with the bytes. */
export const unpackText = (packed: Uint8Array): Result<string, string> =>
  packed[0] === RAW_DEFLATE ? inflate(packed.subarray(1)) : err('is packed in an unknown way');

const inflate = Result.fromThrowable(
  (bytes: Uint8Array): string =>
    inflateRawSync(bytes, { maxOutputLength: PACKED_TEXT_BYTES_MAX }).toString('utf8'),
  () => 'cannot be unpacked',
);
