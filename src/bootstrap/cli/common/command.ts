import type { Command } from 'commander';
import { err, ok, ResultAsync, safeTry, type Err, type Result } from 'neverthrow';
import type { AwsProfile } from '../../../adapters/aws/profile.ts';
import { isGiven, overridden, type Config, type SettingName } from '../../config.ts';
import { withProfile } from '../../config/profile.ts';
import type { EmbeddedStack } from '../../embedded.ts';
import { createReadConfig } from '../../readConfig.ts';
import {
  adaptersFor,
  openServices,
  settingsOf,
  type Adapters,
  type OpenServices,
  type Uses,
} from '../../openServices.ts';
import type { Token } from '../../tokens.ts';
import { startTracing, TRACING_SETTINGS, withTracing, type StartedTracing } from '../../tracing.ts';
import { failed, misconfigured, misused, type CliFailure, type ExitCode } from './failure.ts';
import { addHelp } from './help.ts';
import { jsonOf } from './json.ts';
import type { Lifecycle, ProcessIo } from './lifecycle.ts';
import { loadEmbedded } from './loadEmbedded.ts';
import { createOutput, type Output } from './output.ts';

/** Adds to a command, which has a name and a summary, its options, its help and what it does. */
export type CommandBody = ((command: Command, lifecycle: Lifecycle) => void) & {
  /** The examples in the help of the command. */
  readonly examples: readonly string[];
};

type ListedCommand = {
  readonly name: string;
  readonly summary: string;
  readonly body: CommandBody;
};

export type Session = {
  readonly output: Output;
  readonly io: Pick<ProcessIo, 'env' | 'stdin'>;
  /** With `--embedded`, the servers that are used instead of AWS and Stripe. */
  readonly embedded?: EmbeddedStack;
  /**
   * Without `--embedded`, the settings that come from the AWS profile and are in the environment.
   */
  readonly profile?: AwsProfile;
  /**
   * The services that a command uses, and no others. Every mistake in their settings is reported at
   * once.
   */
  readonly open: <K extends Token, O extends Token = never, S extends SettingName = never>(
    uses: Uses<K, O, S>,
    adapters?: Adapters,
  ) => ResultAsync<OpenServices<K, O, S>, CliFailure>;
  readonly config: <N extends SettingName>(
    needs: readonly N[],
  ) => ResultAsync<Config<N>, CliFailure>;
  /** Starts tracing; undefined if no endpoint is set. */
  readonly tracing: () => ResultAsync<StartedTracing | undefined, CliFailure>;
  /** Sends the last spans. */
  readonly endTracing: () => Promise<void>;
  /** Whether a setting is given that the command can do without. */
  readonly isGiven: (name: SettingName) => boolean;
  /** From now on the command ends by itself once it is asked to. */
  readonly untilStopped: () => AbortSignal;
};

export type CommandOutcome = Promise<Result<ExitCode, CliFailure>>;

/**
 * The same outcome in steps: each `yield*` goes on with a value, or ends the command with the
 * failure.
 */
export type CommandSteps = AsyncGenerator<Err<never, CliFailure>, Result<ExitCode, CliFailure>>;

type CommonOptions = { readonly embedded?: boolean; readonly json?: boolean };

type CommandDefinition<O> = {
  /** There are at least two, for the help. */
  readonly examples: readonly string[];
  /** Its own arguments and options, beside the options that every command has. */
  readonly options?: (command: Command) => Command;
  /** A text below the examples of the help. */
  readonly help?: string;
  /**
   * Whether it may be the first command in a folder with `--embedded`: then it makes the servers'
   * data there. Any other command has nothing to work on in a folder in which nothing was begun,
   * and makes nothing.
   */
  readonly begins?: boolean;
  readonly run: (
    session: Session,
    options: O,
    input: CommandInput,
  ) => CommandOutcome | CommandSteps;
};

type CommandInput = {
  readonly command: Command;
  readonly args: readonly string[];
  /** Whether an option was given, and is not there by default. */
  readonly isOptionGiven: (name: string) => boolean;
};

