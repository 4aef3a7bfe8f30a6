import type { Command, Option } from 'commander';

/** A word that may come next on the command line, with what it means. */
export type CompletionWord = { readonly word: string; readonly means: string };

/**
 * The words that may stand in the place of the last of these, which is being written: commands,
 * options, and their choices. There are none if anything may stand there, such as a file or the id
 * of an order.
 */
export const candidatesFor = (
  program: Command,
  words: readonly string[],
): readonly CompletionWord[] => {
  const [, name = '', start = ''] = /^(--[^=]+=)(.*)$/.exec(words.at(-1) ?? '') ?? [];
  // Bash takes `--option=value` for three words, the other shells for one.
  const partial = words.at(-1) === '=' ? '' : (words.at(-1) ?? '');
  const before = words.slice(0, -1).filter((word) => word !== '=');
  if (name !== '') {
    const { waiting } = read(program, [...before, name.slice(0, -1)]);
    return (waiting === undefined ? [] : choicesOf(waiting))
      .filter(({ word }) => word.startsWith(start))
      .map(({ word, means }) => ({ word: `${name}${word}`, means }));
  }
  return mayFollow(read(program, before), partial).filter(({ word }) => word.startsWith(partial));
};

const mayFollow = (
  { command, waiting, given, isPlain }: Line,
  partial: string,
): readonly CompletionWord[] => {
  if (waiting !== undefined) return choicesOf(waiting);
  return partial.startsWith('-') && !isPlain ? optionsOf(command) : wordsOf(command, given);
};

type Line = {
  readonly command: Command;
  /** The option whose value is next. */
  readonly waiting: Option | undefined;
  /** The number of arguments that are there. */
  readonly given: number;
  /** Whether `--` came before: after it there are no options. */
  readonly isPlain: boolean;
};

const read = (program: Command, words: readonly string[]): Line => {
  let line: Line = { command: program, waiting: undefined, given: 0, isPlain: false };
  for (const word of words) line = after(line, word);
  return line;
};

const after = (line: Line, word: string): Line => {
  const { command, waiting, given, isPlain } = line;
  if (waiting !== undefined) return { ...line, waiting: undefined };
  if (word === '--') return { ...line, isPlain: true };
  if (word.startsWith('-') && !isPlain) {
    const option = command.options.find(({ short, long }) => word === short || word === long);
    return option?.required === true ? { ...line, waiting: option } : line;
  }
  const next = command.commands.find((one) => one.name() === word);
  return next === undefined ? { ...line, given: given + 1 } : { ...line, command: next, given: 0 };
};

const wordsOf = (command: Command, given: number): readonly CompletionWord[] => {
  const { commands, registeredArguments } = command;
  if (commands.length > 0) {
    const listed = commands.map((one) => ({ word: one.name(), means: one.description() }));
    return [...listed, { word: 'help', means: 'display help for command' }];
  }
  const { argChoices = [], description = '' } = registeredArguments[given] ?? {};
  return argChoices.map((word) => ({ word, means: description }));
};

const optionsOf = (command: Command): readonly CompletionWord[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, short, description }) => ({ word: long ?? short ?? '', means: description }));

const choicesOf = ({ argChoices = [], description }: Option): readonly CompletionWord[] =>
  argChoices.map((word) => ({ word, means: description }));
