import { WRITE_UNIT_BYTES } from './limits.ts';

/**
 * What one paid order of two lines needs, measured with group commit on (2026-12-01,
 * docs/benchmarks.md). Where the code changes, measure again; the tables of docs/scaling.md follow
 * from these figures.
 */

/** The processor time of `npm run bench -- --only comparison`. */
const PAYMENTS_CPU_MICROS = 760;
/** For both notices of an order, "received" and the receipt: `npm run bench -- --only notices`. */
const NOTIFICATIONS_CPU_MICROS = 508 + 1_092;

/** Requests of an order, by the same run as its processor time. */
const PAYMENTS_REQUESTS = {
  receive: 0.131,
  delete: 0.132,
  send: 0.131,
  gateway: 1,
  log: 0.006,
};
/** The notification service receives and deletes two messages in the same batches. */
const NOTICES = 2;
/** The order and its first notice come from the shop, in batches of ten. */
const SUBMIT_REQUESTS = 2 / 10;

/** Sizes of the items that the stand-ins are sent with the order of the bench. */
export const ITEM_BYTES = {
  intent: 650,
  outcome: 917,
  row: 659,
  key: 132,
  noticeClaims: [433, 431],
  noticeConfirmations: [391, 389],
  /** Commits of a series by the number of entries, and what each further entry adds. */
  seriesCommit: { plain: 382, packed: 381 },
  seriesEntry: { plain: 59, packed: 29.6 },
} as const;

/**
 * A commit of a series, which is packed where that saves a unit (ADR 0032). By this formula and not
 * by the item itself, since other builds of zlib pack to other sizes.
 */
export const seriesBytes = (entries: number): number => {
  const { seriesCommit, seriesEntry } = ITEM_BYTES;
  const plain = seriesCommit.plain + entries * seriesEntry.plain;
  const packed = seriesCommit.packed + entries * seriesEntry.packed;
  return unitsOf(packed) < unitsOf(plain) ? packed : plain;
};

export const unitsOf = (bytes: number): number => Math.ceil(bytes / WRITE_UNIT_BYTES);

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
  /** All records of an order, by `npm run bench -- --only cost`. */
  logBytes: 1_740,
  /** The order for its receipt, and the customer's keys for each service. */
  readUnits: 3,
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
  ['embedded', 1, 4_150, 83, 0, 1, 10, 44],
  ['embedded', 2, 3_513, 70, 0.063, 0.043, 11, 521],
  ['embedded', 4, 2_575, 52, 0.192, 0.117, 17, 1_053],
  ['embedded', 8, 1_800, 36, 0.339, 0.611, 161, 873],
  ['DynamoDB Local', 1, 5_050, 101, 0, 1, 9, 19],
  ['DynamoDB Local', 2, 4_425, 89, 0.071, 0.153, 9, 263],
  ['DynamoDB Local', 4, 3_263, 65, 0.174, 0.46, 31, 518],
  ['DynamoDB Local', 8, 2_188, 44, 0.303, 0.594, 131, 992],
];
