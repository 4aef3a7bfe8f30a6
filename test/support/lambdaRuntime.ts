import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { chooseFreePorts } from '../../src/adapters/embedded/server.ts';
import type { FunctionName } from '../../src/bootstrap/lambda/settings.ts';
import { FUNCTION_LIMITS } from '../../src/bootstrap/lambda/limits.ts';
import { jsonLines, type Env } from './cli.ts';
import { peerPath } from './peerUrl.ts';
import { until } from './until.ts';

/** Of the Lambda API's Invoke, which the emulator has. */
const INVOKE = '/2015-03-31/functions/function/invocations';

/**
 * One execution environment of a function of the bundle: AWS's runtime interface client with the
 * bundle in it, under AWS's emulator. It listens on loopback alone, which is not its default. Node
 * is the checkout's.
 */
export const startLambda = async (name: FunctionName, bundle: string, env: Env) => {
  const [front, api] = await chooseFreePorts(2);
  const { timeoutSeconds, memoryMb } = FUNCTION_LIMITS[name];
  const child = spawn(
    peerPath('PEER_LAMBDA_RIE'),
    [
      `--runtime-interface-emulator-address=127.0.0.1:${front}`,
      `--runtime-api-address=127.0.0.1:${api}`,
      process.execPath,
      peerPath('PEER_LAMBDA_RIC'),
      `index.${name}`,
    ],
    {
      cwd: bundle,
      env: {
        ...env,
        PATH: process.env['PATH'],
        LAMBDA_TASK_ROOT: bundle,
        AWS_LAMBDA_FUNCTION_NAME: `paidonce-${name}`,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
      },
    },
  );
  let printed = '';
  const keep = (chunk: Buffer): void => void (printed += chunk.toString());
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);

  const url = `http://127.0.0.1:${front}`;
  const ends = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    signalRuntime('SIGCONT');
    child.kill('SIGTERM');
    await ends;
  };
  /** The process of the runtime, which the emulator started. */
  const signalRuntime = (signal: NodeJS.Signals): number => {
    const runtimes = child.pid === undefined ? [] : childrenOf(child.pid);
    for (const pid of runtimes) process.kill(pid, signal);
    return runtimes.length;
  };
  await until(`the emulator of ${name} listens`, async (see) => {
    see(printed);
    if (child.exitCode !== null) throw new Error(`the emulator ended: ${printed}`);
    return fetch(url).then(
      (answer) => answer.body?.cancel().then(() => true),
      () => undefined,
    );
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    /** What the function answered, or the error that Lambda would report. */
    invoke: async (event: unknown): Promise<unknown> => {
      const answer = await fetch(`${url}${INVOKE}`, {
        method: 'POST',
        body: JSON.stringify(event),
      });
      return JSON.parse(await answer.text()) as unknown;
    },
    /**
     * As Lambda does between invocations: no instruction of the function runs. The emulator itself
     * doesn't do it.
     */
    freeze: () => signalRuntime('SIGSTOP'),
    thaw: () => signalRuntime('SIGCONT'),
    /** What the function wrote, as far as it is JSON. */
    records: () => jsonLines(linesOf(printed).filter(isJson).join('\n')),
    /**
     * As the emulator measured them: until the module was loaded, and each invocation. Its line
     * `REPORT` isn't read, since what it calls `Init Duration` is a part of a millisecond.
     */
    timesMs: () => ({
      init: numbersIn(printed, /INIT REPORT\(durationMs: ([\d.]+)/g),
      invocations: numbersIn(printed, /INVOKE RTDONE\(.*duration: ([\d.]+)ms/g),
    }),
    printed: () => printed,
    stop,
  };
};

export type RunningLambda = Awaited<ReturnType<typeof startLambda>>;

const linesOf = (text: string): readonly string[] => text.split('\n');
const numbersIn = (text: string, pattern: RegExp): readonly number[] =>
  [...text.matchAll(pattern)].map(([, found]) => Math.round(Number(found)));
const isJson = (line: string): boolean => line.startsWith('{"');

const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8')
      .split(' ')
      .flatMap((child) => (child === '' ? [] : Number(child))),
  );
