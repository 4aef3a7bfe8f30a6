/**
 * How much of a test that takes seconds is run: `npm test` runs the usual part, which finds what
 * breaks often; PAIDONCE_TEST_RUNS=full, as in `npm run test:long` and on CI, runs all of it.
 */
export const runsOf = (usual: number, full: number): number =>
  process.env['PAIDONCE_TEST_RUNS'] === 'full' ? full : usual;
