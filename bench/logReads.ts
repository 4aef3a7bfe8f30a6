import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { EndUsage } from './programs/reportUsage.ts';
import { CREDENTIALS } from './programs/measured.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const PAIDONCE = pathOf('../src/bootstrap/cli/paidonce.ts');

export type History = { readonly url: string; readonly commits: number; readonly rows: number };

/** Runs `act` beside a table that holds the history of so many orders. */
export const withHistory = async <Result>(
  orders: number,
  act: (history: History) => Promise<Result>,
): Promise<Result> => {
  const standIn = fork(pathOf('standIns/log.ts'), [String(orders)]);
  try {
    const [history] = (await once(standIn, 'message')) as [History];
    return await act(history);
  } finally {
    standIn.kill();
  }
};

export const SEGMENTS = 4;
export const rawScan = ({ url }: History): Promise<EndUsage> =>
  usageOf([pathOf('programs/rawScan.ts'), url, String(SEGMENTS)]);

export const paidonce = ({ url }: History, args: readonly string[]): Promise<EndUsage> =>
  usageOf([PAIDONCE, ...args], {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    EVENTS_TABLE: 'events',
    INVOICES_TABLE: 'invoices',
  });

const usageOf = async (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<EndUsage> => {
  const imported = ['--import', pathOf('programs/reportUsage.ts')];
  const child = spawn(
    process.execPath,
    [
      ...(process.env['PROF'] ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof'] : []),
      ...imported,
      ...args,
    ],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', process.env['SHOW'] ? 'inherit' : 'ignore', 'inherit', 'pipe'],
    },
  );
  const chunks: Buffer[] = [];
  child.stdio[3]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as EndUsage;
};
