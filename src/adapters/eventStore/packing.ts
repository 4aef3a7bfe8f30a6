import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { err, Result } from 'neverthrow';
import { ORDER_DICTIONARY } from './dictionary.ts';

/** The first byte says how the others are packed. No release has another meaning for it. */
const RAW_DEFLATE = 1;
const RAW_DEFLATE_WITH_DICTIONARY = 2;
/**
 * Longer texts are left as they are: packing holds up the process, for some three milliseconds at
 * this length. It also bounds what a forged item can be unpacked to.
 */
export const PACKED_TEXT_BYTES_MAX = 65_536;

/**
 * Packs texts of some kilobytes as small as the defaults do, for a fraction of their memory. The
 * window holds the dictionary and an order of twenty lines. Most texts fit into one chunk, which is
 * small enough to come from Node's pool and to need no memory of its own.
 */
const SMALL = {
  level: 6,
  windowBits: 13,
  memLevel: 5,
  chunkSize: 2_048,
  dictionary: ORDER_DICTIONARY,
};

/**
 * Events as bytes: raw deflate (RFC 1951) of the text in UTF-8 with a preset dictionary, behind one
 * byte that says so.
 */
export const packText = (text: string): Uint8Array =>
  Buffer.concat([Buffer.of(RAW_DEFLATE_WITH_DICTIONARY), deflateRawSync(text, SMALL)]);

/** The text, or what is wrong with the bytes. */
export const unpackText = (packed: Uint8Array): Result<string, string> => {
  const [packing] = packed;
  if (packing === RAW_DEFLATE) return inflate(packed.subarray(1), {});
  return packing === RAW_DEFLATE_WITH_DICTIONARY
    ? inflate(packed.subarray(1), { dictionary: ORDER_DICTIONARY })
    : err('is packed in an unknown way');
};

const inflate = Result.fromThrowable(
  (bytes: Uint8Array, how: { readonly dictionary?: Uint8Array }): string =>
    inflateRawSync(bytes, {
      chunkSize: SMALL.chunkSize,
      maxOutputLength: PACKED_TEXT_BYTES_MAX,
      ...how,
    }).toString('utf8'),
  () => 'cannot be unpacked',
);
