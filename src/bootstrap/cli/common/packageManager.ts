import { readFileSync } from 'node:fs';
import type { Environment } from '../../config.ts';

const LOOK_EVERY_MS = 1_000;
/** What npm and its like put between themselves and what they run. */
const SHELLS: ReadonlySet<string> = new Set(['sh', 'dash', 'bash', 'ash', 'busybox', 'zsh']);

/**
 * Resolves once the package manager that started this process is gone. npm, and the shell that it
 * uses, end at SIGTERM without passing it on, so that a worker would live on where nobody knows of
 * it. Of any other parent nothing is concluded: whoever starts a daemon in a shell and leaves it
 * wants it to go on.
 */
export const createManagerWatch = (env: Environment): ((onGone: () => void) => void) => {
  // Before anything is loaded, which takes a while.
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
