import type { ResultAsync } from 'neverthrow';
import { loadLastAudit } from '../../../application/registry/auditRecords.ts';
import {
  countDeadLetters,
  type DeadLettersSeen,
} from '../../../application/status/deadLetterCauses.ts';
import {
  readStanding,
  standingOfAudit,
  type OrdersStanding,
} from '../../../application/status/standing.ts';
import type { createTotalsSince, TotalsSince } from '../../../application/status/totals.ts';
import { findWorkers, type WorkersSeen } from '../../../application/status/workers.ts';
import { QUEUES, type QueueCounts, type QueueName } from '../../../application/ports/queueCount.ts';
import type { AuditConclusion } from '../../../domain/registry/events.ts';
import type { Services } from '../../tokens.ts';
import { failureOf, type CliFailure } from '../common/failure.ts';

/** The facts that could be found out. A part that could not is missing, and `notKnown` says why. */
export type Status = {
  readonly at: number;
  readonly queues?: readonly (QueueCounts & { readonly queue: QueueName })[];
  readonly workers?: WorkersSeen;
  readonly deadLetters?: DeadLettersSeen & { readonly at: number };
  readonly orders?: OrdersStanding;
  readonly totals?: TotalsSince;
  readonly lastAudit?: AuditConclusion;
  readonly notKnown: readonly { readonly part: string; readonly why: string }[];
};

export type StatusSources = {
  readonly clock: Services['clock'];
  readonly store: Services['store'];
  readonly countQueue: Services['countQueue'];
  readonly totals: ReturnType<typeof createTotalsSince>;
  readonly logSearch: Services['logSearch'] | undefined;
  readonly deadLetters:
    Readonly<Record<'payments' | 'notifications', Services['paymentsDlq']>> | undefined;
  readonly scan: Omit<Parameters<typeof readStanding>[1], 'signal'> | undefined;
  readonly signal: AbortSignal;
};

type Failing = Parameters<typeof failureOf>[0];

/** The number of dead letters of each queue that are looked at. */
const DEAD_LETTERS_MAX = 100;
/** Each look hides them for a moment and counts as a receive: a watch looks less often. */
const LOOK_AGAIN_MS = 300_000;
/** The log service reads every record of ten minutes for it, which may be many. */
const LOGS_MS = 20_000;

const inTime = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(LOGS_MS)]);

/** One status after another; what was read before is not read again. */
export const createCollectStatus = (sources: StatusSources): (() => Promise<Status>) => {
  const { clock, store, countQueue, totals, logSearch, deadLetters, scan, signal } = sources;
  let looked: { readonly key: string; readonly seen: Status['deadLetters'] } | undefined;

  const lookAtDeadLetters = async (
    queues: Status['queues'],
    notKnown: Parts,
  ): Promise<Status['deadLetters']> => {
    if (deadLetters === undefined) return undefined;
    const now = clock.now();
    const key = JSON.stringify(queues?.filter(({ queue }) => queue.endsWith('-dlq')));
    const isFresh = looked?.seen !== undefined && now - looked.seen.at < LOOK_AGAIN_MS;
    if (isFresh && looked?.key === key) return looked.seen;
    const seen = await notKnown.try(
      'dead letters',
      countDeadLetters(deadLetters, { clock, deadLettersMax: DEAD_LETTERS_MAX, signal }),
    );
    looked = { key, seen: seen && { ...seen, at: now } };
    return looked.seen;
  };

  return async () => {
    const at = clock.now();
    const parts = createParts();
    const [queues, workers, sums, lastAudit] = await Promise.all([
      countAll(countQueue, parts),
      logSearch &&
        parts.try('workers', findWorkers(logSearch, { now: at, signal: inTime(signal) })),
      parts.try('totals', totals()),
      parts.try('last audit', loadLastAudit(store)),
    ]);
    const seen = await lookAtDeadLetters(queues, parts);
    const orders =
      scan === undefined
        ? lastAudit && standingOfAudit(lastAudit)
        : await parts.try('orders', readStanding({ store, clock }, { ...scan, signal }));
    return {
      at,
      ...(queues && { queues }),
      ...(workers && { workers }),
      ...(seen && { deadLetters: seen }),
      ...(orders && { orders }),
      ...(sums && { totals: sums }),
      ...(lastAudit && { lastAudit }),
      notKnown: parts.notKnown(),
    };
  };
};

type Parts = ReturnType<typeof createParts>;

const createParts = () => {
  const notKnown: { readonly part: string; readonly why: string }[] = [];
  return {
    /** A part that fails keeps no other from being shown. */
    try: async <T>(part: string, asked: ResultAsync<T, Failing>): Promise<T | undefined> =>
      asked.match(
        (value) => value,
        (error) => {
          const { message }: CliFailure = failureOf(error);
          notKnown.push({ part, why: message });
          return undefined;
        },
      ),
    notKnown: () => [...notKnown],
  };
};

const countAll = async (
  countQueue: Services['countQueue'],
  parts: Parts,
): Promise<Status['queues']> => {
  const counted = await Promise.all(
    QUEUES.map(async (queue) => {
      const counts = await parts.try(`queue ${queue}`, countQueue(queue));
      return counts === undefined ? [] : [{ queue, ...counts }];
    }),
  );
  return counted.flat();
};
