import { Argument, Option } from 'commander';
import { ok } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import { candidatesFor, type CompletionWord } from './candidates.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

export const body = defineCommand<{ readonly words?: boolean }>({
  examples: [
    'source <(paidonce completion bash)',
    'paidonce completion zsh > "${fpath[1]}/_paidonce"',
    'paidonce completion fish > ~/.config/fish/completions/paidonce.fish',
  ],
  options: (command) =>
    command
      .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
      .allowExcessArguments()
      .addOption(new Option('--words', 'print what may stand for the last word').hideHelp()),
  help: `\
Prints a script for the shell, which completes commands, options and their choices. It asks the
program itself, so that it needs no update with it. Put the line for your shell into its start-up
file, such as ~/.bashrc, or write the script where the shell looks for it.`,
  run: ({ output }, { words: isAsked = false }, { args: [shell = 'bash', ...words], command }) => {
    const { parent: program } = command;
    if (!isAsked || program === null) {
      const script = SCRIPTS[shell as Shell];
      output.data({ shell, script }, () => script);
      return Promise.resolve(ok(EXIT.OK));
    }
    for (const candidate of candidatesFor(program, words)) {
      output.data(candidate, () => lineFor(shell as Shell, candidate));
    }
    return Promise.resolve(ok(EXIT.OK));
  },
});

/** As each shell takes a word with its meaning; bash shows words alone. */
const lineFor = (shell: Shell, { word, means }: CompletionWord): string => {
  switch (shell) {
    case 'bash':
      return word;
    case 'zsh':
      return `${word.replaceAll(':', '\\:')}:${means}`;
    case 'fish':
      return `${word}\t${means}`;
  }
};
