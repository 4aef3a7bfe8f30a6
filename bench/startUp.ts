import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEnv } from './programs/measured.ts';
import { serve } from './standIns/server.ts';
import { createSqs } from './standIns/sqs.ts';

const PROGRAM = fileURLToPath(new URL('../src/paidonce.js', import.meta.url));

/** Seconds from the start of the program to its end. */
export const secondsOf = async (args: readonly string[]): Promise<number> => {
  const since = performance.now();
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'ignore' });
  await once(child, 'exit');
  return (performance.now() - since) / 1_000;
};

export type WorkerTimes = { readonly firstReceiveS: number; readonly stopS: number };

const IDLE_MS = 1_000;

/** From the start of an idle worker to its first receive, and from SIGTERM to its end. */
export const workerTimes = async (): Promise<WorkerTimes> => {
  const queue = createSqs({ messages: 0, bodyOf: () => '' });
  let received: () => void = () => undefined;
  const firstReceive = new Promise<void>((resolve) => (received = resolve));
  const sqs = await serve(
    (request) => {
      if (request.operation === 'ReceiveMessage') received();
      return queue.handle(request);
    },
    { delayMs: 0, contentType: 'application/x-amz-json-1.0' },
  );
  const nowhere = { dynamoDb: sqs.url, logs: sqs.url, ses: sqs.url, stripe: sqs.url };
  const since = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'worker', '--service', 'payments'], {
    stdio: 'ignore',
    env: { ...process.env, ...workerEnv({ sqs: sqs.url, ...nowhere }) },
  });
  await firstReceive;
  const firstReceiveS = (performance.now() - since) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const stopping = performance.now();
  child.kill('SIGTERM');
  await once(child, 'exit');
  sqs.close();
  return { firstReceiveS, stopS: (performance.now() - stopping) / 1_000 };
};
