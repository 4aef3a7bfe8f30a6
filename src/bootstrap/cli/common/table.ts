import Table from 'cli-table3';
import stringWidth from 'string-width';
import { fit, widthOfWord, wordsOf, wrapWords } from './screen.ts';

type Cells = readonly string[];

type TableOptions = {
  /** The columns, by place or heading, that are aligned to the right: they are never wrapped. */
  readonly right?: readonly (number | string)[];
  /** The columns that there is room for; a pipe has room for everything. */
  readonly columns?: number;
  /** Headings of columns that may be left out for lack of room, the first one first. */
  readonly optional?: Cells;
};

const GAP = 2;
/** Texts that are wrapped to less are hard to read. */
const TEXT_COLUMNS_MIN = 12;
/** A row of more lines is no row any more, but a list. */
const CELL_LINES_MAX = 3;
/** A longer word is parted, where it has parts, before the whole table becomes a list. */
const WORD_SHARE = 0.45;

/**
 * Aligns columns by blanks, so that other programs can read and cut the table. If there is no room
 * for it, optional columns are left out, then texts are wrapped, and at last each row is a short
 * list.
 */
export const tableOf = (
  head: Cells,
  rows: readonly Cells[],
  { right = [], columns = Infinity, optional = [] }: TableOptions = {},
): string => {
  const all = head.map((name, at): Column => {
    const cells = rows.map((row) => row[at] ?? '');
    return { name, cells, isRight: right.includes(at) || right.includes(name) };
  });
  const choices = [0, ...optional.map((_, at) => at + 1)].map((count) =>
    all.filter(({ name }) => !optional.slice(0, count).includes(name)),
  );
  const drawn =
    choices.find((some) => widthOf(some.map(naturalOf)) <= columns) ??
    choices.map((some) => narrowed(some, columns)).find((some) => some !== undefined);
  if (drawn === undefined) return listed(all, columns);
  const left = all.filter(({ name }) => !drawn.some((column) => column.name === name));
  return [draw(drawn), ...(left.length === 0 ? [] : [fit(leftOutText(left), columns)])].join('\n');
};

type Column = { readonly name: string; readonly cells: Cells; readonly isRight: boolean };

const leftOutText = (columns: readonly Column[]): string =>
  `… no room for: ${columns.map(({ name }) => name).join(', ')}`;

const naturalOf = ({ name, cells }: Column): number =>
  Math.max(
    ...[name, ...cells].flatMap((text) => text.split('\n').map((line) => stringWidth(line))),
  );

const widthOf = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width + GAP, -GAP);

/** The same table with wrapped texts; undefined if they would be broken into pieces. */
const narrowed = (all: readonly Column[], columns: number): readonly Column[] | undefined => {
  const least = all.map((column) => leastOf(column, columns));
  const widths = all.map(naturalOf);
  if (widthOf(least) > columns) return undefined;
  while (widthOf(widths) > columns) {
    const spare = widths.map((width, at) => (width > (least[at] ?? 0) ? width : 0));
    const widest = spare.indexOf(Math.max(...spare));
    const excess = widthOf(widths) - columns;
    const next = Math.max(0, ...spare.filter((width) => width < (spare[widest] ?? 0)));
    // The widest shrinks as far as the next one, and then both do.
    const to = Math.max(least[widest] ?? 0, next, (spare[widest] ?? 0) - excess);
    widths[widest] = Math.min(to, (spare[widest] ?? 0) - 1);
  }
  const wrapped = all.map((column, at) => ({
    ...column,
    lines: column.cells.map((cell) => wrapWords(cell, widths[at] ?? 0)),
  }));
  return wrapped.every(({ lines }) => lines.every(({ length }) => length <= CELL_LINES_MAX))
    ? wrapped.map(({ lines, ...column }) => ({
        ...column,
        cells: lines.map((some) => some.join('\n')),
      }))
    : undefined;
};

const leastOf = (column: Column, columns: number): number => {
  const natural = naturalOf(column);
  if (column.isRight) return natural;
  const words = [column.name, ...column.cells].flatMap(wordsOf);
  const longest = Math.max(...words.map((word) => widthOfWord(word, columns * WORD_SHARE)));
  return Math.min(natural, Math.max(longest, TEXT_COLUMNS_MIN));
};

const draw = (columns: readonly Column[]): string => {
  const table = new Table({
    head: columns.map(({ name }) => name),
    chars: BLANKS,
    colAligns: columns.map(({ isRight }) => (isRight ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
  });
  const rows = columns[0]?.cells ?? [];
  table.push(...rows.map((_, row) => columns.map(({ cells }) => cells[row] ?? '')));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
};

const BLANKS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((part) => [part, '']),
);

const INDENT = '  ';
const BETWEEN = '   ';

/** Each row is its first cell, and below it every other cell by its name. */
const listed = (all: readonly Column[], columns: number): string => {
  const [heading = ''] = all.map(({ name }) => name);
  const items = (all[0]?.cells ?? []).flatMap((_, row) => {
    const [title, ...others] = all
      .map(({ name, cells }) => ({ name, text: cells[row] ?? '' }))
      .filter(({ text }) => text !== '');
    if (title === undefined) return [];
    const named = others.map(({ name, text }) => (name === '' ? text : `${name}: ${text}`));
    return [
      // A bare number says nothing.
      fit(/^\d+$/.test(title.text) ? `${title.name} ${title.text}` : title.text, columns),
      ...side(named, columns - INDENT.length).flatMap((line) => hanging(line, columns)),
    ];
  });
  return [...(heading.length > 1 ? [fit(heading, columns)] : []), ...items].join('\n');
};

/** What goes on is indented further, so that it is not taken for another name. */
const hanging = (line: string, columns: number): readonly string[] =>
  stringWidth(line) + INDENT.length <= columns
    ? [`${INDENT}${line}`]
    : wrapWords(line, columns - 2 * INDENT.length).map(
        (part, at) => `${INDENT.repeat(at === 0 ? 1 : 2)}${part}`,
      );

/** Puts as many beside each other as there is room for. */
const side = (texts: readonly string[], columns: number): readonly string[] =>
  texts.reduce<readonly string[]>((lines, text) => {
    const last = lines.at(-1);
    const both = `${last}${BETWEEN}${text}`;
    return last !== undefined && stringWidth(both) <= columns
      ? [...lines.slice(0, -1), both]
      : [...lines, text];
  }, []);
