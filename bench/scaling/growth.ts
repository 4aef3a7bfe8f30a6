import { LIMITS, PRICES, type Limit } from './limits.ts';
import { ASSUMED, ITEM_BYTES, MEASURED, RACES, seriesBytes, unitsOf } from './measured.ts';

export const RATES = [1, 10, 100, 1_000, 10_000, 100_000] as const;

const DAY_SECONDS = 86_400;
export const MONTH_SECONDS = (365 / 12) * DAY_SECONDS;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Commits that one process makes of a series in a second when it always has requests. */
const commitsMax = Math.min(
  ...RACES.flatMap(([, processes, , commits]) => (processes === 1 ? [commits] : [])),
);

const notices = [...ITEM_BYTES.noticeClaims, ...ITEM_BYTES.noticeConfirmations];
export const NOTICE_BYTES = sumOf(notices);

/** Write units of the streams of one order. */
export const STREAM_UNITS = {
  order: unitsOf(ITEM_BYTES.intent) + unitsOf(ITEM_BYTES.outcome),
  received: unitsOf(ITEM_BYTES.noticeClaims[0]) + unitsOf(ITEM_BYTES.noticeConfirmations[0]),
  receipt: unitsOf(ITEM_BYTES.noticeClaims[1]) + unitsOf(ITEM_BYTES.noticeConfirmations[1]),
};

/** The numbers of one series that its partition takes in a second. */
const seriesCeiling = ((): number => {
  const { value } = LIMITS.partitionWrites;
  let entries = 1;
  while (unitsOf(seriesBytes(entries + 1)) * commitsMax <= value) entries += 1;
  return entries * commitsMax;
})();

export type Growth = ReturnType<typeof growthAt>;

/** What a steady rate of orders needs. */
export const growthAt = (rate: number) => {
  const { cpuMicros } = MEASURED;
  const series = Math.ceil(rate / seriesCeiling);
  const entries = Math.max(1, Math.floor(rate / series / commitsMax));
  const seriesUnits = unitsOf(seriesBytes(entries)) / entries;
  const eventUnits = sumOf(Object.values(STREAM_UNITS)) + seriesUnits;
  const rowUnits = unitsOf(ITEM_BYTES.row);
  const keyUnits = unitsOf(ITEM_BYTES.key);
  const bytes =
    ITEM_BYTES.intent +
    ITEM_BYTES.outcome +
    ITEM_BYTES.row +
    ITEM_BYTES.key +
    NOTICE_BYTES +
    seriesBytes(entries) / entries;
  const workersOf = (micros: number): number =>
    Math.ceil((rate * micros) / 1e6 / ASSUMED.busyShare);
  const workers = {
    payments: workersOf(cpuMicros.payments),
    notifications: workersOf(cpuMicros.notifications),
  };
  const inFlight = rate * ASSUMED.paymentSeconds;
  const monthly = rate * MONTH_SECONDS;
  const cost = {
    writes: monthly * (eventUnits + rowUnits + keyUnits) * PRICES.write.usd,
    reads: monthly * MEASURED.readUnits * PRICES.read.usd,
    stored: monthly * bytes * PRICES.stored.usd,
    queue: monthly * MEASURED.queueRequests * PRICES.queue.usd,
    log: monthly * MEASURED.logBytes * PRICES.log.usd,
    mail: monthly * MEASURED.mails * PRICES.mail.usd,
    cores: (workers.payments + workers.notifications) * MONTH_SECONDS * PRICES.core.usd,
  };
  const { mail, ...withoutMail } = cost;
  return {
    rate,
    monthly,
    workers,
    inFlight,
    /** WORKER_CONCURRENCY, so that the workers wait for the gateway and not orders for a slot. */
    slots: Math.ceil(inFlight / workers.payments),
    lambdas: {
      payments: Math.ceil(inFlight / ASSUMED.lambdaBatch),
      notifications: Math.ceil(
        (rate * MEASURED.mails * ASSUMED.noticeSeconds) / ASSUMED.lambdaBatch,
      ),
    },
    series,
    seriesUnits,
    eventUnits,
    rowUnits,
    eventUnitsPerSecond: rate * eventUnits,
    rowUnitsPerSecond: rate * rowUnits,
    keyUnitsPerSecond: rate * keyUnits,
    partitions: Math.ceil((rate * eventUnits) / LIMITS.partitionWrites.value),
    gatewayRequests: rate * MEASURED.gatewayRequests,
    queueRequests: rate * MEASURED.queueRequests,
    logRequests: rate * MEASURED.logRequests,
    logBytesPerDay: rate * DAY_SECONDS * MEASURED.logBytes,
    mails: rate * MEASURED.mails,
    bytes,
    bytesPerMonth: monthly * bytes,
    cost,
    withoutMail: sumOf(Object.values(withoutMail)),
    total: mail + sumOf(Object.values(withoutMail)),
  };
};

type Ceiling = { readonly limit: Limit; readonly perOrder: number; readonly orders: number };

/** At how many orders a second each default quota is reached, the lowest first. */
export const ceilings = (): readonly Ceiling[] => {
  const { eventUnits } = growthAt(1_000);
  const uses: readonly (readonly [Limit, number])[] = [
    [LIMITS.mailsInSandbox, MEASURED.mails],
    [LIMITS.gatewayEndpoint, MEASURED.gatewayRequests],
    [LIMITS.gatewayAccount, MEASURED.gatewayRequests],
    [LIMITS.newTableWrites, eventUnits],
    [LIMITS.tableWrites, eventUnits],
    [
      LIMITS.lambdaConcurrency,
      (ASSUMED.paymentSeconds + MEASURED.mails * ASSUMED.noticeSeconds) / ASSUMED.lambdaBatch,
    ],
    [LIMITS.lambdaMapping, ASSUMED.paymentSeconds / ASSUMED.lambdaBatch],
    [LIMITS.queueInFlight, ASSUMED.paymentSeconds],
    [LIMITS.logPuts, MEASURED.logRequests],
  ];
  return uses
    .map(([limit, perOrder]) => ({ limit, perOrder, orders: limit.value / perOrder }))
    .toSorted((one, other) => one.orders - other.orders);
};
