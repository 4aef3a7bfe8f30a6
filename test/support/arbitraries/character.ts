import fc from 'fast-check';

const SURROGATES = { first: 0xd800, count: 0x800 } as const;

/**
 * Any code point that a well-formed text may have. As fast-check's unit "binary", which takes a
 * second and a hundred megabytes of each process to list them.
 */
export const anyCharacter = (): fc.Arbitrary<string> =>
  fc
    .nat({ max: 0x10_ffff - SURROGATES.count })
    .map((n) => String.fromCodePoint(n < SURROGATES.first ? n : n + SURROGATES.count));
