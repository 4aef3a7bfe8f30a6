import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { costOfUsage, PRICES_AS_OF } from '../src/application/prices.ts';
import { usageOf } from './standIns/bill.ts';
import { billOf, growthOf, loneTimes, sample, type Sample } from './comparison.ts';
import { noticeSamples, type NoticeSamples } from './notices.ts';
import { OPERATIONS, timesOf } from './operations.ts';
import { ORDER_SHAPE } from './order.ts';
import { PROGRAMS, type Program } from './packedPrograms.ts';
import { readingSection } from './reading.ts';
import {
  loadedBy,
  secondsOf,
  withOrder,
  workerTimes,
  type Loaded,
  type WorkerTimes,
} from './startUp.ts';
import { grouped, medianOf, quantile, spread, table } from './statistics.ts';

/** Measures what an order costs, beside other ways to do the same, and writes a report. */
const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('not a count');
  return value;
};

const PARTS = [
  'comparison',
  'cost',
  'latency',
  'growth',
  'notices',
  'operations',
  'start-up',
  'reading',
] as const;
type Part = (typeof PARTS)[number];

const part = (text: string, before: readonly Part[] = []): readonly Part[] => {
  const found = PARTS.find((each) => each === text);
  if (found === undefined) throw new InvalidArgumentError(`one of ${PARTS.join(', ')}`);
  return [...before, found];
};

const append = (option: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  option,
];

const command = new Command('bench')
  .description('Measures the payment service against stand-ins on this machine.')
  .option('--rounds <n>', 'rounds of the comparison, interleaved', count, 5)
  .option('--orders <n>', 'orders measured in each round', count, 4_000)
  .option('--warm-up <n>', 'orders before them, while V8 still compiles', count, 10_000)
  .option('--growth <n>', 'orders in a row for the growth', count, 100_000)
  .option('--only <part>', `only this part (repeatable): ${PARTS.join(', ')}`, part)
  .option('--node-option <option>', 'for the Node of what is compared (repeatable)', append)
  .option('--out <file>', 'the report', '.bench/report.md')
  .parse();
const options = command.opts<{
  readonly rounds: number;
  readonly orders: number;
  readonly warmUp: number;
  readonly growth: number;
  readonly only?: readonly Part[];
  readonly nodeOption?: readonly string[];
  readonly out: string;
}>();

const NAMES = { ours: 'Paidonce', floor: 'floor', usual: 'usual stack' } as const;
/** Of the parts whose processor time is not measured. */
const WARM_UP = 3_000;
/** So few that each comes back while its keys are held, on a slow machine too. */
const RETURNING = 100;
const LONE_ORDERS = 100;
const STARTS = 5;

const bar = new SingleBar({ format: '{bar} {value}/{total} {what}', stream: process.stderr });
const steps: { readonly what: string; readonly run: () => Promise<void> }[] = [];
const sections: string[] = [];

const comparison = async (): Promise<void> => {
  const samples = new Map<Program, Sample[]>(PROGRAMS.map((program) => [program, []]));
  const { orders, rounds, warmUp, nodeOption: nodeOptions = [] } = options;
  const asked = { warmUp, orders, lines: 2, nodeOptions };
  for (let round = 0; round < rounds; round += 1) {
    for (const program of PROGRAMS) {
      samples.get(program)?.push(await sample(program, asked));
      bar.increment(1 / (rounds * PROGRAMS.length));
    }
  }
  const of = (program: Program, field: 'cpuMicros' | 'ordersPerSecond' | 'rssBytes') =>
    (samples.get(program) ?? []).map((each) => each[field]);
  const floor = medianOf(of('floor', 'cpuMicros'));
  const rows = PROGRAMS.map((program) => {
    const cpu = of(program, 'cpuMicros');
    const requests = samples.get(program)?.[0]?.requests ?? {};
    const total = Object.values(requests).reduce((sum, each) => sum + each, 0);
    const rss = of(program, 'rssBytes').map((bytes) => bytes / 1e6);
    return [
      NAMES[program],
      spread(cpu),
      `${grouped(medianOf(cpu) / floor, 2)} ×`,
      grouped(total, 2),
      spread(of(program, 'ordersPerSecond')),
      spread(rss),
    ];
  });
  const operations = [
    ...new Set([...samples.values()].flatMap(([first]) => Object.keys(first?.requests ?? {}))),
  ].toSorted();
  sections.push(
    '## Beside the floor and the usual stack',
    `${rounds} interleaved rounds of ${grouped(orders)} orders after ${grouped(warmUp)} of warm-up, 50 in flight, ${ORDER_SHAPE}, two lines each. Processor time is that of the program's own process.`,
    table(['', 'CPU an order, µs', 'of the floor', 'requests', 'orders a second', 'RSS, MB'], rows),
    table(
      ['requests an order', ...PROGRAMS.map((program) => NAMES[program])],
      operations.map((name) => [
        name,
        ...PROGRAMS.map((program) => grouped(samples.get(program)?.[0]?.requests[name] ?? 0, 3)),
      ]),
    ),
  );
};

