import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TelemetryRecord } from '../../application/ports/telemetry.ts';
import type { ServiceName } from '../worker.ts';

export type WorkerRecord = Pick<TelemetryRecord, 'event' | 'orderId' | 'outcome' | 'attempt'> & {
  readonly service: ServiceName;
  readonly disposition?: string;
  readonly delayMs?: number;
  readonly dependency?: string;
};

export type WorkerProcess = {
  readonly pid: number;
  /** Sends SIGKILL: no clean-up of any kind runs. */
  kill(): Promise<void>;
  /**
   * Sends SIGTERM, and SIGKILL if it has not ended in time. The exit code is null if it had to be
   * killed.
   */
  stop(): Promise<number | null>;
};

const PROGRAM = fileURLToPath(import.meta.resolve('#program'));
const STOP_WITHIN_MS = 30_000;
const STDERR_KEPT = 4_000;

/**
 * Starts one service as a process of its own, as `paidonce worker` does. Rejects if it ends before
 * it has started; a worker that ends by itself later is seen in its exit code.
 */
export const startWorker = async (
  service: ServiceName,
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly onRecord: (record: WorkerRecord) => void;
    /**
     * The arguments of the worker. Without them it works for the embedded servers; with none, for
     * those that the environment names.
     */
    readonly args?: readonly string[];
  },
): Promise<WorkerProcess> => {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'worker', '--service', service, '--json', ...(options.args ?? ['--embedded'])],
    { env: options.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exited: Promise<number | null> = once(child, 'exit').then(() => child.exitCode);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const started = new Promise<void>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const record = parseRecord(line, service);
      if (record === undefined) return;
      if (record.event === 'worker.started') resolve();
      options.onRecord(record);
    });
  });
  const failed = exited.then((code) => {
    throw new Error(`the ${service} worker ended with ${code} before it started: ${stderr}`);
  });
  await Promise.race([started, failed]);
  // From here on its end is no surprise any more.
  failed.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: () => stopWithin(child, exited),
  };
};

const stopWithin = async (
  child: ChildProcess,
  exited: Promise<number | null>,
): Promise<number | null> => {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  const code = await exited;
  clearTimeout(timer);
  return code;
};

const parseRecord = (line: string, service: ServiceName): WorkerRecord | undefined => {
  const record: unknown = JSON.parse(line);
  const isRecord = typeof record === 'object' && record !== null && 'event' in record;
  return isRecord ? ({ ...record, service } as WorkerRecord) : undefined;
};
