import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isBuiltin } from 'node:module';
import { constants } from 'node:os';

const PASSED_ON = ['SIGTERM', 'SIGHUP'] as const;
const EMBEDDED_COMMANDS: readonly string[] = ['demo', 'servers'];

/**
 * The Node to run these arguments with, if it is not this one: the embedded servers need a newer
 * one than Node 20, and bring it. Only they do: a worker in production is one process.
 */
export const newerNodeFor = async (args: readonly string[]): Promise<string | undefined> => {
  if (isBuiltin('node:sqlite')) return undefined;
  if (!args.includes('--embedded') && !EMBEDDED_COMMANDS.includes(args[0] ?? '')) return undefined;
  try {
    const { newerNode } = await import('../../adapters/embedded/newerNode.ts');
    return newerNode();
  } catch (error) {
    // The command says how the servers are to be had.
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
};

/** Runs this program with another Node in place of this process, and gives its exit code. */
export const runWith = async (node: string): Promise<number> => {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // Ctrl-C reaches both by itself; passed on, it would be the second, which ends at once.
  process.on('SIGINT', () => undefined);
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
};
