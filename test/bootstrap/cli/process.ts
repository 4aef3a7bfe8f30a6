import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../../src/bootstrap/cli/paidonce.ts', import.meta.url));

export type Env = Readonly<Record<string, string>>;
export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** `paidonce`, with nothing in its environment but what the test says. */
export const start = (args: readonly string[], env: Env): ChildProcessWithoutNullStreams => {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [CLI, ...args], { env: { PATH, ...env } });
};

export const run = async (
  args: readonly string[],
  { env, input = '' }: { readonly env: Env; readonly input?: string },
): Promise<Ended> => {
  const child = start(args, env);
  const [stdout, stderr] = [textOf(child.stdout), textOf(child.stderr)];
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: await stdout, stderr: await stderr };
};

/** Into a pipe that nobody reads; the shell tells the exit code on stderr, after all else. */
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

/** Resolves with the first line that the test is waiting for. */
export const lineOf = async (
  child: ChildProcessWithoutNullStreams,
  isIt: (line: string) => boolean,
): Promise<string> => {
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  for await (const line of createInterface({ input: child.stdout })) {
    if (isIt(line)) return line;
  }
  throw new Error(`it ended before it said so: ${stderr}`);
};

export const stop = async (
  child: ChildProcessWithoutNullStreams,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
  return child.exitCode;
};

export const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const textOf = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text;
};
