import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CREDENTIALS } from './programs/measured.ts';
import type { EndUsage } from './programs/reportUsage.ts';
import { grouped, medianOf, table } from './statistics.ts';

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const PAIDONCE = pathOf('../src/paidonce.js');
const REPORT_USAGE = pathOf('programs/reportUsage.ts');
const SEGMENTS = '4';

type History = { readonly url: string; readonly commits: number; readonly rows: number };

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

type Reader = 'raw scan' | 'replay';

/** What one reader of the whole log needed, from its start to its end. */
const readLog = (reader: Reader, { url }: History): Promise<EndUsage> => {
  switch (reader) {
    case 'raw scan':
      return usageOf([pathOf('programs/rawScan.ts'), url, SEGMENTS], {});
    case 'replay': {
      const checkpoint = join(tmpdir(), `paidonce-bench-${process.pid}.json`);
      return paidonce(['replay', 'invoices', '--checkpoint', checkpoint], url);
    }
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

const SIZES = [10_000, 40_000] as const;
const ROUNDS = 3;
/** What a program needs before it reads: its modules, and a log of next to nothing. */
const START_ORDERS = 10;

type Sample = {
  readonly commits: number;
  readonly raw: readonly EndUsage[];
  readonly replay: readonly EndUsage[];
};

const sampleOf = (orders: number): Promise<Sample> =>
  withHistory(orders, async (history) => {
    const raw: EndUsage[] = [];
    const replay: EndUsage[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      raw.push(await readLog('raw scan', history));
      replay.push(await readLog('replay', history));
    }
    return { commits: history.commits, raw, replay };
  });

const secondsOf = (usages: readonly EndUsage[]): number =>
  medianOf(usages.map(({ cpuMicros }) => cpuMicros / 1e6));

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
export const replaySection = async (
  onPart: (share: number) => void,
): Promise<readonly string[]> => {
  const started = await sampleOf(START_ORDERS);
  const start = { raw: secondsOf(started.raw), replay: secondsOf(started.replay) };
  const rows: string[][] = [];
  for (const orders of SIZES) {
    const { commits, raw, replay } = await sampleOf(orders);
    const [rawS, replayS] = [secondsOf(raw), secondsOf(replay)];
    rows.push([
      grouped(orders),
      grouped(commits),
      grouped(rawS, 2),
      grouped(replayS, 2),
      `${grouped(replayS / rawS, 2)} ×`,
      `${grouped((replayS - start.replay) / (rawS - start.raw), 2)} ×`,
      quartersOf(raw),
      quartersOf(replay),
    ]);
    onPart(1 / SIZES.length);
  }
  return [
    '## Replay beside a raw scan',
    `Processor seconds of the whole process, medians of ${ROUNDS} runs in turn with ${SEGMENTS} segments. The raw scan parses the events and checks each hash, and does nothing else. All rows are right already, so that the replay writes none. Before it reads, the raw scan needs ${grouped(start.raw, 2)} s and the replay ${grouped(start.replay, 2)} s. Memory is resident memory in MB at the quarters of the last run.`,
    table(
      [
        'orders',
        'commits',
        'raw scan, s',
        'replay, s',
        'ratio',
        'without the start',
        'memory of the scan',
        'memory of the replay',
      ],
      rows,
    ),
  ];
};
