import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTracing } from '../src/adapters/opentelemetry/start.ts';
import type { createContainer } from '../src/bootstrap/container.ts';
import type { application } from '../src/bootstrap/modules/application.ts';
import type { memory } from '../src/bootstrap/modules/memory.ts';
import type { Adapters } from '../src/bootstrap/openServices.ts';
import { withTracing, type StartedTracing } from '../src/bootstrap/tracing.ts';
import { orderBody } from '../test/support/lambda.ts';
import { grouped, medianOf, spread, table } from './statistics.ts';

/*
 * What tracing costs: the CPU time of an order in memory, from its message to its mail, without
 * tracing and with it, in turn in one process: `node --expose-gc bench/tracing.ts [CHECKOUT]`. It
 * takes another checkout into the turns, such as one of the revision before a change, with its code.
 */
const ORDERS = 100;
const ROUNDS = 40;
const WARM_UP = 6;

type Sources = {
  readonly createContainer: typeof createContainer;
  readonly application: typeof application;
  readonly memory: typeof memory;
};

const sourcesOf = async (checkout: string): Promise<Sources> => {
  const load = (path: string): Promise<Partial<Sources>> =>
    import(pathToFileURL(resolve(checkout, 'src/bootstrap', path)).href) as Promise<
      Partial<Sources>
    >;
  const [container, use, adapters] = await Promise.all(
    ['container.ts', 'modules/application.ts', 'modules/memory.ts'].map(load),
  );
  return { ...container, ...use, ...adapters } as Sources;
};

/** Microseconds of CPU for each order. */
const costOf = async (sources: Sources, tracing?: StartedTracing): Promise<number> => {
  const adapters = withTracing(sources.memory() as unknown as Adapters, tracing);
  const { get } = sources.createContainer(
    sources.application,
    adapters as unknown as ReturnType<typeof memory>,
  );
  const messages = Array.from({ length: ORDERS }, (_, at) => ({ body: orderBody(`o-${at}`) }));
  await get('payments').send(messages);
  const stop = new AbortController();
  // What others have left behind is not this one's to clear away.
  globalThis.gc?.();
  const before = process.cpuUsage();
  const running = (['paymentConsumer', 'notificationConsumer'] as const).map((name) =>
    get(name).run(stop.signal),
  );
  await get('clock').advance(30_000);
  const { user, system } = process.cpuUsage(before);
  stop.abort();
  await get('clock').advance(60_000);
  await Promise.all(running);
  const mails = get('notifier').sent().length;
  if (mails !== ORDERS) throw new Error(`${mails} of ${ORDERS} mails were sent`);
  return (user + system) / ORDERS;
};

const tracingBy = (sampler: 'always_on' | 'always_off'): StartedTracing =>
  startTracing({
    version: 'bench',
    url: 'http://127.0.0.1:1',
    protocol: 'http/protobuf',
    timeoutMs: 1_000,
    sampler,
    ratio: 1,
    waitingMax: 1_000_000,
    delayMs: 60_000,
    // The cost of the wire is that of the collector's choice.
    exporter: {
      export: (_, done) => done({ code: 0 }),
      shutdown: () => Promise.resolve(),
    },
  });

const here = await sourcesOf('.');
const [, , other] = process.argv;
const there = other === undefined ? undefined : await sourcesOf(other);
const [on, unsampled] = [tracingBy('always_on'), tracingBy('always_off')];
const ways: readonly (readonly [name: string, cost: () => Promise<number>])[] = [
  ...(there === undefined ? [] : [[`off, ${other ?? ''}`, () => costOf(there)] as const]),
  ['off', () => costOf(here)],
  ['off again', () => costOf(here)],
  ['on, no trace sampled', () => costOf(here, unsampled)],
  ['on', () => costOf(here, on)],
];

const costs = ways.map((): number[] => []);
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  // Each comes first, last and between, and behind each of the others.
  const turns = ways.map((_, at) => (at + round) % ways.length);
  for (const at of round % 2 === 0 ? turns : turns.toReversed()) {
    const cost = (await ways[at]?.[1]()) ?? Number.NaN;
    if (round >= WARM_UP) costs[at]?.push(cost);
  }
}
const [first = []] = costs;
const rows = ways.map(([name], at) => {
  const mine = costs[at] ?? [];
  const ratios = mine.map((cost, round) => cost / (first[round] ?? Number.NaN));
  return [name, spread(mine), grouped(medianOf(ratios), 3)] as const;
});
process.stdout.write(`${table(['Tracing', 'µs of CPU for an order', 'ratio'], rows)}\n`);
await Promise.all([on.close(1_000), unsampled.close(1_000)]);
