import type { Arrow, Picture, PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

/** What a program that reads Mermaid can do, and how it wants it. */
export type Dialect = {
  /** The name of a lane. */
  readonly lane: (name: string) => string;
  readonly escape: (line: string) => string;
  /** How many columns a line of a message has that goes over so many gaps between lanes. */
  readonly columns: (gaps: number) => number;
  /** How many lines a message may have. */
  readonly linesMax: number;
  /** The same where it is the first, or comes after a note. */
  readonly linesBelow: number;
  /** How a message of several lines ends. */
  readonly ending: string;
  readonly arrows: Readonly<Record<Arrow['kind'], string>>;
};

/** A note, or what somebody did alone, has one line: not every program places more of them well. */
const ALONE_COLUMNS = 64;

export const mermaidOf = ({ lanes, rows }: Picture, dialect: Dialect): string =>
  [
    'sequenceDiagram',
    ...lanes.map((name, at) => `participant ${idOf(at)} as ${dialect.lane(name)}`),
    ...rows.map((row, at) => statementOf(row, rows[at - 1], dialect)),
    '',
  ].join('\n');

const isNote = (row: PictureRow): boolean => row.type === 'Note' || row.kind === 'waited';

const statementOf = (row: PictureRow, before: PictureRow | undefined, dialect: Dialect): string => {
  const { from, to } = row;
  // A note needs something that it stands below.
  if (row.type === 'Note' || (isNote(row) && before !== undefined)) {
    const over = [...new Set([Math.min(from, to), Math.max(from, to)])].map(idOf).join(',');
    return `Note over ${over}: ${oneLine(row.text, dialect)}`;
  }
  const arrow = `${idOf(from)} ${dialect.arrows[row.kind]} ${idOf(to)}`;
  if (from === to) return `${arrow}: ${oneLine(row.text, dialect)}`;
  const isBelow = before === undefined || isNote(before);
  const max = isBelow ? dialect.linesBelow : dialect.linesMax;
  const columns = max === 1 ? ALONE_COLUMNS : dialect.columns(Math.abs(from - to));
  const lines = linesOf(row.text, { columns, max }).map(dialect.escape);
  return `${arrow}: ${lines.join('<br>')}${lines.length > 1 ? dialect.ending : ''}`;
};

const oneLine = (text: string, { escape }: Dialect): string =>
  linesOf(text, { columns: ALONE_COLUMNS, max: 1 }).map(escape).join('');

const idOf = (lane: number): string => `L${lane}`;

/** What Mermaid documents; characters that mean something to it are written as their numbers. */
export const STANDARD: Dialect = {
  lane: (name) => name,
  escape: (line) => line.replace(/[#;:<>&"%{}\\`*~$|@]/g, (sign) => `#${sign.codePointAt(0)};`),
  columns: () => 40,
  linesMax: 3,
  linesBelow: 3,
  ending: '',
  arrows: { done: '->>', lost: '--x', refused: '-x', waited: '-->>' },
};

/**
 * For beautiful-mermaid, which knows no numbers of characters but takes these for HTML and
 * Markdown.
 */
export const BEAUTIFUL: Dialect = {
  ...STANDARD,
  escape: (line) => line.replace(/[<>*~\\"]/g, (sign) => LOOK_ALIKES[sign] ?? sign),
};

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '<': '‹',
  '>': '›',
  '*': '∗',
  '~': '∼',
  '\\': '∖',
  '"': '”',
};
