import { setTimeout as sleep } from 'node:timers/promises';
import type { Program } from './packedPrograms.ts';
import { withStandIns, withWorker, type StandInArgument, type Running } from './processes.ts';
import type { Usage } from './programs/measured.ts';
import type { Bill } from './standIns/bill.ts';
import type { Question, State } from './standIns/main.ts';
import type { Counts } from './standIns/server.ts';

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

/** So that a program is busy to the end of what is measured. */
export const BEYOND = 500;

/** Runs one program against stand-ins of its own, and measures its orders after the warm-up. */
export const sample = (
  program: Program,
  { warmUp, orders, ...options }: SampleOptions,
): Promise<Sample> =>
  withProgram(program, { ...options, messages: warmUp + orders + BEYOND }, (running) =>
    stretch(running, { from: warmUp, to: warmUp + orders }),
  );

/** What a stretch of messages needed, each counted by the number that were deleted before. */
export const stretch = async (
  running: Running,
  { from, to, of }: { readonly from: number; readonly to: number } & Pick<Question, 'of'>,
): Promise<Sample> => {
  const before = await stateAt(running, { deleted: from, of });
  const after = await stateAt(running, { deleted: to, of });
  return sampleOf(before, after);
};

/**
 * The same of each stretch of a run of one process, which ends at these orders. All messages are
 * there from the beginning.
 */
export const growthOf = (program: Program, ends: readonly number[]): Promise<readonly Sample[]> =>
  withProgram(program, { messages: (ends.at(-1) ?? 0) + BEYOND, lines: 2 }, async (running) => {
    const samples: Sample[] = [];
    let before = await stateAt(running, { deleted: 0 });
    for (const deleted of ends) {
      const after = await stateAt(running, { deleted });
      samples.push(sampleOf(before, after));
      before = after;
    }
    return samples;
  });

type Moment = State & Usage & Pick<Question, 'deleted'> & { readonly at: number };

const stateAt = async ({ until, usage }: Running, question: Question): Promise<Moment> => {
  const state = await until(question);
  const { deleted } = question;
  return { ...state, deleted, at: performance.now(), ...(await usage()) };
};

const sampleOf = (from: Moment, to: Moment): Sample => {
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

const withProgram = <Result>(
  program: Program,
  options: StandInArgument & Pick<SampleOptions, 'nodeOptions'>,
  measure: (running: Running) => Promise<Result>,
): Promise<Result> => {
  const { nodeOptions = [], ...argument } = options;
  const services = argument.notices === true ? 'payments,notifications' : 'payments';
  return withStandIns(argument, (standIns) =>
    withWorker({ program, services, nodeOptions, standIns }, ({ usage }) =>
      measure({ until: standIns.until, usage }),
    ),
  );
};
