/**
 * What one paid order of two lines needs, measured with group commit on (2026-11-29). Where the
 * code changes, measure again; the tables of docs/scaling.md follow from these figures.
 */

/** The processor time of `npm run bench -- --only comparison --rounds 1 --orders 2000`. */
const PAYMENTS_CPU_MICROS = 2_664;
/**
 * For both notices of an order, "received" and the receipt; measured before group commit, so that
 * it is an upper bound.
 */
const NOTIFICATIONS_CPU_MICROS = 2_108 + 3_240;

/** Requests of an order, by the same run of the bench. */
const PAYMENTS_REQUESTS = {
  receive: 0.149,
  delete: 0.15,
  send: 0.152,
  gateway: 1.017,
  log: 0.019,
};
/** The notification service receives and deletes two messages in the same batches. */
const NOTICES = 2;
/** The order and its first notice come from the shop, in batches of ten. */
const SUBMIT_REQUESTS = 2 / 10;

/** Sizes of the items, by the embedded servers and `submit` with the order of the bench. */
export const ITEM_BYTES = {
  intent: 1_121,
  outcome: 740,
  row: 629,
  noticeClaims: [435, 433],
  noticeConfirmations: [399, 397],
  /** A commit of a series with one entry, and each further entry. */
  seriesCommit: 405,
  seriesEntry: 60,
} as const;

export const MEASURED = {
  cpuMicros: { payments: PAYMENTS_CPU_MICROS, notifications: NOTIFICATIONS_CPU_MICROS },
  queueRequests:
    PAYMENTS_REQUESTS.receive * (1 + NOTICES) +
    PAYMENTS_REQUESTS.delete * (1 + NOTICES) +
    PAYMENTS_REQUESTS.send +
    SUBMIT_REQUESTS,
  gatewayRequests: PAYMENTS_REQUESTS.gateway,
  /** Of both services. */
  logRequests: PAYMENTS_REQUESTS.log * 2,
  /** All records of an order, by `paidonce trace`. */
  logBytes: 1_910,
  /** Strongly consistent, by `paidonce trace`. */
  readUnits: 1,
  mails: NOTICES,
} as const;

/** What nobody measured, said where it is used. */
export const ASSUMED = {
  /** From receive to delete against a gateway that answers a charge within a second. */
  paymentSeconds: 1.1,
  noticeSeconds: 0.1,
  /** How busy a core may be on average, so that it has room for a peak. */
  busyShare: 0.6,
  /** Messages in one batch of a function of Lambda. */
  lambdaBatch: 10,
} as const;

type MeasuredRace = readonly [
  server: 'embedded' | 'DynamoDB Local',
  processes: number,
  numbersPerSecond: number,
  commitsPerSecond: number,
  conflictShare: number,
  leastShare: number,
  p50Ms: number,
  p99Ms: number,
];

/**
 * `node bench/scaling/measureSeries.ts URL`: 50 slots in each process ask again as soon as they
 * have their number, for four seconds.
 */
export const RACES: readonly MeasuredRace[] = [
  ['embedded', 1, 5_713, 114, 0, 1, 8, 19],
  ['embedded', 2, 5_275, 106, 0.041, 0, 8, 26],
  ['embedded', 4, 4_838, 97, 0.122, 0, 8, 42],
  ['embedded', 8, 5_138, 103, 0.246, 0, 9, 23],
  ['DynamoDB Local', 1, 5_213, 104, 0, 1, 9, 17],
  ['DynamoDB Local', 2, 5_363, 107, 0.042, 0, 9, 19],
  ['DynamoDB Local', 4, 5_175, 104, 0.119, 0, 9, 21],
  ['DynamoDB Local', 8, 4_013, 80, 0.29, 0, 11, 44],
];