const cost = async (): Promise<void> => {
  const { orders } = options;
  const of = async (program: Program, notices = false, customers = RETURNING) => {
    const bill = await billOf(program, { warmUp: WARM_UP, orders, notices, customers });
    bar.increment(1 / 6);
    return bill;
  };
  const bills = [
    await of('ours', false, Infinity),
    await of('ours', true, Infinity),
    await of('ours'),
    await of('ours', true),
    await of('floor'),
    await of('usual'),
  ];
  const items = [...new Set(bills.flatMap((bill) => Object.keys(bill)))]
    .filter((item) => bills.some((bill) => (bill[item] ?? 0) > 0))
    .toSorted();
  const prices = bills.map((bill) => costOfUsage({ ...usageOf(bill), mails: 0 }));
  sections.push(
    '## Cost',
    `What AWS bills for an order of two lines, as the stand-ins count it in ${grouped(orders)} orders, 50 in flight. New customers order once, others again and again. Dollars are list prices of us-east-1 of ${PRICES_AS_OF} without free tiers, mails and the gateway's fee.`,
    table(
      [
        'for an order',
        'new: money path',
        'new: with notices',
        'others: money path',
        'others: with notices',
        NAMES.floor,
        NAMES.usual,
      ],
      [
        ...items.map((item) => [item, ...bills.map((bill) => grouped(bill[item] ?? 0, 2))]),
        ['**dollars a million orders**', ...prices.map((price) => `**${grouped(price, 2)}**`)],
      ],
    ),
  );
};

const latency = async (): Promise<void> => {
  const { orders } = options;
  const rows: (readonly string[])[] = [];
  for (const program of PROGRAMS) {
    const lone = await loneTimes(program, LONE_ORDERS);
    const { times } = await sample(program, { warmUp: WARM_UP, orders, lines: 2 });
    const cells = [lone, times].flatMap((sorted) =>
      [0.5, 0.99].map((share) => grouped(quantile(sorted, share))),
    );
    rows.push([NAMES[program], ...cells]);
    bar.increment(1 / PROGRAMS.length);
  }
  sections.push(
    '## Latency',
    `From the receive of a message to its delete, in milliseconds: ${LONE_ORDERS} orders one after the other, and 50 in flight. AWS answers after 3 ms, the gateway after 5.`,
    table(['', 'alone, p50', 'p99', 'under load, p50', 'p99'], rows),
  );
};

const growth = async (): Promise<void> => {
  const ends = [...powersOfTen(options.growth)];
  const samples = await growthOf('ours', ends);
  const rows = samples.map((taken, at) => {
    const requests = Object.values(taken.requests).reduce((sum, one) => sum + one, 0);
    return [
      `${grouped(ends[at - 1] ?? 0)} to ${grouped(ends[at] ?? 0)}`,
      grouped(taken.cpuMicros),
      grouped(requests, 2),
      grouped(taken.ordersPerSecond),
      grouped(taken.rssBytes / 1e6),
    ];
  });
  bar.increment(1);
  sections.push(
    '## Growth',
    `One process, from its start, with a backlog of ${grouped(options.growth)} orders. The memory is that at the end of each stretch.`,
    table(['orders', 'CPU an order, µs', 'requests', 'orders a second', 'RSS, MB'], rows),
  );
};

