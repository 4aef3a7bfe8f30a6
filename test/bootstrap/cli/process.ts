import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { textOf, type Ended, type Env } from '../../support/cli.ts';

const CLI = fileURLToPath(new URL('../../../src/bootstrap/cli/paidonce.ts', import.meta.url));
const RECORDER = new URL('./recordImports.ts', import.meta.url).href;

/** `paidonce` as a process of its own, with nothing in its environment but what the test says. */
export const startProcess = (args: readonly string[], env: Env): ChildProcessWithoutNullStreams => {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [CLI, ...args], { env: { PATH, ...env } });
};

type EndedProcess = Omit<Ended, 'code'> & { readonly code: number | null };

export const runProcess = (
  args: readonly string[],
  { env }: { readonly env: Env },
): Promise<EndedProcess> => endOf(startProcess(args, env));

/** The same, and what was loaded for it is written to a file. */
export const runRecorded = (
  args: readonly string[],
  { env, file }: { readonly env: Env; readonly file: string },
): Promise<EndedProcess> => {
  const { PATH = '' } = process.env;
  const options = { env: { PATH, RECORD_IMPORTS_IN: file, ...env } };
  return endOf(spawn(process.execPath, ['--import', RECORDER, CLI, ...args], options));
};

const endOf = async (child: ChildProcessWithoutNullStreams): Promise<EndedProcess> => {
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
  const { PATH = '' } = process.env;
  const script = '{ "$@"; echo "$?" >&2; } | true';
  const command = ['-c', script, 'sh', process.execPath, CLI, ...args];
  const shell = spawn('sh', command, { env: { PATH, ...env } });
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
