import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { lineOf, textOf, type Ended, type Env } from './cli.ts';

export const CLI = fileURLToPath(new URL('../../src/paidonce.js', import.meta.url));
const EMBEDDED = fileURLToPath(new URL('./embeddedProcess.ts', import.meta.url));

/** What a process is started with beside what the test says. */
const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
const INHERITED: Env = { PATH, NODE_COMPILE_CACHE };

/** A program as a process of its own, with no setting in its environment but the test's. */
export const startProgram = (
  program: string,
  args: readonly string[],
  env: Env = {},
): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [program, ...args], { env: { ...INHERITED, ...env } });

type Limit = { readonly withinMs?: number };

/**
 * The exit code of a process once it ends, or once all that it wrote is read too (`close`). The
 * error shows its errors: a time-out of mocha says nothing.
 */
export const exitOf = async (
  child: ChildProcess,
  { event = 'exit', withinMs = 200_000 }: { readonly event?: 'exit' | 'close' } & Limit = {},
): Promise<number | null> => {
  let errors = '';
  child.stderr?.on('data', (text: unknown) => (errors += String(text)));
  const late = withinMs === Infinity ? undefined : AbortSignal.timeout(withinMs);
  try {
    const [code] = (await once(child, event, late && { signal: late })) as [number | null];
    return code;
  } catch (error) {
    if (late?.aborted !== true) throw error;
    const what = child.spawnargs.join(' ');
    throw new Error(`not ended within ${withinMs} ms: ${what}; its errors: ${errors}`, {
      cause: error,
    });
  }
};

/** `paidonce` as a process of its own. */
export const startProcess = (args: readonly string[], env: Env): ChildProcessWithoutNullStreams =>
  startProgram(CLI, args, env);

export const runProcess = async (
  args: readonly string[],
  { env, withinMs }: { readonly env: Env } & Limit,
): Promise<Omit<Ended, 'code'> & { readonly code: number | null }> => {
  const child = startProcess(args, env);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin.end();
  const code = await exitOf(child, { event: 'close', ...(withinMs && { withinMs }) });
  return { code, stdout: await stdout, stderr: await stderr };
};

/** Into a pipe that nobody reads; the shell prints the exit code on stderr, after everything. */
export const runUnread = async (
  args: readonly string[],
  env: Env,
): Promise<{ readonly code: number; readonly stderr: string }> => {
  const script = '{ "$@"; echo "$?" >&2; } | true';
  const command = ['-c', script, 'sh', process.execPath, CLI, ...args];
  const shell = spawn('sh', command, { env: { ...INHERITED, ...env } });
  const text = await textOf(shell.stderr);
  const [code = '', ...before] = text.trimEnd().split('\n').toReversed();
  return { code: Number(code), stderr: before.toReversed().join('\n') };
};

/** An embedded server in a process of its own, which a test can kill; what it says of itself. */
export const startEmbedded = async <Announced = { readonly url: string }>(
  which: 'all' | 'sqs' | 'stripe',
  dataDir: string,
  port = 0,
): Promise<Announced & { readonly child: ChildProcessWithoutNullStreams }> => {
  const child = startProgram(EMBEDDED, [which, dataDir, String(port)]);
  const line = await lineOf(child, () => true).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return { ...(JSON.parse(line) as Announced), child };
};

export const stopProcess = async (
  child: ChildProcessWithoutNullStreams,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await exitOf(child);
  }
  return child.exitCode;
};
