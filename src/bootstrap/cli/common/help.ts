import { Help, Command } from 'commander';
import type { Environment } from '../../config.ts';
import type { ProcessIo } from './lifecycle.ts';
import { columnsOf, commandText, fit } from './screen.ts';

/** The width that the library and a pipe have. */
const COLUMNS = 80;
/** Longer lines are hard to read. */
const COLUMNS_MAX = 100;
/** With less room for it a description stands below its term. */
const DESCRIPTION_COLUMNS_MIN = 24;
const INDENT = 6;

export const helpColumns = ({ stdout }: Pick<ProcessIo, 'stdout'>): number => {
  const columns = columnsOf(stdout);
  return columns === Infinity ? COLUMNS : Math.min(columns, COLUMNS_MAX);
};

/** Adds examples that work when they are typed, and paragraphs, to the help of a command. */
export const addHelp = (
  command: Command,
  { examples, text = '' }: { readonly examples: readonly string[]; readonly text?: string },
  io: Pick<ProcessIo, 'stdout' | 'env'>,
): void => {
  command.addHelpText('after', () => {
    const columns = helpColumns(io);
    return [
      '\nExamples:',
      ...examples.map((example) => commandText(`$ ${asTyped(example, io.env)}`, columns)),
      ...(text === '' ? [] : ['', fit(unwrapped(text), columns)]),
    ].join('\n');
  });
};

/** The lines of the source belong together, up to one that begins something of its own. */
const unwrapped = (text: string): string =>
  text.replaceAll(/(?<=\S)\n(?!\n| |Exit codes?:|Faults:|- )/g, ' ');

/**
 * The library's layout of what it knows: as wide as the terminal, with descriptions below their
 * terms if need be.
 */
export const HELP = {
  minWidthToWrap: 1,
  formatItem: (term: string, width: number, description: string, helper: Help): string => {
    const columns = helper.helpWidth ?? COLUMNS;
    return width + 4 + DESCRIPTION_COLUMNS_MIN <= columns
      ? Help.prototype.formatItem.call(helper, term, width, description, helper)
      : [`  ${term}`, ...helper.boxWrap(description, columns - INDENT).split('\n')]
          .join(`\n${' '.repeat(INDENT)}`)
          .trimEnd();
  },
};

const NAME = 'paidonce';

/**
 * An example as it works when it is typed. One that names no program names this one, and what npm
 * started is on nobody's PATH.
 */
export const asTyped = (example: string, env: Environment): string => {
  const line = example.includes(`${NAME} `) ? example : `${NAME} ${example}`;
  return env['npm_command'] === undefined
    ? line
    : line.replaceAll(new RegExp(`\\b${NAME}(?= )`, 'g'), `npx ${NAME}`);
};

/**
 * The arguments as the library takes them: `-V` and `version` are `--version`, and `help TOPIC` is
 * `TOPIC --help`. What names no command is left as the last argument, so that it is an error with a
 * suggestion, and not a reason to show the help of something else.
 */
export const readArgs = (program: Command, args: readonly string[]): readonly string[] => {
  const [first, ...others] = args;
  if (first === '-V' || (first === 'version' && others.length === 0)) return ['--version'];
  let command = program;
  let isTopic = false;
  const path: string[] = [];
  for (const [at, arg] of args.entries()) {
    if (arg.startsWith('-') || command.commands.length === 0) {
      return isTopic ? [...path, '--help'] : [...path, ...args.slice(at)];
    }
    if (arg === 'help') {
      isTopic = true;
      continue;
    }
    path.push(arg);
    const next = command.commands.find((one) => one.name() === arg);
    if (next === undefined) return path;
    command = next;
  }
  return isTopic ? [...path, '--help'] : path;
};

const CHOICE =
  /'(?<value>[^']*)' is invalid(?: for argument '[^']*')?\. Allowed choices are (?<choices>.*)\.$/;

/**
 * Adds what was probably meant if only some values are allowed, by the library's own measure of
 * likeness.
 */
export const withChoice = (message: string): string => {
  const { value, choices = '' } = CHOICE.exec(message)?.groups ?? {};
  if (value === undefined) return message;
  let said = '';
  const likeness = new Command()
    .exitOverride()
    .configureOutput({ outputError: (text) => (said = text), writeErr: () => undefined });
  for (const choice of choices.split(', ')) likeness.command(choice);
  try {
    likeness.parse([value], { from: 'user' });
  } catch {
    // It ends with an error whatever it finds: there is no such command.
  }
  const [suggestion] = /\(Did you mean .*\?\)/.exec(said) ?? [];
  return suggestion === undefined ? message : `${message}\n${suggestion}`;
};
