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
  isFull ? cases : partOf(usual, cases, seedOf());

const seedOf = (): number => fc.readConfigureGlobal().seed ?? 0;

export const partOf = <T>(usual: number, cases: readonly T[], seed: number): readonly T[] => {
  const stride = Math.ceil(cases.length / usual);
  return cases.filter((_, at) => at % stride === Math.abs(seed) % stride);
};

/** Of the suites that take many seconds of the processor, each has about a third. */
const TURNS = [0, 1, 2] as const;

/** A suite that `npm test` runs in one turn of three, as the seed decides, and CI always. */
export const describeInTurn = (
  turn: (typeof TURNS)[number],
  title: string,
  suite: () => void,
): void => {
  if (isFull || turnOf(seedOf()) === turn) describe(title, suite);
};

/** Not by the last digits, by which such a suite takes a part of its cases. */
export const turnOf = (seed: number): number => Math.floor(Math.abs(seed) / 1_000) % TURNS.length;
