import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, failed, misused } from './shared/failure.ts';
import type { Lifecycle } from './shared/lifecycle.ts';
import { createOutput, type Output } from './shared/output.ts';

const USAGE = 'Add --help for the usage.';

export const createProgram = (lifecycle: Lifecycle, output: Output): Command => {
  const program = new Command('paidonce')
    .description('Order payments: charged at most once, invoiced exactly once, explained for ever.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => void lifecycle.io.stdout.write(text),
      outputError: (text) => output.failure(misused(text.trim().replace(/^error: /, ''), [USAGE])),
    })
    // An exit inside the library would cut off what is being written.
    .exitOverride()
    .addHelpText(
      'after',
      `
Examples:
  $ npx paidonce worker --embedded
  $ npx paidonce submit --generate 20 --embedded
  $ npx paidonce setup && npx paidonce doctor

With --embedded a command uses servers on this machine, started by whichever command comes first, with their
data in .paidonce/ (or PAIDONCE_DATA_DIR). Without it nothing does: a missing setting is an error.
Exit codes: 0 done, 1 failed or found wrong, 2 wrong usage or configuration. DEBUG=1 shows stack traces.`,
    );
  for (const register of COMMANDS) register(program, lifecycle);
  return program;
};

/** Runs the command that the arguments name; the lifecycle is told the exit code. */
export const runProgram = async (args: readonly string[], lifecycle: Lifecycle): Promise<void> => {
  try {
    const program = createProgram(lifecycle, outputFor(args, lifecycle));
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // The library has said what is wrong with the usage, or has shown the help that was asked for.
    if (!(error instanceof CommanderError)) giveUp(error, { args, lifecycle });
    else lifecycle.exit(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
  }
};

/** Tells an error that nobody expected in one line; the stack is for those who mend it. */
export const giveUp = (
  error: unknown,
  { args, lifecycle }: { readonly args: readonly string[]; readonly lifecycle: Lifecycle },
): void => {
  const { io } = lifecycle;
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  outputFor(args, lifecycle).failure(failed(name, message === '' ? name : message));
  if (io.env['DEBUG'] && error instanceof Error) io.stderr.write(`${error.stack}\n`);
  lifecycle.exit(EXIT.FAILED);
};

const outputFor = (args: readonly string[], { io }: Lifecycle): Output =>
  createOutput({ json: args.includes('--json') }, io);
