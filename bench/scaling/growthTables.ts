import { grouped, table } from '../statistics.ts';
import { ceilings, growthAt, NOTICE_BYTES, RATES, type Growth } from './growth.ts';
import { LIMITS, PRICES } from './limits.ts';
import { ASSUMED, ITEM_BYTES, MEASURED } from './measured.ts';

/** Three digits tell enough of a figure that depends on assumptions. */
const about = (value: number): string =>
  value < 10 && !Number.isInteger(value)
    ? grouped(value, value < 1 ? 3 : 1)
    : grouped(Number(value.toPrecision(3)));
const usd = (value: number): string => `$${value < 10 ? grouped(value, 2) : about(value)}`;

const inputs = (): string => {
  const { eventUnits } = growthAt(1);
  return table(
    ['Of one order', 'amount', 'from'],
    [
      ['write units of the log, at one order a second', grouped(eventUnits, 2), 'sizes of items'],
      ['the same at 10,000 a second', grouped(growthAt(10_000).eventUnits, 2), 'sizes of items'],
      ['bytes of the intent', grouped(ITEM_BYTES.intent), 'stand-ins'],
      ['bytes of capture and invoice', grouped(ITEM_BYTES.outcome), 'stand-ins'],
      ['bytes of the row', grouped(ITEM_BYTES.row), 'stand-ins'],
      ['bytes of the key of a new customer', grouped(ITEM_BYTES.key), 'stand-ins'],
      ['bytes of the four commits of two notices', grouped(NOTICE_BYTES), 'stand-ins'],
      [
        'bytes of an entry in a full commit of a series',
        grouped(ITEM_BYTES.seriesEntry.packed),
        'memory',
      ],
      ['read units', grouped(MEASURED.readUnits), '`npm run bench`'],
      ['bytes of log records', grouped(MEASURED.logBytes), '`npm run bench`'],
      [
        'requests of SQS, both services and the shop',
        grouped(MEASURED.queueRequests, 2),
        '`npm run bench`',
      ],
      ['requests of the gateway', grouped(MEASURED.gatewayRequests, 2), '`npm run bench`'],
      ['PutLogEvents, both services', grouped(MEASURED.logRequests, 3), '`npm run bench`'],
      ['processor time of payments, µs', grouped(MEASURED.cpuMicros.payments), '`npm run bench`'],
      ['of notifications, µs', grouped(MEASURED.cpuMicros.notifications), '`npm run bench`'],
      [
        'seconds from receive to delete',
        grouped(ASSUMED.paymentSeconds, 1),
        'assumed: the gateway takes one',
      ],
      ['seconds of a notice', grouped(ASSUMED.noticeSeconds, 1), 'assumed'],
    ],
  );
};

const limits = (): string =>
  table(
    ['Default quota', 'value', 'of an order', 'orders a second at most'],
    ceilings().map(({ limit, perOrder, orders }) => [
      limit.name,
      `${grouped(limit.value)} ${limit.unit}`,
      about(perOrder),
      about(orders),
    ]),
  );

const lifts = (): string =>
  Object.values(LIMITS)
    .map((limit) => `- ${limit.name}: ${limit.lift} (${sourceOf(limit)}).`)
    .join('\n');

const sourceOf = ({ url, checked }: { readonly url: string; readonly checked: string }): string =>
  checked === 'read' ? `[source](${url})` : `[source](${url}), not verified`;

const GROWTH_ROWS: readonly (readonly [string, (growth: Growth) => string])[] = [
  ['orders a month', ({ monthly }) => about(monthly)],
  ['worker processes for payments', ({ workers }) => grouped(workers.payments)],
  ['worker processes for notices', ({ workers }) => grouped(workers.notifications)],
  ['`WORKER_CONCURRENCY` at least', ({ slots }) => grouped(slots)],
  ['payments in flight', ({ inFlight }) => about(inFlight)],
  [
    'or invocations of Lambda at once',
    ({ lambdas }) => grouped(lambdas.payments + lambdas.notifications),
  ],
  ['write units a second, log', ({ eventUnitsPerSecond }) => about(eventUnitsPerSecond)],
  ['write units a second, rows', ({ rowUnitsPerSecond }) => about(rowUnitsPerSecond)],
  ['write units a second, keys', ({ keyUnitsPerSecond }) => about(keyUnitsPerSecond)],
  ['partitions of the log at least', ({ partitions }) => grouped(partitions)],
  ['series that its partitions need', ({ series }) => grouped(series)],
  ['series if each process has its own', ({ workers }) => grouped(workers.payments)],
  ['requests of SQS a second', ({ queueRequests }) => about(queueRequests)],
  ['requests of the gateway a second', ({ gatewayRequests }) => about(gatewayRequests)],
  ['PutLogEvents a second', ({ logRequests }) => about(logRequests)],
  ['mails a second', ({ mails }) => about(mails)],
  ['GB of log records a day', ({ logBytesPerDay }) => about(logBytesPerDay / 1e9)],
  ['GB added to the tables a month', ({ bytesPerMonth }) => about(bytesPerMonth / 1e9)],
];

const byRate = (
  heading: string,
  rows: readonly (readonly [string, (growth: Growth) => string])[],
): string => {
  const growths = RATES.map(growthAt);
  return table(
    [heading, ...RATES.map((rate) => grouped(rate))],
    rows.map(([name, cell]) => [name, ...growths.map(cell)]),
  );
};

const cost = (): string =>
  byRate('USD a month at orders a second', [
    ['DynamoDB writes', (growth) => usd(growth.cost.writes)],
    ['DynamoDB reads', (growth) => usd(growth.cost.reads)],
    ['storage, more each month', (growth) => usd(growth.cost.stored)],
    ['SQS', (growth) => usd(growth.cost.queue)],
    ['CloudWatch Logs', (growth) => usd(growth.cost.log)],
    ['processors', (growth) => usd(growth.cost.cores)],
    ['all of these', (growth) => usd(growth.withoutMail)],
    ['for a million orders', (growth) => usd((growth.withoutMail / growth.monthly) * 1e6)],
    ['mails besides', (growth) => usd(growth.cost.mail)],
  ]);

const prices = (): string =>
  Object.values(PRICES)
    .map((price) => `- ${price.name}: ${price.text} (${sourceOf(price)}).`)
    .join('\n');

/** By the name in the comment before each. */
export const growthTables = (): readonly (readonly [name: string, rows: string])[] => [
  ['inputs', inputs()],
  ['limits', limits()],
  ['lifts', lifts()],
  ['growth', byRate('At orders a second', GROWTH_ROWS)],
  ['cost', cost()],
  ['prices', prices()],
];
