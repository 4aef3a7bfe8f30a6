#!/usr/bin/env node
import { CommanderError } from 'commander';
import { EXIT, failed } from './shared/failure.ts';
import { createLifecycle } from './shared/lifecycle.ts';
import { createOutput } from './shared/output.ts';
import { createProgram } from './program.ts';

const lifecycle = createLifecycle();
const output = createOutput({ json: process.argv.includes('--json') });

/** Shows an unexpected error in one line; DEBUG shows the rest. */
const giveUp = (error: unknown): void => {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  output.failure(failed(name, message === '' ? name : message));
  if (process.env['DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  lifecycle.exit(EXIT.FAILED);
};

process.on('uncaughtException', giveUp);
process.on('unhandledRejection', giveUp);

try {
  await createProgram(lifecycle, output).parseAsync();
} catch (error) {
  // The library has said what is wrong with the usage, or has shown the help that was asked for.
  if (!(error instanceof CommanderError)) giveUp(error);
  else lifecycle.exit(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
}
