/** A set of the numbers 1 … n. */
export type NumberSet = {
  add(number: number): void;
  has(number: number): boolean;
  /** In ascending order. */
  all(): Generator<number, void, void>;
};

/** 8 KiB. The numbers of a series are dense, and one that is far off costs no more than this. */
const CHUNK_BITS = 65_536;

/** One bit for each number, so that ten million cost a little more than one megabyte. */
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
  return {
    has,
    add: (number) => {
      const { chunk, byte, mask } = placeOf(number);
      const bits = chunks.get(chunk) ?? new Uint8Array(CHUNK_BITS / 8);
      chunks.set(chunk, bits);
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
  };
};
