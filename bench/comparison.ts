import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { packedProgram, type Program } from './packedPrograms.ts';
import type { Usage } from './programs/measured.ts';
import type { Bill } from './standIns/bill.ts';
import type { Question, State } from './standIns/main.ts';
import type { Counts } from './standIns/server.ts';
import { startArgument } from './standIns/start.ts';

/** What one program needed for an order, after a warm-up. */
export type Sample = {
  readonly cpuMicros: number;
  readonly ordersPerSecond: number;
  readonly rssBytes: number;
  /** Requests for an order, by operation. */
  readonly requests: Readonly<Record<string, number>>;
  /** From the receive of each message to its delete, in milliseconds, sorted. */
  readonly times: readonly number[];
};

export type SampleOptions = {
  readonly warmUp: number;
  readonly orders: number;
  readonly lines: number;
  /** Given to the measured process's Node, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
};

type Running = {
  /** Adds messages, and waits until as many have been deleted in all. */
  readonly until: (question: Question) => Promise<State>;
  readonly usage: () => Promise<Usage>;
};

/** An order takes some milliseconds; more than this is a program that hangs. */
const ORDER_MAX_MS = 100;
const START_MAX_MS = 60_000;
/** So that a program is busy to the end of what is measured. */
const BEYOND = 500;

/** Runs one program against stand-ins of its own, and measures its orders after the warm-up. */
export const sample = (program: Program, options: SampleOptions): Promise<Sample> => {
  const { warmUp, orders } = options;
  return withProgram(
    program,
    { ...options, messages: warmUp + orders + BEYOND },
    async (running) => {
      const before = { deleted: warmUp, ...(await stateAt(running, warmUp)) };
      const deleted = warmUp + orders;
      return sampleOf(before, { deleted, ...(await stateAt(running, deleted)) });
    },
  );
};

/**
 * The same of each stretch of a run of one process, which ends at these orders. All messages are
 * there from the beginning.
 */
export const growthOf = (program: Program, ends: readonly number[]): Promise<readonly Sample[]> =>
  withProgram(program, { messages: (ends.at(-1) ?? 0) + BEYOND, lines: 2 }, async (running) => {
    const samples: Sample[] = [];
    let before = { deleted: 0, ...(await stateAt(running, 0)) };
    for (const deleted of ends) {
      const after = { deleted, ...(await stateAt(running, deleted)) };
      samples.push(sampleOf(before, after));
      before = after;
    }
    return samples;
  });

type Moment = State & Usage & { readonly at: number };

const stateAt = async ({ until, usage }: Running, deleted: number): Promise<Moment> => {
  const state = await until({ deleted });
  return { ...state, at: performance.now(), ...(await usage()) };
};

const sampleOf = (
  from: Moment & { readonly deleted: number },
  to: Moment & { readonly deleted: number },
): Sample => {
  const orders = to.deleted - from.deleted;
  return {
    cpuMicros: (to.cpuMicros - from.cpuMicros) / orders,
    ordersPerSecond: (orders * 1_000) / (to.at - from.at),
    rssBytes: to.rssBytes,
    requests: perOrder(to.counts, from.counts, orders),
    times: to.times.toSorted((a, b) => a - b),
  };
};

const perOrder = (counts: Counts, before: Counts, orders: number): Counts =>
  Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, (count - (before[name] ?? 0)) / orders]),
  );

export type CostOptions = {
  readonly warmUp: number;
  readonly orders: number;
  /** Whether the notification service runs in the same process. */
  readonly notices: boolean;
  /** So many order again and again. Infinity: each order is of another. */
  readonly customers: number;
};

/** What AWS would bill for an order, by item, when so many come at once after a warm-up. */
export const billOf = (program: Program, options: CostOptions): Promise<Bill> => {
  const { warmUp, orders, ...flags } = options;
  return withProgram(program, { messages: warmUp, lines: 2, ...flags }, async ({ until }) => {
    /** The last records are written a second later. */
    const billAfter = async (deleted: number): Promise<Bill> => {
      await until({ deleted });
      await sleep(RECORDS_MS);
      return (await until({ deleted })).bill;
    };
    const before = await billAfter(warmUp);
    await until({ add: orders, deleted: 0 });
    return perOrder(await billAfter(warmUp + orders), before, orders);
  });
};

const RECORDS_MS = 3_000;

/** From the receive of one lone message to its delete, in milliseconds, sorted. */
export const loneTimes = (program: Program, orders: number): Promise<readonly number[]> => {
  const warmUp = 200;
  return withProgram(program, { messages: warmUp, lines: 2 }, async (running) => {
    await running.until({ deleted: warmUp });
    const times: number[] = [];
    for (let each = 1; each <= orders; each += 1) {
      await sleep(LONE_PAUSE_MS);
      times.push(...(await running.until({ add: 1, deleted: warmUp + each })).times);
    }
    return times.toSorted((a, b) => a - b);
  });
};

const LONE_PAUSE_MS = 30;

const withProgram = async <Result>(
  program: Program,
  options: Pick<SampleOptions, 'lines' | 'nodeOptions'> &
    Partial<Pick<CostOptions, 'notices' | 'customers'>> & { readonly messages: number },
  measure: (running: Running) => Promise<Result>,
): Promise<Result> => {
  const { messages, notices = false, nodeOptions = [], ...orders } = options;
  const packed = await packedProgram(program);
  const standIns = start(STAND_INS, [startArgument({ ...orders, messages, notices })]);
  const { urls } = await answerOf<{ readonly urls: object }>(standIns);
  const services = notices ? 'payments,notifications' : 'payments';
  const worker = start(packed, [JSON.stringify(urls), services], nodeOptions);
  const late = setTimeout(() => worker.kill(), START_MAX_MS + messages * ORDER_MAX_MS);
  try {
    return await Promise.race([
      measure({
        until: (question) => ask<State>(standIns, question),
        usage: () => ask<Usage>(worker, 'usage'),
      }),
      failureOf(worker),
    ]);
  } finally {
    clearTimeout(late);
    standIns.kill();
    worker.send('end', () => undefined);
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
  }
};

const start = (
  file: string,
  args: readonly string[],
  execArgv: readonly string[] = [],
): ChildProcess =>
  fork(file, [...args], { execArgv: [...execArgv], env: { ...process.env, ...IMAGE_ENV } });

/** As the image has it (`Dockerfile`). */
const IMAGE_ENV = { MALLOC_ARENA_MAX: '2' };

const STAND_INS = fileURLToPath(new URL('standIns/main.ts', import.meta.url));

const ask = async <Answer>(child: ChildProcess, question: string | object): Promise<Answer> => {
  const answer = answerOf<Answer>(child);
  child.send(question);
  return answer;
};

const answerOf = async <Answer>(child: ChildProcess): Promise<Answer> => {
  const [answer] = (await once(child, 'message')) as [Answer];
  return answer;
};

const failureOf = async (child: ChildProcess): Promise<never> => {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${child.spawnargs[1]} ended with ${code ?? signal}`);
};
