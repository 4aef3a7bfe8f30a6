export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/**
 * Each gives the program the words up to the cursor, and takes what it prints. Where it prints
 * nothing, the shell offers files.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
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
