import type { OrdersStanding, WaitingCount } from '../../../application/status/standing.ts';
import {
  SILENT_AFTER_MS,
  type WorkerReport,
  type WorkersSeen,
} from '../../../application/status/workers.ts';
import { formatAmount } from '../../../domain/money/index.ts';
import { tableOf } from '../common/table.ts';
import { rounded } from '../../../application/prices.ts';
import { ageText, dollarsOf, timeOf } from '../common/text.ts';
import type { Status } from './collect.ts';

export type CostedStatus = Status & {
  readonly cost: {
    readonly readUnits: number;
    readonly queueRequests: number;
    readonly microUsd: number;
  };
};

/** The status for people. `~` stands before an estimate. */
export const statusText = (status: CostedStatus, columns: number): string =>
  [
    [`status at ${timeOf(status.at)}`],
    queuesText(status, columns),
    ordersText(status),
    deadLettersText(status, columns),
    workersText(status),
    totalsText(status, columns),
    auditText(status),
    [costText(status)],
    status.notKnown.map(({ part, why }) => `not known: ${part}, since ${why}`),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const costText = ({ cost: { readUnits, queueRequests, microUsd } }: CostedStatus): string =>
  `This look cost ${rounded(readUnits)} read units and ${queueRequests} requests of SQS: ` +
  `${dollarsOf(microUsd)} USD.`;

const about = (ms: number): string => (ms < MINUTE_MS ? '< 1 min' : `~${ageText(ms)}`);

const MINUTE_MS = 60_000;

const queuesText = (status: Status, columns: number): readonly string[] => {
  const { queues = [] } = status;
  if (queues.length === 0) return [];
  return [
    tableOf(
      ['queue', 'visible', 'in flight', 'delayed', 'oldest'],
      queues.map(({ queue, visible, inFlight, delayed }) => [
        queue,
        ...[visible, inFlight, delayed].map((count) => `~${count}`),
        oldestText(queue, status),
      ]),
      { right: [1, 2, 3], columns },
    ),
    '~ is an estimate: SQS counts up to a minute late, and keeps no ages. Those of',
    'dead letters are of what was looked at, the others of what workers held.',
  ];
};

const oldestText = (queue: string, { at, deadLetters, workers }: Status): string => {
  const [of = '', dead] = queue.split('-');
  if (dead !== undefined) {
    if (deadLetters === undefined) return 'not looked at';
    const since = deadLetters.causes.find((cause) => cause.queue === of)?.since;
    return since === undefined ? '' : about(at - since);
  }
  if (workers === undefined) return 'not looked up';
  const ages = workers.workers
    .filter((worker) => worker.service === of && !isSilent(worker, at))
    .flatMap(({ lastMinute }) => lastMinute?.oldestMessageMs ?? []);
  if (ages.length === 0) return 'no worker says';
  return about(Math.max(...ages));
};

const waitingText = (what: string, { count, since }: WaitingCount, at: number): string =>
  since === undefined
    ? `${what} ${count}`
    : `${what} ${count}, the oldest for ${ageText(at - since)}`;

/** Says nothing if there is none, or nobody has counted. */
const countedText = (
  what: string,
  seen: WaitingCount | undefined,
  at: number,
): readonly string[] =>
  seen === undefined || seen.count === 0 ? [] : [`  ${waitingText(what, seen, at)}`];

const ordersText = ({ at, orders }: Status): readonly string[] => {
  if (orders === undefined) {
    return ['Open orders are not known: no audit was recorded yet. --scan reads the log.'];
  }
  return [
    asOfText(orders, at),
    `  ${waitingText('open', orders.open, at)}`,
    `  ${waitingText('without an outcome', orders.unknown, at)}`,
    `  ${waitingText('in review', orders.inReview, at)}`,
    ...orders.reviews.map((review) => `    ${waitingText(review.reason, review, at)}`),
    ...countedText('disputes open', orders.disputes, at),
    ...countedText('disputes past the time for evidence', orders.disputesOverdue, at),
  ];
};

const asOfText = ({ source, at: asOf, isWhole, commits }: OrdersStanding, at: number): string => {
  if (source === 'audit') {
    return `orders, as the last audit counted them ${ageText(at - asOf)} ago (--scan counts now)`;
  }
  return isWhole
    ? `orders, in all ${commits} commits of the log`
    : `orders, in the ${commits} commits that were read: there may be more`;
};

const deadLettersText = ({ at, deadLetters }: Status, columns: number): readonly string[] => {
  if (deadLetters === undefined) return [];
  const { causes, looked, isCut } = deadLetters;
  if (looked === 0) return ['dead letters: none that could be looked at'];
  return [
    tableOf(
      ['dead letters', 'queue', 'count', 'oldest'],
      causes.map(({ cause, queue, count, since }) => [
        cause,
        queue,
        String(count),
        ageText(at - since),
      ]),
      { right: [2], columns },
    ),
    ...(isCut ? ['There may be more than were looked at: `paidonce dlq list --max`.'] : []),
  ];
};

const isSilent = ({ at: heardAt }: WorkerReport, at: number): boolean =>
  at - heardAt > SILENT_AFTER_MS;

const workersText = ({ at, workers }: Status): readonly string[] => {
  if (workers === undefined) return [];
  const silent = workers.workers.filter((worker) => isSilent(worker, at));
  return [
    ...countText(workers, silent.length),
    ...silent.map((worker) => `  silent for ${ageText(at - worker.at)}: ${worker.worker}`),
    ...workers.workers.flatMap(({ worker, circuits, at: saidAt }) =>
      Object.entries(circuits).flatMap(([dependency, state]) => [
        `  circuit ${dependency} ${state}, as said ${ageText(at - saidAt)} ago by`,
        `    ${worker}`,
      ]),
    ),
  ];
};

const countText = ({ workers, isCut }: WorkersSeen, silent: number): readonly string[] => {
  const services = Object.entries(Object.groupBy(workers, ({ service }) => service)).map(
    ([service, group = []]) => `${group.length} of ${service}`,
  );
  if (services.length === 0) return ['workers heard of in 10 min: none, nor of their circuits'];
  const open = workers.flatMap(({ circuits }) => Object.keys(circuits)).length;
  return [
    `workers heard of in 10 min: ${services.join(', ')}`,
    [
      ...(silent === 0 ? [] : [`${silent} silent`]),
      open === 0
        ? 'all circuits closed'
        : `${open} ${open === 1 ? 'circuit' : 'circuits'} not closed`,
      ...(isCut ? ['there may be more workers'] : []),
    ]
      .map((text) => `  ${text}`)
      .join('\n'),
  ];
};

const totalsText = ({ totals }: Status, columns: number): readonly string[] => {
  if (totals === undefined) return [];
  const { since, currencies, withoutRow, isCut } = totals;
  const from = `since ${timeOf(since)} (UTC)`;
  return [
    ...(currencies.length === 0
      ? [`totals ${from}: no document was numbered`]
      : [
          `totals ${from}`,
          tableOf(
            ['currency', 'invoices', 'charged', 'credit notes', 'refunded'],
            currencies.map((sum) => [
              sum.currency,
              String(sum.invoices),
              formatAmount(sum.chargedMinor, sum.currency),
              String(sum.creditNotes),
              formatAmount(sum.refundedMinor, sum.currency),
            ]),
            { right: [1, 2, 3, 4], columns },
          ),
        ]),
    ...(withoutRow === 0 ? [] : [`${withoutRow} numbers have no document in the read model yet.`]),
    ...(isCut ? ['There are more documents than were read: take a later --since.'] : []),
  ];
};

const auditText = ({ at, lastAudit }: Status): readonly string[] => {
  if (lastAudit === undefined) return ['last audit: none is recorded'];
  const { startedAt, findings, commits, unchecked } = lastAudit;
  return [
    `last audit: ${ageText(at - startedAt)} ago, ${commits} commits, ` +
      (findings === 0 ? 'nothing found' : `${findings} findings`),
    ...(unchecked.length === 0 ? [] : [`  not checked by it: ${unchecked.join(', ')}`]),
  ];
};
