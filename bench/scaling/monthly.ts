import { ALARMS } from '../../infra/alarmTable.ts';
import { BURN_RATES, OBJECTIVES } from '../../infra/objectives.ts';
import { QUEUE_BATCH_MAX } from '../../src/application/ports/messageQueue.ts';
import { FUNCTION_LIMITS, MAPPING_CONCURRENCY } from '../../src/bootstrap/lambda/limits.ts';
import { grouped, table } from '../statistics.ts';
import { growthAt, MONTH_SECONDS } from './growth.ts';
import { OPERATING_PRICES as OPERATING, PRICES } from './limits.ts';
import { ASSUMED, MEASURED } from './measured.ts';

/** What a deployment of `infra/` is billed in a month, by the number of orders in it. */
const ORDERS = [10_000, 1_000_000, 100_000_000] as const;

/** By service; a test counts those that a run emits. */
export const SERVICE_METRICS = 53;
const METRICS = SERVICE_METRICS + ALARMS.filter(({ watched }) => watched.of === 'records').length;
/** Stripe's two keys, its webhook secrets, and the secret of the seals. */
const SECRETS = 4;
/** Of personal data; further ones with `-c customerKeys=true`. */
const KEYS = 1;
/** `order.placed.v1` and `order.paid.v1`, each sent by itself. */
const PUBLISHED = 2;
/** Of production, at least: payments and notifications. */
export const TASKS_MIN = 2;
export const TASKS_MAX = 20;
export const TASK = { cores: 0.5, gigabytes: 1 };
/** Lambda begins with so many pollers of a queue; each asks for 20 seconds. */
const POLLERS = { count: 5, seconds: 20 };
/** A round every five minutes, of so many seconds. */
export const ROUND = { everySeconds: 300, seconds: 5 };
const LOG_RETENTION_MONTHS = 1;
const YEAR_MONTHS = 12;

type Bill = readonly (readonly [item: string, usd: number])[];

const watchedBy = (flavour: 'lambda' | 'ecs'): number =>
  ALARMS.filter(({ only = flavour }) => only === flavour).length;

/** An alarm of an expression is billed by its metrics. */
const alarms = (flavour: 'lambda' | 'ecs'): number => {
  const windows = BURN_RATES.length * 2;
  const metrics = OBJECTIVES.map(({ bad, all }) => new Set([...bad, ...all]).size * windows);
  const composite = OBJECTIVES.length * BURN_RATES.length;
  return (
    (watchedBy(flavour) + metrics.reduce((sum, each) => sum + each, 0)) * OPERATING.alarm.usd +
    composite * OPERATING.composite.usd
  );
};

/** As if each message had an invocation of its own: the most that it can be. */
const functions = (orders: number): number => {
  const seconds = ASSUMED.paymentSeconds + MEASURED.mails * ASSUMED.noticeSeconds;
  const rounds = MONTH_SECONDS / ROUND.everySeconds;
  const gigabyteSeconds =
    (orders * seconds * FUNCTION_LIMITS.payments.memoryMb +
      rounds * ROUND.seconds * FUNCTION_LIMITS.reconciler.memoryMb) /
    1_024;
  const invocations = orders * (1 + MEASURED.mails) + rounds;
  return gigabyteSeconds * OPERATING.gigabyteSecond.usd + invocations * OPERATING.invocation.usd;
};

/** Two of each service, the reconciler, and as many more as the processor time asks for. */
const tasks = (orders: number): number => {
  const { workers } = growthAt(orders / MONTH_SECONDS);
  const needed = (cores: number): number => Math.max(TASKS_MIN, Math.ceil(cores / TASK.cores));
  const running = needed(workers.payments) + needed(workers.notifications) + 1;
  return (
    running *
    MONTH_SECONDS *
    (TASK.cores * OPERATING.coreSecond.usd +
      TASK.gigabytes * OPERATING.memorySecond.usd +
      OPERATING.addressSecond.usd)
  );
};

/** Receives that find nothing, of both queues. */
const idleReceives = ((2 * POLLERS.count * MONTH_SECONDS) / POLLERS.seconds) * PRICES.queue.usd;

