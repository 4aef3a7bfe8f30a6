import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerEnv } from './programs/measured.ts';
import { createDynamoDb } from './standIns/dynamoDb.ts';
import { serve } from './standIns/server.ts';
import { createSqs } from './standIns/sqs.ts';

const RECORDER = new URL('../test/support/recordImports.ts', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('../src/paidonce.js', import.meta.url));

/** Seconds from the start of the program to its end. */
export const secondsOf = async (args: readonly string[], env: Env = {}): Promise<number> => {
  const since = performance.now();
  const options = { stdio: 'ignore', env: { ...process.env, ...env } } as const;
  await once(spawn(process.execPath, [PROGRAM, ...args], options), 'exit');
  return (performance.now() - since) / 1_000;
};

type Env = Readonly<Record<string, string>>;

/** What a start loads: modules of its own, and those of packages. */
export type Loaded = {
  readonly own: number;
  readonly ofPackages: number;
  readonly packages: number;
};

/** Runs what is given by a recorder of modules, which takes longer. */
export const loadedBy = async (run: (env: Env) => Promise<unknown>): Promise<Loaded> => {
  const folder = await mkdtemp(join(tmpdir(), 'paidonce-bench-loaded-'));
  const file = join(folder, 'loaded.json');
  await run({ NODE_OPTIONS: `--import ${RECORDER}`, RECORD_IMPORTS_IN: file });
  const { loaded } = JSON.parse(await readFile(file, 'utf8')) as {
    readonly loaded: readonly string[];
  };
  await rm(folder, { recursive: true });
  const names = loaded.flatMap(
    (path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(path)?.slice(1) ?? [],
  );
  const packages = new Set(names).size;
  return { own: loaded.length - names.length, ofPackages: names.length, packages };
};

/** Seconds of `paidonce order`, which finds no such order in the tables of a stand-in. */
export const withOrder = async <Result>(
  act: (order: (env?: Env) => Promise<number>) => Promise<Result>,
): Promise<Result> => {
  const dynamoDb = await serve(createDynamoDb({}), { delayMs: 3, contentType: JSON_1_0 });
  const nowhere = {
    sqs: dynamoDb.url,
    logs: dynamoDb.url,
    ses: dynamoDb.url,
    stripe: dynamoDb.url,
  };
  const ofTables = workerEnv({ dynamoDb: dynamoDb.url, ...nowhere });
  try {
    return await act((env = {}) => secondsOf(['order', 'nobody'], { ...ofTables, ...env }));
  } finally {
    dynamoDb.close();
  }
};

const JSON_1_0 = 'application/x-amz-json-1.0';

export type WorkerTimes = { readonly firstReceiveS: number; readonly stopS: number };

const IDLE_MS = 1_000;

/** From the start of an idle worker to its first receive, and from SIGTERM to its end. */
export const workerTimes = async (env: Env = {}): Promise<WorkerTimes> => {
  const queue = createSqs({ messages: 0, bodyOf: () => '' });
  let received: () => void = () => undefined;
  const firstReceive = new Promise<void>((resolve) => (received = resolve));
  const sqs = await serve(
    (request) => {
      if (request.operation === 'ReceiveMessage') received();
      return queue.handle(request);
    },
    { delayMs: 0, contentType: JSON_1_0 },
  );
  const nowhere = { dynamoDb: sqs.url, logs: sqs.url, ses: sqs.url, stripe: sqs.url };
  const since = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'worker', '--service', 'payments'], {
    stdio: 'ignore',
    env: { ...process.env, ...workerEnv({ sqs: sqs.url, ...nowhere }), ...env },
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
