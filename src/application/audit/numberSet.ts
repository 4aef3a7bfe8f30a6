/**
 * A chunk takes 8 KiB. The numbers of a series are dense, and one that is far off costs no more
 * than this.
 */
const CHUNK_BITS = 65_536;
export const CHUNK_BYTES = CHUNK_BITS / 8;

export type NumberSet = {
  readonly has: (number: number) => boolean;
  readonly add: (number: number) => void;
  /** Yields the numbers in ascending order. */
  readonly all: () => Generator<number, void, void>;
  /** The bits of each chunk, without the empty bytes at its end. */
  readonly chunks: () => Iterable<readonly [chunk: number, bits: Uint8Array]>;
  /** Adds the numbers of one chunk of another set. */
  readonly join: (chunk: number, bits: Uint8Array) => void;
};

/** A set of the numbers 1 … n: one bit for each, so that ten million cost about a megabyte. */
export const createNumberSet = (): NumberSet => {
  const chunks = new Map<number, Uint8Array>();
  const placeOf = (number: number) => {
    const bit = number % CHUNK_BITS;
    return { chunk: Math.floor(number / CHUNK_BITS), byte: bit >> 3, mask: 1 << (bit & 7) };
  };
  const has = (number: number): boolean => {
    const { chunk, byte, mask } = placeOf(number);
    return ((chunks.get(chunk)?.[byte] ?? 0) & mask) !== 0;
  };
  const chunkOf = (chunk: number): Uint8Array => {
    const bits = chunks.get(chunk) ?? new Uint8Array(CHUNK_BYTES);
    chunks.set(chunk, bits);
    return bits;
  };
  return {
    has,
    add: (number) => {
      const { chunk, byte, mask } = placeOf(number);
      const bits = chunkOf(chunk);
      bits[byte] = (bits[byte] ?? 0) | mask;
    },
    all: function* () {
      for (const chunk of [...chunks.keys()].toSorted((one, other) => one - other)) {
        const first = chunk * CHUNK_BITS;
        for (let number = first; number < first + CHUNK_BITS; number += 1) {
          if (has(number)) yield number;
        }
      }
    },
    chunks: function* () {
      for (const [chunk, bits] of chunks) {
        yield [chunk, bits.subarray(0, bits.findLastIndex((byte) => byte !== 0) + 1)];
      }
    },
    join: (chunk, bits) => {
      const mine = chunkOf(chunk);
      for (const [at, byte] of bits.entries()) mine[at] = (mine[at] ?? 0) | byte;
    },
  };
};
