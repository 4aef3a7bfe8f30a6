import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { textOf, type Ended, type Env } from '../../support/cli.ts';

const CLI = fileURLToPath(new URL('../../../src/bootstrap/cli/paidonce.ts', import.meta.url));

/** What a process is started with beside what the test says. */
const { PATH = '', NODE_COMPILE_CACHE = '' } = process.env;
const INHERITED: Env = { PATH, NODE_COMPILE_CACHE };

/** `paidonce` as a process of its own, with no setting in its environment but the test's. */
export const startProcess = (args: readonly string[], env: Env): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [CLI, ...args], { env: { ...INHERITED, ...env } });

export const runProcess = async (
  args: readonly string[],
  { env }: { readonly env: Env },
): Promise<Omit<Ended, 'code'> & { readonly code: number | null }> => {
  const child = startProcess(args, env);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
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

export const stopProcess = async (
  child: ChildProcessWithoutNullStreams,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
};
