import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Environment } from '../../config.ts';
import { EXIT } from './failure.ts';

export type TextStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * The environment and the streams that a command uses: those of its process, or those of a test.
 */
export type ProcessIo = {
  readonly env: Environment;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TextStream;
  readonly stderr: TextStream;
};

/** The process of a command: what it reads and writes, how it is asked to end, and how it ends. */
export type Lifecycle = {
  readonly io: ProcessIo;
  /**
   * From now on SIGINT, SIGTERM, SIGHUP, a reader that went away, and the end of the npm that
   * started this process ask for an end; a second signal ends at once. The signal's reason says
   * which it was.
   */
  untilStopped(): AbortSignal;
  exit(code: number): void;
};

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export const createLifecycle = (): Lifecycle => {
  const stop = new AbortController();
  let isDraining = false;
  let isLost = false;
  let unreported: Error | undefined;
  const watchManager = createManagerWatch(process.env);
  // The first process of a container gets no signal that it does not ask for.
  const isFirst = process.pid === 1;

  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      // `paidonce … | head`: nobody reads on, which is no failure.
      if (!isDraining) process.exit(EXIT.OK);
      return stop.abort('nobody reads what it prints');
    }
    if (isLost) return;
    isLost = true;
    const lost = notWritten(error);
    if (!isDraining) throw lost;
    unreported = lost;
    stop.abort(lost.message);
  });
  // Where nobody hears what goes wrong, the exit code still shows it.
  process.stderr.on('error', () => undefined);

  const listen = (): void => {
    for (const [signal, code] of Object.entries(SIGNALS)) {
      process.on(signal, () => {
        if (!isDraining || stop.signal.aborted) process.exit(code);
        stop.abort(signal);
      });
    }
  };
  if (isFirst) listen();

  return {
    io: process,
    untilStopped: () => {
      if (isDraining) return stop.signal;
      isDraining = true;
      if (!isFirst) listen();
      watchManager(() => stop.abort('npm, which started this process, is gone'));
      return stop.signal;
    },
    // Once what was written is out. What a handler that was given up still waits for must not keep
    // the process.
    exit: (code) => {
      process.exitCode = code;
      process.stdout.write('', () => {
        // A write that failed is reported after this callback.
        setImmediate(() => {
          const error = unreported;
          unreported = undefined;
          if (error !== undefined) throw error;
          process.exit();
        });
      });
    },
  };
};

/** A disk that is full must not look like a result that is empty. */
const notWritten = ({ message }: NodeJS.ErrnoException): Error => {
  const error = new Error(`the output could not be written: ${message}`);
  error.name = 'OutputNotWritten';
  return error;
};

const LOOK_EVERY_MS = 1_000;
/** The programs that npm and its like put between themselves and what they run. */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh']);

/**
 * Resolves once the package manager that started this process is gone. npm, and the shell that it
 * uses, end at SIGTERM without passing it on, so that a worker would live on where nobody knows of
 * it. Nothing is concluded from any other parent: whoever starts a daemon in a shell and leaves it
 * wants it to go on.
 */
const createManagerWatch = (env: Environment): ((onGone: () => void) => void) => {
  // This is read before anything is loaded, which takes a while.
  const before = parents();
  const isManaged = Boolean(env['npm_execpath'] || env['npm_config_user_agent']);
  // In a session of its own it is a daemon on purpose (setsid).
  const isDaemon = statOf('self')?.session === process.pid;
  return (onGone) => {
    if (!isManaged || isDaemon) return;
    const look = (): void => {
      if (parents() === before) return;
      clearInterval(looking);
      onGone();
    };
    const looking = setInterval(look, LOOK_EVERY_MS).unref();
  };
};

/** This process's parent and, where that is a shell, the shell's: each changes when one ends. */
const parents = (): string => {
  const { ppid } = process;
  const stat = statOf(ppid);
  return stat !== undefined && SHELLS.has(stat.name) ? `${ppid} ${stat.parent}` : `${ppid}`;
};

type ProcessStat = { readonly name: string; readonly parent: number; readonly session: number };

/** Only Linux says it (proc(5)). A name may hold anything, and ends at the last parenthesis. */
const statOf = (pid: number | 'self'): ProcessStat | undefined => {
  if (process.platform !== 'linux') return undefined;
  try {
    const [, name = '', parent, session] =
      /^\d+ \((.*)\) \S (\d+) \d+ (\d+) /su.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    return { name, parent: Number(parent), session: Number(session) };
  } catch {
    // It has just ended, or /proc is not to be seen.
    return undefined;
  }
};
