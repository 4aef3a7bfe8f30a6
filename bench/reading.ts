import { execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CREDENTIALS } from './programs/measured.ts';
import type { EndUsage } from './programs/reportUsage.ts';
import { grouped, medianOf, spread, table } from './statistics.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
/** As it is installed: bundled, and without types to be taken out at the start. */
const PAIDONCE = pathOf('../dist/cli/paidonce.js');
const BUILD = pathOf('../src/bootstrap/packaging/npm.ts');
/** An installed program keeps what was compiled from one start to the next. */
const COMPILED = join(tmpdir(), 'paidonce-bench-compiled');
const REPORT_USAGE = pathOf('programs/reportUsage.ts');
const SEGMENTS = '4';

type History = { readonly url: string; readonly commits: number };

/** Runs `act` beside a table that holds the history of so many orders. */
const withHistory = async <Result>(
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

const READERS = ['raw scan', 'replay', 'audit'] as const;
type Reader = (typeof READERS)[number];

/** What one reader of the whole log needed, from its start to its end. Each ends with 0. */
const readLog = (reader: Reader, { url }: History): Promise<EndUsage> => {
  switch (reader) {
    case 'raw scan':
      return usageOf([pathOf('programs/rawScan.ts'), url, SEGMENTS], {});
    case 'replay': {
      const checkpoint = join(tmpdir(), `paidonce-bench-${process.pid}.json`);
      return paidonce(['replay', 'invoices', '--checkpoint', checkpoint], url);
    }
    case 'audit':
      return paidonce(['audit', '--no-record'], url);
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
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdio[3]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as EndUsage;
};

const SIZES = [10_000, 40_000] as const;
const ROUNDS = 5;
/** What a program needs before it reads: its modules, and a log of next to nothing. */
const START_ORDERS = 10;

type Usages = Readonly<Record<Reader, EndUsage[]>>;

const sampleOf = (orders: number): Promise<{ readonly commits: number; readonly usages: Usages }> =>
  withHistory(orders, async (history) => {
    // From then on the stand-in knows every page, so that no answer takes long.
    await readLog('raw scan', history);
    const usages: Usages = { 'raw scan': [], replay: [], audit: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const reader of READERS) usages[reader].push(await readLog(reader, history));
    }
    return { commits: history.commits, usages };
  });

const secondsOf = (usages: readonly EndUsage[]): readonly number[] =>
  usages.map(({ cpuMicros }) => cpuMicros / 1e6);

const megabytes = (bytes: number): string => grouped(bytes / 1e6);

/** The memory of the last run at its quarters. */
const quartersOf = (usages: readonly EndUsage[]): string => {
  const samples = usages.at(-1)?.rssBytes ?? [];
  return [0.25, 0.5, 0.75, 1]
    .map((share) => samples[Math.ceil(samples.length * share) - 1] ?? Number.NaN)
    .map(megabytes)
    .join(', ');
};

/** A section of the report; `onPart` is told after each size which part of all was done. */
export const readingSection = async (
  onPart: (share: number) => void,
): Promise<readonly string[]> => {
  await promisify(execFile)(process.execPath, [BUILD]);
  const { usages: started } = await sampleOf(START_ORDERS);
  const startOf = (reader: Reader): number => medianOf(secondsOf(started[reader]));
  const rows: string[][] = [];
  for (const orders of SIZES) {
    const { commits, usages } = await sampleOf(orders);
    const floor = medianOf(secondsOf(usages['raw scan']));
    for (const reader of READERS) {
      const seconds = secondsOf(usages[reader]);
      const read = medianOf(seconds) - startOf(reader);
      rows.push([
        `${reader}, ${grouped(orders)} orders, ${grouped(commits)} commits`,
        spread(seconds, 2),
        `${grouped(medianOf(seconds) / floor, 2)} ×`,
        `${grouped(read / (floor - startOf('raw scan')), 2)} ×`,
        megabytes(Math.max(...usages[reader].map(({ rssMaxBytes }) => rssMaxBytes))),
        quartersOf(usages[reader]),
      ]);
    }
    onPart(1 / SIZES.length);
  }
  const starts = READERS.map((reader) => `the ${reader} ${grouped(startOf(reader), 2)} s`);
  return [
    '## Replay and audit beside a raw scan',
    `Processor seconds of the whole process, ${ROUNDS} runs in turn with ${SEGMENTS} segments. The raw scan parses the events and checks each hash, and does nothing else. All rows are right already, so that the replay writes none, and the audit finds nothing. Before they read, ${starts.join(', ')}. Memory is resident memory in MB: the most of all runs, and at the quarters of the last one.`,
    table(['', 'CPU, s', 'of the scan', 'without the start', 'memory at most', 'memory'], rows),
  ];
};
