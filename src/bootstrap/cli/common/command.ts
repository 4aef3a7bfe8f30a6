import type { Command } from 'commander';
import { err, ok, type Result } from 'neverthrow';
import { isGiven, overridden, parseConfig, type Config, type SettingName } from '../../config.ts';
import type { EmbeddedStack } from '../../embedded.ts';
import { aws } from '../../modules/aws.ts';
import { openServices, type Adapters, type OpenServices, type Uses } from '../../openServices.ts';
import type { Token } from '../../tokens.ts';
import { failed, misconfigured, type CliFailure, type ExitCode } from './failure.ts';
import type { Lifecycle, ProcessIo } from './lifecycle.ts';
import { createOutput, type Output } from './output.ts';

/** Adds one command to the program. */
export type Register = (program: Command, lifecycle: Lifecycle) => void;

export type Session = {
  readonly output: Output;
  readonly io: Pick<ProcessIo, 'env' | 'stdin'>;
  /** With `--embedded`: the servers that are used instead of AWS and Stripe. */
  readonly embedded?: EmbeddedStack;
  /**
   * The services that a command uses, and no others. Every mistake in their settings is reported at
   * once.
   */
  readonly open: <K extends Token, O extends Token = never, S extends SettingName = never>(
    uses: Uses<K, O, S>,
    adapters?: Adapters,
  ) => Result<OpenServices<K, O, S>, CliFailure>;
  /** Settings by themselves, for a command that uses no services. */
  readonly config: <N extends SettingName>(needs: readonly N[]) => Result<Config<N>, CliFailure>;
  /** Whether there is a setting that the command can do without. */
  readonly isGiven: (name: SettingName) => boolean;
};

export type CommandOutcome = Promise<Result<ExitCode, CliFailure>>;

type CommonOptions = { readonly embedded?: boolean; readonly json?: boolean };

/** The options that every command has, and examples below its help. */
export const describeCommand = (
  command: Command,
  about: { readonly summary: string; readonly examples: readonly string[] },
): Command =>
  command
    .summary(about.summary)
    .description(about.summary)
    .option('--embedded', 'use servers on this machine, with their data in .paidonce/')
    .option('--json', 'print JSON, errors too')
    .addHelpText(
      'after',
      `\nExamples:\n${about.examples.map((example) => `  $ ${lineOf(example)}`).join('\n')}`,
    );

/** An example that begins with another program names this one itself. */
const lineOf = (example: string): string =>
  example.includes('npx paidonce') ? example : `npx paidonce ${example}`;

/** Opens what the command needs, runs it, and closes it again; the exit code is its outcome. */
export const runs = (
  command: Command,
  lifecycle: Lifecycle,
  run: (session: Session) => CommandOutcome,
): Command =>
  command.action(async () => {
    const options = command.opts<CommonOptions>();
    const output = createOutput({ json: options.json === true }, lifecycle.io);
    const opened = await open(options, output, lifecycle.io);
    const outcome = await opened.match<CommandOutcome>(
      (session) => runAndClose(session, run),
      (failure) => Promise.resolve(err(failure)),
    );
    if (outcome.isErr()) output.failure(outcome.error);
    lifecycle.exit(
      outcome.match(
        (code) => code,
        ({ exitCode }) => exitCode,
      ),
    );
  });

const runAndClose = async (
  session: Session,
  run: (session: Session) => CommandOutcome,
): CommandOutcome => {
  try {
    return await run(session);
  } finally {
    await session.embedded?.close();
  }
};

const open = async (
  options: CommonOptions,
  output: Output,
  io: ProcessIo,
): Promise<Result<Session, CliFailure>> => {
  const { env } = io;
  const session = (embedded?: EmbeddedStack): Session => {
    const source = embedded === undefined ? {} : { embedded };
    const config: Session['config'] = (needs) =>
      parseConfig(env, { needs, ...source }).mapErr(misconfigured);
    return {
      output,
      io,
      ...source,
      config,
      open: (uses, adapters = aws({ service: 'cli' })) => openServices(adapters, uses, config),
      isGiven: (name) => isGiven(env, name, source),
    };
  };
  if (options.embedded !== true) return ok(session());
  // They are half of what this program has to load.
  const { openEmbedded } = await import('../../embedded.ts');
  const opened = await openEmbedded(env);
  return opened
    .mapErr((why) => failed('EmbeddedServers', why))
    .map((embedded) => {
      const ignored = overridden(env, embedded);
      if (ignored.length > 0) output.note(`--embedded does not use ${ignored.join(', ')}.`);
      return session(embedded);
    });
};
