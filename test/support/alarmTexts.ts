import type { AlarmRow, Watched } from '../../infra/alarmTable.ts';
import type { BurnRate, Objective } from '../../infra/objectives.ts';
import { burningShare } from '../../infra/objectives.ts';

/** The cells of a row of the table of alarms in docs/operations.md. */
export const alarmCells = (row: AlarmRow): readonly string[] => [
  `\`${row.name}\``,
  `${row.statistic} of ${watchedText(row.watched)}`,
  ringsText(row),
  row.because,
];

const QUEUES: Readonly<Record<string, string>> = {
  PAYMENTS_QUEUE_URL: 'the queue of payments',
  PAYMENTS_DLQ_URL: 'the dead letters of payments',
  NOTIFICATIONS_QUEUE_URL: 'the queue of notices',
  NOTIFICATIONS_DLQ_URL: 'the dead letters of notices',
  EVENTS_TABLE: 'the table of events',
  KEYS_TABLE: 'the table of keys',
  INVOICES_TABLE: 'the table of invoices',
};

const watchedText = (watched: Watched): string => {
  switch (watched.of) {
    case 'queue':
    case 'table':
      return `\`${watched.metric}\` of ${QUEUES[watched.setting] ?? watched.setting}`;
    case 'topic':
      return `\`${watched.metric}\` of the order events’ topic`;
    case 'function':
      return `\`${watched.metric}\` of the function \`${watched.name}\``;
    case 'service':
      return `\`${watched.metric}\` of \`${watched.service}\``;
    case 'records': {
      const event = watched.event === undefined ? '' : ` \`${watched.event}\``;
      const level = watched.level === undefined ? '' : ` of level \`${watched.level}\``;
      return `records${event}${level}`;
    }
  }
};

const ringsText = (row: AlarmRow): string => {
  const { rings, threshold, unit, periodSeconds, periods, ringsWithoutData, only } = row;
  const amount = unit === 's' ? timeText(threshold) : String(threshold);
  const compared = rings === '>' ? `above ${amount}` : `below ${amount}`;
  const times = periods === 1 ? '' : `, ${periods} times in succession`;
  const data = ringsWithoutData ? ', or no data' : '';
  const flavour = only === undefined ? '' : `; ${only === 'ecs' ? 'workers' : 'functions'} alone`;
  return `${compared} in ${timeText(periodSeconds)}${times}${data}${flavour}`;
};

const timeText = (seconds: number): string => {
  const units = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds % each === 0 && seconds > 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
};

const names = (metrics: readonly string[]): string =>
  metrics.map((name) => `\`${name}\``).join(' + ');

/** The cells of a row of the table of objectives. */
export const objectiveCells = (
  objective: Objective,
  rates: readonly BurnRate[],
): readonly string[] => [
  `\`${objective.name}\``,
  objective.promise,
  `${objective.percentGood} %`,
  `${names(objective.bad)} of ${names(objective.all)} (\`${objective.service}\`)`,
  rates.map((rate) => `${rate.name}: above ${percent(burningShare(objective, rate))}`).join('; '),
];

const percent = (share: number): string => `${Number((share * 100).toFixed(4))} %`;

export const burnRateCells = (rate: BurnRate): readonly string[] => [
  rate.name,
  `${timeText(rate.longSeconds)} and ${timeText(rate.shortSeconds)}`,
  `${rate.factor} times`,
  `${rate.usedPercent} %`,
];
