import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands.ts';
import { misused } from './shared/failure.ts';
import type { Lifecycle } from './shared/lifecycle.ts';
import type { Output } from './shared/output.ts';

const USAGE = 'Add --help for the usage.';

export const createProgram = (lifecycle: Lifecycle, output: Output): Command => {
  const program = new Command('paidonce')
    .description('Order payments: charged at most once, invoiced exactly once, explained for ever.')
    .version(VERSION)
    .configureOutput({
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
