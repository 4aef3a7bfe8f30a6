import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Usage } from './programs/measured.ts';
import type { Counts } from './standIns/server.ts';

export type Program = 'ours' | 'floor' | 'usual';

/** What one program needed for an order, after a warm-up. */
export type Sample = {
  readonly cpuMicros: number;
  readonly ordersPerSecond: number;
  readonly rssBytes: number;
  /** Requests for an order, by operation. */
  readonly requests: Readonly<Record<string, number>>;
};

export type SampleOptions = {
  readonly warmUp: number;
  readonly orders: number;
  readonly lines: number;
  /** Given to the measured process's Node, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
};

const START_MAX_MS = 60_000;

const start = (file: string, args: readonly string[], execArgv: readonly string[] = []) =>
  fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: [...execArgv] });

const answerOf = async <Answer>(child: ChildProcess): Promise<Answer> => {
  const ended = new AbortController();
  const exited = once(child, 'exit', { signal: ended.signal }).then(([code]) => {
    throw new Error(`${child.spawnargs[1]} ended with ${code}`);
  });
  try {
    const [answer] = (await Promise.race([once(child, 'message'), exited])) as [Answer];
    return answer;
  } finally {
    ended.abort();
    exited.catch(() => undefined);
  }
};

const ask = async <Answer>(child: ChildProcess, question: string | object): Promise<Answer> => {
  const answer = answerOf<Answer>(child);
  child.send(question);
  return answer;
};

/** Runs one program against stand-ins of its own, and measures its orders after the warm-up. */
export const sample = async (program: Program, options: SampleOptions): Promise<Sample> => {
  const { warmUp, orders, lines, nodeOptions = [] } = options;
  // More messages than are measured, so that the program is busy to the end.
  const standIns = start('standIns/main.ts', [`${warmUp + orders + 500}`, `${lines}`]);
  const { urls } = await answerOf<{ urls: object }>(standIns);
  const worker = start(`programs/${program}.ts`, [JSON.stringify(urls)], nodeOptions);
  const late = setTimeout(() => worker.kill(), START_MAX_MS + orders * 50);
  try {
    const deleted = (count: number) =>
      Promise.race([ask<{ counts: Counts }>(standIns, { deleted: count }), failed(worker)]);
    const { counts: before } = await deleted(warmUp);
    const from = { at: performance.now(), ...(await ask<Usage>(worker, 'usage')) };
    const { counts: after } = await deleted(warmUp + orders);
    const to = { at: performance.now(), ...(await ask<Usage>(worker, 'usage')) };
    return {
      cpuMicros: (to.cpuMicros - from.cpuMicros) / orders,
      ordersPerSecond: (orders * 1_000) / (to.at - from.at),
      rssBytes: to.rssBytes,
      requests: Object.fromEntries(
        Object.entries(after).map(([name, count]) => [
          name,
          (count - (before[name] ?? 0)) / orders,
        ]),
      ),
    };
  } finally {
    clearTimeout(late);
    standIns.kill();
    worker.send('end', () => undefined);
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
  }
};

const failed = async (child: ChildProcess): Promise<never> => {
  const [code] = await once(child, 'exit');
  throw new Error(`${child.spawnargs[1]} ended with ${code}`);
};
