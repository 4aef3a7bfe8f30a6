import { Argument, Option } from 'commander';
import { ok } from 'neverthrow';
import { defineCommand } from '../common/command.ts';
import { EXIT } from '../common/failure.ts';
import { candidatesFor, type CompletionWord } from './candidates.ts';

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

/** A word with its meaning, in the form that each shell takes; bash shows words alone. */
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

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

type Shell = (typeof SHELLS)[number];

/**
 * Each script gives the program the words up to the cursor, and takes what it prints. If it prints
 * nothing, the shell offers files.
 */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `\
_paidonce() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done < <("\${COMP_WORDS[0]}" completion bash --words -- \\
    "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -o default -F _paidonce paidonce`,
  zsh: `\
#compdef paidonce
_paidonce() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" completion zsh --words -- \\
    "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ -n "\${candidates[1]}" ]]; then
    _describe paidonce candidates
    return
  fi
  _files
}
if [[ "\${funcstack[1]}" = _paidonce ]]; then
  _paidonce "$@"
  return
fi
compdef _paidonce paidonce`,
  fish: `\
function __paidonce_complete
  set -l words (commandline -opc)
  set -l partial (commandline -ct)
  set -l candidates ($words[1] completion fish --words -- $words[2..-1] "$partial" 2> /dev/null)
  if test -n "$candidates"
    printf '%s\\n' $candidates
    return
  end
  __fish_complete_path "$partial"
end
complete -c paidonce -f -a '(__paidonce_complete)'`,
};