const billOf = (orders: number): Bill => {
  const { cost } = growthAt(orders / MONTH_SECONDS);
  const logged = orders * MEASURED.logBytes * LOG_RETENTION_MONTHS;
  const yearsBytes = (cost.stored / PRICES.stored.usd) * YEAR_MONTHS;
  const watching = (['lambda', 'ecs'] as const).map(alarms);
  return [
    ['DynamoDB: writes and reads', cost.writes + cost.reads],
    ['SQS, with receives of nothing', cost.queue + idleReceives],
    ['SNS: order events', orders * PUBLISHED * OPERATING.publish.usd],
    ['CloudWatch: records, kept for 30 days', cost.log + logged * OPERATING.logStored.usd],
    ['CloudWatch: metrics, dashboard', METRICS * OPERATING.metric.usd + OPERATING.dashboard.usd],
    ['CloudWatch: alarms, the more of both flavours', Math.max(...watching)],
    ['KMS and Secrets Manager', KEYS * OPERATING.key.usd + SECRETS * OPERATING.secret.usd],
    ['on Lambda, at most', functions(orders)],
    ['or on Fargate', tasks(orders)],
    ['tables after a year of such months', yearsBytes * PRICES.stored.usd],
    ['their point-in-time recovery', yearsBytes * OPERATING.recovery.usd],
    ['mails besides', cost.mail],
  ];
};

/** Of the items of a bill, those that both flavours have each month. */
const COMMON = 7;

const usd = (value: number): string =>
  `$${value < 100 ? grouped(value, 2) : grouped(Number(value.toPrecision(3)))}`;

const withSum = (bill: Bill): Bill => {
  const common = bill.slice(0, COMMON);
  const sum = common.reduce((total, [, each]) => total + each, 0);
  return [...common, ['**before what runs it**', sum], ...bill.slice(COMMON)];
};

const prices = (): string =>
  Object.values(OPERATING)
    .map(({ name, text, url }) => `- ${name}: ${text} ([source](${url}), not verified).`)
    .join('\n');

const cost = (): string => {
  const bills = ORDERS.map((orders) => withSum(billOf(orders)));
  const items = bills[0]?.map(([item]) => item) ?? [];
  return table(
    ['USD a month at orders a month', ...ORDERS.map((orders) => grouped(orders))],
    items.map((item, at) => [item, ...bills.map((bill) => usd(bill[at]?.[1] ?? Number.NaN))]),
  );
};

/** What stops a deployment of `infra/` before a quota of its account does. */
const limits = (): string => {
  const messages = MAPPING_CONCURRENCY * QUEUE_BATCH_MAX;
  const cores = TASKS_MAX * TASK.cores * ASSUMED.busyShare * 1e6;
  const mapping = 'Lambda: `MaximumConcurrency` of the mapping of';
  const fargate = 'Fargate: tasks of';
  const raise = '`MAPPING_CONCURRENCY` in `src/bootstrap/lambda/limits.ts`';
  const more = '`TASKS` in `infra/tasks.ts`';
  const notices = MEASURED.mails * ASSUMED.noticeSeconds;
  const rows: readonly (readonly [string, number, number, string])[] = [
    [`${mapping} payments`, MAPPING_CONCURRENCY, messages / ASSUMED.paymentSeconds, raise],
    [`${mapping} notices`, MAPPING_CONCURRENCY, messages / notices, raise],
    [`${fargate} notices`, TASKS_MAX, cores / MEASURED.cpuMicros.notifications, more],
    [`${fargate} payments`, TASKS_MAX, cores / MEASURED.cpuMicros.payments, more],
  ];
  return table(
    ['Limit of the templates', 'value', 'orders a second at most', 'raised by'],
    rows.map(([name, value, orders, by]) => [
      name,
      value,
      grouped(Number(orders.toPrecision(2))),
      by,
    ]),
  );
};

/** By the name in the comment before each, for docs/operations.md. */
export const monthlyTables = (): readonly (readonly [name: string, rows: string])[] => [
  ['monthly', cost()],
  ['monthly-prices', prices()],
  ['template-limits', limits()],
];
