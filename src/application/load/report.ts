import type { LogLine } from '../ports/logSearch.ts';
import { costOfUsage, type PricedUsage } from '../prices.ts';
import type { FollowedOrder } from './followOrders.ts';

/** Times in milliseconds. */
export type Latencies = {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

export type LoadFigures = {
  readonly sent: number;
  /** Orders a second, from the first that was sent to the queue to the last. */
  readonly sentPerSecond: number;
  readonly paid: number;
  /** Every order that was not paid, by its cause, the most frequent first. */
  readonly failures: readonly { readonly cause: string; readonly orders: number }[];
  /** Orders that ended in a second, from the first that was sent to the last that ended. */
  readonly endedPerSecond: number;
  /** The time from when its message was sent to the queue; absent where no order has ended. */
  readonly latencyMs?: Latencies;
};

export const figuresOf = (orders: readonly Readonly<FollowedOrder>[]): LoadFigures => {
  const ends = orders.flatMap(({ sentAt, end }) => (end === undefined ? [] : [{ sentAt, ...end }]));
  const firstAt = orders[0]?.sentAt ?? 0;
  const sentMs = (orders.at(-1)?.sentAt ?? firstAt) - firstAt;
  const endedMs = Math.max(0, ...ends.map(({ at }) => at - firstAt));
  const causes = new Map<string, number>();
  for (const order of orders) {
    const cause = causeOf(order);
    if (cause !== undefined) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  const latencies = ends
    .map(({ sentAt, at }) => Math.max(0, at - sentAt))
    .toSorted((a, b) => a - b);
  return {
    sent: orders.length,
    sentPerSecond: perSecond(orders.length - 1, sentMs),
    paid: ends.filter(({ status }) => status === 'paid').length,
    failures: [...causes]
      .map(([cause, count]) => ({ cause, orders: count }))
      .toSorted((a, b) => b.orders - a.orders),
    endedPerSecond: perSecond(ends.length, endedMs),
    ...(latencies.length > 0 && {
      latencyMs: {
        p50: quantile(latencies, 0.5),
        p90: quantile(latencies, 0.9),
        p99: quantile(latencies, 0.99),
        max: quantile(latencies, 1),
      },
    }),
  };
};

const causeOf = ({ refused, end }: Readonly<FollowedOrder>): string | undefined => {
  if (refused !== undefined) return `not taken by the queue: ${refused}`;
  if (end === undefined) return 'not ended in time';
  if (end.status === 'paid') return undefined;
  return end.cause === end.status ? end.status : `${end.status}: ${end.cause}`;
};

const perSecond = (count: number, ms: number): number =>
  ms <= 0 ? 0 : Math.round((count / ms) * 1_000_000) / 1_000;

/**
 * The quantile of a sorted list: the smallest value that is not below this share of them (nearest
 * rank).
 */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;

export type MeteredCost = {
  readonly usage: PricedUsage;
  readonly microUsd: number;
  /** The number of workers' services whose records were found. */
  readonly services: number;
};

export const USAGE_EVENT = 'worker.usage';

/**
 * The counts of the workers' meters during a load. Each service records once a minute what it has
 * used since the record before, so that up to a minute before and after the load is included.
 * Absent where no service has recorded anything since the end: then a part of the load is in no
 * record.
 */
export const meteredCost = (
  records: readonly LogLine[],
  { startedAt, endedAt }: { readonly startedAt: number; readonly endedAt: number },
): MeteredCost | undefined => {
  const streams = Map.groupBy(
    records.filter(({ event, at }) => event === USAGE_EVENT && at > startedAt),
    ({ logStream }) => logStream,
  );
  const counted = [...streams.values()].map((lines) => {
    const sorted = lines.toSorted((a, b) => a.at - b.at);
    const last = sorted.findIndex(({ at }) => at >= endedAt);
    return { lines: sorted.slice(0, last === -1 ? undefined : last + 1), isWhole: last !== -1 };
  });
  if (!counted.some(({ isWhole }) => isWhole)) return undefined;
  const sumOf = (name: keyof PricedUsage): number =>
    counted
      .flatMap(({ lines }) => lines)
      .reduce((sum, { facts = {} }) => sum + Number(facts[name] ?? 0), 0);
  const usage: PricedUsage = {
    queueRequests: sumOf('queueRequests'),
    topicRequests: sumOf('topicRequests'),
    writeUnits: sumOf('writeUnits'),
    readUnits: sumOf('readUnits'),
    logBytes: sumOf('logBytes'),
    mails: sumOf('mails'),
  };
  return { usage, microUsd: costOfUsage(usage), services: counted.length };
};
