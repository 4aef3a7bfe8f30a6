import fc from 'fast-check';

const isFull = process.env['PAIDONCE_TEST_RUNS'] === 'full';

/**
 * How much of a test that takes seconds is run: `npm test` runs the usual part, which finds what
 * breaks often; PAIDONCE_TEST_RUNS=full, as in `npm run test:long` and on CI, runs all of it.
 */
export const runsOf = (usual: number, full: number): number => (isFull ? full : usual);

/**
 * Of cases that take seconds together: all on CI, otherwise at most about as many as `usual`,
 * spread evenly, and others with another seed.
 */
export const someOf = <T>(usual: number, cases: readonly T[]): readonly T[] => {
  const stride = runsOf(Math.ceil(cases.length / usual), 1);
  const first = (fc.readConfigureGlobal().seed ?? 0) % stride;
  return cases.filter((_, at) => at % stride === first);
};
