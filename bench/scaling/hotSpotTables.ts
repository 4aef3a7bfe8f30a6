import { grouped, table } from '../statistics.ts';
import { growthAt, STREAM_UNITS } from './growth.ts';
import { LIMITS } from './limits.ts';
import { RACES } from './measured.ts';
import { simulateBurst, type Policy } from './simulateBurst.ts';
import { simulatePartitions } from './simulatePartitions.ts';
import { simulateSeries, type SeriesLoad } from './simulateSeries.ts';

const percent = (share: number): string => `${grouped(share * 100)} %`;

const measuredSeries = (): string =>
  table(
    [
      'Server',
      'processes',
      'numbers/s',
      'commits/s',
      'conflicts',
      'least share',
      'p50 ms',
      'p99 ms',
    ],
    RACES.map(([server, processes, numbers, commits, conflicts, least, p50Ms, p99Ms]) => [
      server,
      processes,
      grouped(numbers),
      grouped(commits),
      percent(conflicts),
      percent(least),
      p50Ms,
      p99Ms,
    ]),
  );

const SERIES_LOADS: readonly SeriesLoad[] = [
  { ratePerSecond: 10, processes: 1, slots: 50 },
  { ratePerSecond: 10, processes: 2, slots: 50 },
  { ratePerSecond: 100, processes: 1, slots: 50 },
  { ratePerSecond: 100, processes: 2, slots: 50 },
  { ratePerSecond: 100, processes: 4, slots: 50 },
  { ratePerSecond: 1_000, processes: 1, slots: 50 },
  { ratePerSecond: 1_000, processes: 5, slots: 50 },
  { ratePerSecond: 3_000, processes: 1, slots: 250 },
  { ratePerSecond: 3_000, processes: 15, slots: 50 },
  { ratePerSecond: 10_000, processes: 1, slots: 500 },
  { ratePerSecond: 10_000, processes: 4, slots: 500 },
  { ratePerSecond: 40_000, processes: 1, slots: 1_000 },
];

const simulatedSeries = async (): Promise<string> => {
  const rows: (readonly (string | number)[])[] = [];
  for (const load of SERIES_LOADS) {
    const raced = await simulateSeries(load);
    rows.push([
      grouped(load.ratePerSecond),
      load.processes,
      grouped(load.slots),
      grouped(raced.numbersPerSecond),
      grouped(raced.commitsPerSecond),
      grouped(raced.numbersPerCommit, 1),
      grouped(raced.unitsPerSecond),
      percent(raced.conflictShare),
      percent(raced.sentBackShare),
      percent(raced.leastShare),
      grouped(raced.p50Ms),
      grouped(raced.p99Ms),
    ]);
  }
  return table(
    [
      'Asked/s',
      'processes',
      'slots',
      'numbers/s',
      'commits/s',
      'a commit',
      'units/s',
      'conflicts',
      'sent back',
      'least share',
      'p50 ms',
      'p99 ms',
    ],
    rows,
  );
};

const HEAT_RATES = [100, 1_000, 10_000] as const;

const partitions = (): string =>
  table(
    [
      'Orders/s',
      'partitions',
      'hottest by ULID',
      'hottest by UUID',
      'if keys were in order',
      'one series',
    ],
    HEAT_RATES.map((ordersPerSecond) => {
      const { seriesUnits } = growthAt(ordersPerSecond);
      const heat = simulatePartitions({
        ordersPerSecond,
        unitsOfStreams: STREAM_UNITS,
        partitionUnits: LIMITS.partitionWrites.value,
      });
      return [
        grouped(ordersPerSecond),
        grouped(heat.partitions),
        grouped(heat.hottestByUlid),
        grouped(heat.hottestByUuid),
        grouped(heat.hottestInOrder),
        grouped(ordersPerSecond * seriesUnits),
      ];
    }),
  );

const POLICIES: readonly Policy[] = ['no groups', 'fair queue', 'fair queue and group share'];
const BURST = { burst: 10_000, othersPerSecond: 100, handlerMs: 200, workers: 2 } as const;

const burst = (): string =>
  table(
    ['Message groups', 'others wait, p50 ms', 'others wait, p99 ms', 'the burst is done after, s'],
    POLICIES.map((policy) => {
      const waits = simulateBurst(policy, BURST);
      return [
        policy,
        grouped(waits.othersP50Ms),
        grouped(waits.othersP99Ms),
        grouped(waits.burstLastMs / 1_000, 1),
      ];
    }),
  );

/** By the name in the comment before each; the races of allocators take seconds. */
export const hotSpotTables = async ({ races = true } = {}): Promise<
  readonly (readonly [name: string, rows: string])[]
> => [
  ['series-measured', measuredSeries()],
  ...(races ? ([['series', await simulatedSeries()]] as const) : []),
  ['partitions', partitions()],
  ['burst', burst()],
];