const notices = async (): Promise<void> => {
  const { orders, rounds, warmUp } = options;
  const programs = ['floor', 'ours'] as const;
  const samples = new Map<string, NoticeSamples[]>(programs.map((program) => [program, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const program of programs) {
      samples.get(program)?.push(await noticeSamples(program, { warmUp, orders }));
      bar.increment(1 / (rounds * programs.length));
    }
  }
  const of = (program: string, notice: keyof NoticeSamples) =>
    (samples.get(program) ?? []).map((each) => each[notice]);
  const rows = (['received', 'receipt'] as const).flatMap((notice) => {
    const floor = medianOf(of('floor', notice).map(({ cpuMicros }) => cpuMicros));
    return programs.map((program) => {
      const cpu = of(program, notice).map(({ cpuMicros }) => cpuMicros);
      const requests = Object.values(of(program, notice)[0]?.requests ?? {});
      return [
        `${notice}, ${NAMES[program]}`,
        spread(cpu),
        `${grouped(medianOf(cpu) / floor, 2)} ×`,
        grouped(
          requests.reduce((sum, each) => sum + each, 0),
          2,
        ),
        spread(of(program, notice).map(({ ordersPerSecond }) => ordersPerSecond)),
      ];
    });
  });
  sections.push(
    '## Notifications beside their floor',
    `${rounds} interleaved rounds of ${grouped(orders)} notices of each kind after ${grouped(warmUp)} of warm-up, 50 in flight, of orders that the same program's payments have stored, ${ORDER_SHAPE}, two lines each.`,
    table(['', 'CPU a notice, µs', 'of the floor', 'requests', 'notices a second'], rows),
  );
};

/** From a thousand on, and the last count itself. */
function* powersOfTen(last: number): Generator<number> {
  for (let orders = 1_000; orders < last; orders *= 10) yield orders;
  yield last;
}

const operations = async (): Promise<void> => {
  const rows: (readonly string[])[] = [];
  for (const operation of OPERATIONS) {
    const times = await timesOf(operation);
    rows.push([operation.name, spread(times), grouped(1e9 / medianOf(times))]);
    bar.increment(1 / OPERATIONS.length);
  }
  sections.push('## Single operations', table(['', 'nanoseconds', 'a second'], rows));
};

const startUp = async (): Promise<void> => {
  const rows: (readonly string[])[] = [];
  const add = (what: string, seconds: readonly number[], loaded: string): void => {
    rows.push([what, spread(seconds, 2), loaded]);
    bar.increment(0.2);
  };
  const startsOf = async <Start>(start: () => Promise<Start>): Promise<readonly Start[]> => {
    // The first one fills the cache of compiled code.
    await start();
    const starts: Start[] = [];
    for (let at = 0; at < STARTS; at += 1) starts.push(await start());
    return starts;
  };
  for (const args of [['--version'], ['--help'], ['order', '--help']]) {
    const loaded = loadedText(await loadedBy((env) => secondsOf(args, env)));
    add(`\`paidonce ${args.join(' ')}\``, await startsOf(() => secondsOf(args)), loaded);
  }
  await withOrder(async (order) => {
    const loaded = loadedText(await loadedBy(order));
    add('`paidonce order`, which finds none', await startsOf(() => order()), loaded);
  });
  const loaded = loadedText(await loadedBy(workerTimes));
  const workers = await startsOf(() => workerTimes());
  const of = (field: keyof WorkerTimes) => workers.map((each) => each[field]);
  add('a worker until its first receive', of('firstReceiveS'), loaded);
  rows.push(['an idle worker from SIGTERM to its end', spread(of('stopS'), 2), '']);
  sections.push('## Start and stop', table(['', 'seconds', 'modules loaded'], rows));
};

const loadedText = ({ own, ofPackages, packages }: Loaded): string =>
  `${own} of its own, ${ofPackages} of ${packages} packages`;

const ALL: Readonly<Record<Part, () => Promise<void>>> = {
  comparison,
  cost,
  latency,
  growth,
  notices,
  operations,
  'start-up': startUp,
  reading: async () => {
    sections.push(...(await readingSection((share) => bar.increment(share))));
  },
};
for (const name of options.only ?? PARTS) steps.push({ what: name, run: ALL[name] });

bar.start(steps.length, 0, { what: '' });
for (const [at, { what, run }] of steps.entries()) {
  bar.update(at, { what });
  await run();
}
bar.update(steps.length, { what: 'done' });
bar.stop();

const model = cpus()[0]?.model ?? 'unknown';
const report = [
  '# Benchmark',
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${model}, ${grouped(totalmem() / 2 ** 30)} GB; \`npm run bench -- ${process.argv.slice(2).join(' ')}\`. Medians, with the least and the most. Only ratios within one run can be compared: other machines, and other hours of this one, differ.`,
  ...sections,
].join('\n\n');
await mkdir(new URL('../.bench/', import.meta.url), { recursive: true });
await writeFile(options.out, `${report}\n`);
process.stdout.write(`${report}\n`);
