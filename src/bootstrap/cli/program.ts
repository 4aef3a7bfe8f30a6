import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, failed, misused } from './common/failure.ts';
import type { Lifecycle } from './common/lifecycle.ts';
import { createOutput, type Output } from './common/output.ts';
import { addHelp, HELP, helpColumns, readArgs, withChoice } from './common/help.ts';
import { fit } from './common/screen.ts';

const USAGE = 'Add --help for the usage.';

const HELP_TEXT = `\
With --embedded a command uses servers on this machine, started by whichever command comes first,
with their data in .paidonce/ (or PAIDONCE_DATA_DIR). Without it nothing does: a missing setting
is an error.
Exit codes: 0 done, 1 failed or found wrong, 2 wrong usage or configuration. DEBUG=1 shows stack
traces.`;

/** Makes the program. A command that is not needed only has what the help lists. */
export const createProgram = async (
  lifecycle: Lifecycle,
  output: Output,
  isNeeded: (name: string) => boolean,
): Promise<Command> => {
  const { io } = lifecycle;
  const program = new Command('paidonce')
    .description('Order payments: charged at most once, invoiced exactly once, explained for ever.')
    .version(VERSION, '-v, --version')
    .configureHelp(HELP)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(fit(text, helpColumns(io))),
      getOutHelpWidth: () => helpColumns(io),
      getErrHelpWidth: () => helpColumns(io),
      outputError: (text) =>
        output.failure(misused(withChoice(text.trim().replace(/^error: /, '')), [USAGE])),
    })
    // An exit inside the library would cut off what is being written.
    .exitOverride();
  addHelp(
    program,
    {
      examples: [
        'demo',
        'worker --embedded',
        'submit --generate 20 --embedded',
        'setup && paidonce doctor',
        'help dlq redrive',
      ],
      text: HELP_TEXT,
    },
    io,
  );
  for (const { usage, summary, load } of COMMANDS) {
    const [name = ''] = usage.split(' ');
    if (!isNeeded(name)) program.command(usage).description(summary);
    else (await load()).body(program.command(name).description(summary), lifecycle);
  }
  return program;
};

/** Runs the command that the arguments name; the lifecycle gets the exit code. */
export const runProgram = async (args: readonly string[], lifecycle: Lifecycle): Promise<void> => {
  try {
    // The command that runs is always spelt in full among the arguments, also after `help`.
    const isNeeded = (name: string): boolean => args.includes(name);
    const program = await createProgram(lifecycle, outputFor(args, lifecycle), isNeeded);
    await program.parseAsync(readArgs(program, args), { from: 'user' });
  } catch (error) {
    // The library has said what is wrong with the usage, or has shown the help that was asked for.
    if (!(error instanceof CommanderError)) giveUp(error, { args, lifecycle });
    else lifecycle.exit(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
  }
};

/** Reports an unexpected error in one line; the stack is for those who fix it. */
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
  createOutput({ json: args.some((arg) => arg === '--json' || arg === '-j') }, io);
