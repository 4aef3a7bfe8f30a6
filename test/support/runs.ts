import fc from 'fast-check';

const isFull = process.env['PAIDONCE_TEST_RUNS'] === 'full';

/**
 * How much of a test that takes seconds is run: `npm test` runs the usual part, which finds what
 * breaks often; PAIDONCE_TEST_RUNS=full, as in `npm run test:long` and on CI, runs all of it.
 */
export const runsOf = (usual: number, full: number): number => (isFull ? full : usual);

/**
 * Of cases that take seconds together: all on CI, otherwise at least one and at most `usual`,
 * spread evenly, and others with another seed.
 */
export const someOf = <T>(usual: number, cases: readonly T[]): readonly T[] =>
  isFull ? cases : partOf(usual, cases, fc.readConfigureGlobal().seed ?? 0);

export const partOf = <T>(usual: number, cases: readonly T[], seed: number): readonly T[] => {
  const stride = Math.ceil(cases.length / usual);
  return cases.filter((_, at) => at % stride === Math.abs(seed) % stride);
};
