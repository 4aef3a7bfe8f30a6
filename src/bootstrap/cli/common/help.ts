import { Help, type Command } from 'commander';
import type { ProcessIo } from './lifecycle.ts';
import { asTyped } from './programName.ts';
import { columnsOf, commandText, fit } from './screen.ts';

/** That of the library, and of a pipe. */
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

/** How the library lays out what it knows: as wide as the terminal, if need be below each other. */
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
