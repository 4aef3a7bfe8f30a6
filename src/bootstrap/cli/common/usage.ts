import { Command } from 'commander';

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

/** What was meant where only some values are allowed, by the library's own measure of likeness. */
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
