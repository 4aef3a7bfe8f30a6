import { PassThrough, Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { createProgram, runProgram } from '../../src/bootstrap/cli/program.ts';
import type { Lifecycle } from '../../src/bootstrap/cli/common/lifecycle.ts';
import { createOutput } from '../../src/bootstrap/cli/common/output.ts';
import { checkJson } from './checkJson.ts';

/*
 * Runs commands in this process, over the program that the executable runs, with an environment and
 * streams of their own: a process for each command takes two seconds of CPU, most of it to load the
 * program again. What only a process shows, such as a kill or the exit code, is tested with those
 * of process.ts.
 */

export type Env = Readonly<Record<string, string>>;
export type Ended = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command that runs, as far as tests use it; a child process is one too. */
export type RunningCommand = {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Until it has ended. */
  readonly exitCode: number | null;
};

export type InProcessCommand = RunningCommand & {
  /** As SIGTERM does it: asks for the end, and resolves with the exit code. */
  stop(): Promise<number>;
};

// The SDK reads them from the process, whatever environment a command has.
process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';

type ScreenOptions = {
  /** Whether a person can be asked: the input is what the person types. */
  readonly isTerminal?: boolean;
  /** As wide is the terminal that it writes to; otherwise it writes to a pipe. */
  readonly columns?: number;
};

/** A lifecycle whose signal is the test's to send, and whose exit code is the test's to read. */
const lifecycleOf = (
  args: readonly string[],
  env: Env,
  { input = '', isTerminal = false, columns }: Partial<Omit<RunOptions, 'env'>> = {},
) => {
  const screen = columns === undefined ? {} : { isTTY: true, columns };
  const stopped = new AbortController();
  const exited = Promise.withResolvers<number>();
  const printed = { stdout: '', stderr: '' };
  const io = {
    env,
    stdin: Object.assign(Readable.from([input]), { isTTY: isTerminal }),
    stdout: Object.assign(
      recorded((text) => (printed.stdout += text)),
      screen,
    ),
    stderr: Object.assign(
      recorded((text) => (printed.stderr += text)),
      { isTTY: isTerminal },
      screen,
    ),
  };
  const lifecycle: Lifecycle = {
    io,
    untilStopped: () => stopped.signal,
    exit: (code) => {
      io.stdout.end();
      io.stderr.end();
      exited.resolve(code);
    },
  };
  const ended = exited.promise.then((code) => {
    checkJson(args, printed);
    return code;
  });
  return { lifecycle, io, exited: ended, stop: () => stopped.abort() };
};

/** Hands on what is written to it, and reports it. */
const recorded = (onText: (text: string) => void): PassThrough =>
  new PassThrough({
    transform: (chunk: Buffer, _encoding, done) => {
      onText(chunk.toString('utf8'));
      done(null, chunk);
    },
  });

/** The program, for its commands and their help. */
export const idleProgram = (isNeeded = (_name: string) => true): Promise<Command> => {
  const { lifecycle, io } = lifecycleOf([], {});
  return createProgram(lifecycle, createOutput({ json: true }, io), isNeeded);
};

/** Starts a command that runs until it is stopped. */
export const start = (args: readonly string[], env: Env): InProcessCommand => {
  const { lifecycle, io, exited, stop } = lifecycleOf(args, env);
  let exitCode: number | null = null;
  // What is wrong with it fails the test that stops it.
  void exited.then(
    (code) => (exitCode = code),
    () => undefined,
  );
  void runProgram(args, lifecycle);
  return {
    stdout: io.stdout,
    stderr: io.stderr,
    get exitCode() {
      return exitCode;
    },
    stop: () => {
      stop();
      return exited;
    },
  };
};

type RunOptions = ScreenOptions & { readonly env: Env; readonly input?: string };

/** Runs a command to its end. */
export const run = async (
  args: readonly string[],
  { env, ...options }: RunOptions,
): Promise<Ended> => {
  const { lifecycle, io, exited } = lifecycleOf(args, env, options);
  const texts = Promise.all([textOf(io.stdout), textOf(io.stderr)]);
  await runProgram(args, lifecycle);
  const code = await exited;
  const [stdout, stderr] = await texts;
  return { code, stdout, stderr };
};

/**
 * Resolves with the first line that the test waits for; the error shows the last line, and what
 * went wrong.
 */
export const lineOf = async (
  command: RunningCommand,
  isIt: (line: string) => boolean,
  { withinMs = 200_000 }: { readonly withinMs?: number } = {},
): Promise<string> => {
  let stderr = '';
  let last = 'nothing';
  command.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const late = withinMs === Infinity ? undefined : AbortSignal.timeout(withinMs);
  for await (const line of createInterface({
    input: command.stdout,
    ...(late && { signal: late }),
  })) {
    if (isIt(line)) return line;
    last = line;
  }
  const why = late?.aborted ? `it did not say so within ${withinMs} ms` : 'it ended before';
  throw new Error(`${why}; its last line was ${last}; its errors: ${stderr}`);
};

export const jsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export const textOf = async (stream: Readable): Promise<string> => {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += String(chunk);
  return text;
};
