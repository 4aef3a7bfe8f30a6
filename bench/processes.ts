import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { packedProgram, type PackedProgram } from './packedPrograms.ts';
import type { Usage } from './programs/measured.ts';
import type { Question, State } from './standIns/main.ts';
import { startArgument, type StandInOptions } from './standIns/start.ts';

export type StandInArgument = Omit<StandInOptions, 'onRecords' | 'onWrite'>;

export type StandIns = {
  readonly urls: object;
  /** Adds messages, and waits until as many have been deleted in all. */
  readonly until: (question: Question) => Promise<State>;
  /** The messages with which they began. */
  readonly messages: number;
};

export type Running = Pick<StandIns, 'until'> & { readonly usage: () => Promise<Usage> };

/** An order takes some milliseconds; more than this is a program that hangs. */
const ORDER_MAX_MS = 100;
const START_MAX_MS = 60_000;

/** Stand-ins for AWS and Stripe in a process of their own, as long as `act` takes. */
export const withStandIns = async <Result>(
  argument: StandInArgument,
  act: (standIns: StandIns) => Promise<Result>,
): Promise<Result> => {
  const standIns = start(STAND_INS, [startArgument(argument)]);
  try {
    const { urls } = await answerOf<{ readonly urls: object }>(standIns);
    const { messages } = argument;
    return await act({ urls, messages, until: (question) => ask<State>(standIns, question) });
  } finally {
    standIns.kill();
  }
};

export type WorkerOptions = {
  readonly program: PackedProgram;
  /** The services of ours that it runs, with commas between them. */
  readonly services: string;
  /** Given to its Node, such as `--cpu-prof`. */
  readonly nodeOptions?: readonly string[];
  readonly standIns: StandIns;
};

/** A program in a process of its own, as long as `act` takes. */
export const withWorker = async <Result>(
  { program, services, nodeOptions = [], standIns: { urls, messages } }: WorkerOptions,
  act: (worker: Pick<Running, 'usage'>) => Promise<Result>,
): Promise<Result> => {
  const packed = await packedProgram(program);
  const worker = start(packed, [JSON.stringify(urls), services], nodeOptions);
  const late = setTimeout(() => worker.kill(), START_MAX_MS + messages * ORDER_MAX_MS);
  try {
    const usage = () => ask<Usage>(worker, 'usage');
    return await Promise.race([act({ usage }), failureOf(worker)]);
  } finally {
    clearTimeout(late);
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
