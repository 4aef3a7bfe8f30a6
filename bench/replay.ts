import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CREDENTIALS } from './programs/measured.ts';
import type { EndUsage } from './programs/reportUsage.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const PAIDONCE = pathOf('../src/bootstrap/cli/paidonce.ts');
const REPORT_USAGE = pathOf('programs/reportUsage.ts');
const SEGMENTS = '4';

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

export type Reader = 'raw scan' | 'replay' | 'audit';

/** What one reader of the whole log needed, from its start to its end. */
export const readLog = (reader: Reader, { url }: History): Promise<EndUsage> => {
  switch (reader) {
    case 'raw scan':
      return usageOf([pathOf('programs/rawScan.ts'), url, SEGMENTS], {});
    case 'replay': {
      const checkpoint = join(tmpdir(), `paidonce-bench-${process.pid}.json`);
      return paidonce(['replay', 'invoices', '--checkpoint', checkpoint], url);
    }
    case 'audit':
      return paidonce(['audit'], url);
  }
};

const paidonce = (args: readonly string[], url: string): Promise<EndUsage> =>
  usageOf([PAIDONCE, ...args, '--segments', SEGMENTS, '--json'], {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    EVENTS_TABLE: 'events',
    INVOICES_TABLE: 'invoices',
  });

const usageOf = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<EndUsage> => {
  const child = spawn(process.execPath, ['--import', REPORT_USAGE, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdio[3]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as EndUsage;
};

/** Samples of a run, at equal distances. */
export const atQuarters = (samples: readonly number[]): readonly number[] =>
  [0.25, 0.5, 0.75, 1].map(
    (share) => samples[Math.min(samples.length - 1, Math.floor(samples.length * share))] ?? 0,
  );