/** Opens what a command needs before it runs, closes it again, and ends the process. */
export const defineCommand = <O = object>({
  examples,
  options,
  help,
  begins = false,
  run,
}: CommandDefinition<O>): CommandBody => {
  const body = (command: Command, lifecycle: Lifecycle): void => {
    command
      .option('--embedded', 'use servers on this machine, with their data in .paidonce/')
      .option('-j, --json', 'print JSON, errors too');
    options?.(command);
    addHelp(command, { examples, ...(help !== undefined && { text: help }) }, lifecycle.io);
    command.action(async () => {
      const common = command.opts<CommonOptions>();
      const output = createOutput({ json: common.json === true, format: jsonOf }, lifecycle.io);
      const opened = await open({ ...common, begins }, output, lifecycle);
      const outcome = await opened.match<CommandOutcome>(
        (session) =>
          runAndClose(session, () =>
            run(session, command.opts() as O, {
              command,
              args: command.args,
              isOptionGiven: (option) => command.getOptionValueSource(option) === 'cli',
            }),
          ),
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
  };
  return Object.assign(body, { examples });
};

/** The help of a group has an example of each of its commands, or all of the only one. */
export const defineGroup = (commands: readonly ListedCommand[]): CommandBody => {
  const examples = commands.flatMap(({ body }) =>
    body.examples.slice(0, commands.length === 1 ? undefined : 1),
  );
  const define = (group: Command, lifecycle: Lifecycle): void => {
    for (const { name, summary, body } of commands) {
      body(group.command(name).description(summary), lifecycle);
    }
    addHelp(group, { examples }, lifecycle.io);
  };
  return Object.assign(define, { examples });
};

const runAndClose = async (
  session: Session,
  run: () => CommandOutcome | CommandSteps,
): CommandOutcome => {
  try {
    const running = run();
    return await (Symbol.asyncIterator in running ? safeTry(() => running) : running);
  } finally {
    await session.endTracing();
    await session.embedded?.close();
  }
};

/** The time in milliseconds that the last spans of a command may take. */
const TRACES_MS = 2_000;

/** The means with which a command works; the embedded servers stay their owner's. */
export const createSession = (
  {
    output,
    io,
    untilStopped,
    profile,
  }: Pick<Session, 'output' | 'io' | 'untilStopped' | 'profile'>,
  embedded?: EmbeddedStack,
): Session => {
  const source = embedded === undefined ? {} : { embedded };
  const read = createReadConfig(io.env, source);
  const config: Session['config'] = (needs) => read(needs).mapErr(misconfigured);
  let started: ReturnType<typeof startTracing> | undefined;
  const tracing: Session['tracing'] = () =>
    config(TRACING_SETTINGS).map((settings) => (started ??= startTracing(settings)));
  return {
    output,
    io,
    ...source,
    ...(profile === undefined ? {} : { profile }),
    config,
    tracing,
    endTracing: async () => {
      const sent = await (await started)?.close(TRACES_MS);
      if (sent !== undefined && sent.lost > 0) {
        output.note(`${sent.lost} spans were not delivered, ${sent.delivered} were.`);
      }
    },
    open: (uses, adapters) =>
      ResultAsync.fromSafePromise(
        Promise.resolve(adapters ?? adaptersFor({ service: 'cli' }, uses)),
      ).andThen((provided) =>
        // All settings are read at once, so that every mistake is reported.
        config([...settingsOf(provided, uses), ...TRACING_SETTINGS])
          .andThen(() => tracing())
          .andThen((used) => openServices(withTracing(provided, used), uses, config)),
      ),
    isGiven: (name) => isGiven(io.env, name, source),
    untilStopped,
  };
};

const open = async (
  options: CommonOptions & { readonly begins: boolean },
  output: Output,
  lifecycle: Lifecycle,
): Promise<Result<Session, CliFailure>> => {
  const { io } = lifecycle;
  const having = { output, io, untilStopped: () => lifecycle.untilStopped() };
  if (options.embedded !== true) {
    const { env, profile } = await withProfile(io.env);
    return ok(createSession({ ...having, io: { stdin: io.stdin, env }, profile }));
  }
  // They are half of what this program has to load.
  const loaded = await loadEmbedded(() => import('../../embedded.ts'));
  if (loaded.isErr()) return err(loaded.error);
  const { openEmbedded, missingData } = loaded.value;
  const missing = options.begins ? undefined : missingData(io.env);
  if (missing !== undefined) return err(nothingBegun(missing));
  const opened = await openEmbedded(io.env);
  return opened
    .mapErr((why) => failed('EmbeddedServers', why))
    .map((embedded) => {
      const ignored = overridden(io.env, embedded);
      if (ignored.length > 0) output.note(`--embedded does not use ${ignored.join(', ')}.`);
      return createSession(having, embedded);
    });
};

const nothingBegun = (dataDir: string): CliFailure =>
  misused(`the embedded servers have no data at ${dataDir}`, [
    'Run this where `worker --embedded` or `submit --embedded` ran, or let PAIDONCE_DATA_DIR ' +
      'name the folder.',
    'To begin there: `paidonce worker --embedded`.',
  ]);
