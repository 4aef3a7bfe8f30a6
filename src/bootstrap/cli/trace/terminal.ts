import { renderMermaidASCII } from 'beautiful-mermaid';
import pc from 'picocolors';
import stringWidth from 'string-width';
import type { Output } from '../common/output.ts';
import { BEAUTIFUL, mermaidOf } from './mermaid.ts';
import { MARKS, PHASES, type Arrow, type Picture, type PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

export type Terminal = { readonly columns: number; readonly colour: boolean };

/** Where nobody says how wide it is, as in a pipe. */
const COLUMNS = 120;

export const terminalOf = ({ colours, stdout }: Pick<Output, 'colours' | 'stdout'>): Terminal => ({
  columns: stdout.columns ?? COLUMNS,
  colour: colours.isColorSupported,
});

/** How many columns a label may have in the wide picture: as many as the terminal has room for. */
const LABEL_COLUMNS = [36, 30, 25, 20, 16];
const LINE_COLUMNS_MAX = 60;
const LABEL_LINES_MAX = 5;
/** A longer picture is easier to follow with one line to a step. */
const WIDE_ROWS_MAX = 24;

/** With labels above their arrows where that fits, and beside narrow lanes where it does not. */
export const terminalPicture = (picture: Picture, { columns, colour }: Terminal): string => {
  const paint = painter(colour);
  const widths = picture.rows.length <= WIDE_ROWS_MAX ? LABEL_COLUMNS : [];
  const wide = widths
    .map((labelColumns) => wideLines(picture, labelColumns))
    // What is wider than it is long is not placed well there.
    .find((lines) =>
      lines.every((line) => line.length <= columns && stringWidth(line) === line.length),
    );
  const lines = wide === undefined ? narrowLines(picture, columns, paint) : wide.map(paint.all);
  return [...lines, ...legendOf(picture).map(paint.dim)].join('\n').trimEnd();
};

const wideLines = (picture: Picture, columns: number): readonly string[] =>
  renderMermaidASCII(
    mermaidOf(picture, {
      ...BEAUTIFUL,
      // Lanes are as wide as their names.
      lane: (name) => name.replace(' ', '<br>'),
      // Over several gaps it takes no more room than over one.
      columns: (gaps) => Math.min(columns * gaps, LINE_COLUMNS_MAX),
      linesMax: LABEL_LINES_MAX,
      linesBelow: LABEL_LINES_MAX,
    }),
    { colorMode: 'none' },
  )
    .split('\n')
    .map((line) => line.trimEnd());

const LANE_COLUMNS = 3;
/** Below that, words are broken. */
const TEXT_COLUMNS_MIN = 20;
/** Longer lines are hard to read. */
const TEXT_COLUMNS_MAX = 100;
const TEXT_LINES_MAX = 4;

const narrowLines = (
  { lanes, rows }: Picture,
  columns: number,
  paint: Painter,
): readonly string[] => {
  const width = lanes.length * LANE_COLUMNS;
  const textColumns = Math.max(TEXT_COLUMNS_MIN, Math.min(columns - width, TEXT_COLUMNS_MAX));
  const still = '│'.padEnd(LANE_COLUMNS).repeat(lanes.length);
  const heads = lanes.map(
    (name, at) => paint.dim('│'.padEnd(LANE_COLUMNS).repeat(at)) + paint.strong(name),
  );
  return [
    ...heads,
    paint.dim(still.trimEnd()),
    ...rows.flatMap((row) =>
      linesOf(row.text, { columns: textColumns, max: TEXT_LINES_MAX }).map((line, at) => {
        return `${paint.dim(laneCells(row, at, still))}${paint.label(line, row)}`.trimEnd();
      }),
    ),
  ];
};

const laneCells = (row: PictureRow, line: number, still: string): string => {
  if (row.type === 'Note') return still.replaceAll('│', '┊');
  return line === 0 ? drawArrow(row, still) : still;
};

const HEADS: Readonly<Record<Arrow['kind'], readonly [left: string, right: string]>> = {
  done: ['◀', '▶'],
  waited: ['◀', '▶'],
  lost: ['✗', '✗'],
  refused: ['✗', '✗'],
};

/** The arrow laid over the lifelines. */
const drawArrow = ({ from, to, kind }: Arrow, lifelines: string): string => {
  const cells = Array.from(lifelines);
  const [start, end] = [from, to].map((lane) => lane * LANE_COLUMNS);
  if (start === undefined || end === undefined) return lifelines;
  if (start === end) cells[start] = kind === 'waited' ? '○' : '●';
  else {
    const isRight = end > start;
    for (let at = Math.min(start, end) + 1; at < Math.max(start, end); at += 1) {
      cells[at] = kind === 'lost' || kind === 'waited' ? '╌' : '─';
    }
    cells[start] = isRight ? '├' : '┤';
    cells[end] = HEADS[kind][isRight ? 1 : 0];
  }
  return cells.join('');
};

const legendOf = ({ rows }: Picture): readonly string[] => {
  const kinds = new Set(rows.flatMap((row) => (row.type === 'Arrow' ? [row.kind] : [])));
  const meanings = [
    ...(kinds.has('lost') ? [`${MARKS.lost}outcome not known`] : []),
    ...(kinds.has('refused') ? [`${MARKS.refused}refused`] : []),
    ...(kinds.has('waited') ? [`${MARKS.waited}waits`] : []),
  ];
  return meanings.length === 0 ? [] : ['', meanings.join('   ')];
};

type Painter = ReturnType<typeof painter>;
const painter = (colour: boolean) => {
  const colours = pc.createColors(colour);
  const phase = new RegExp(`(?:${Object.values(PHASES).join('|')}):`, 'g');
  const marked = (text: string): string =>
    text.replace(phase, (name) => colours.bold(colours.cyan(name)));
  return {
    dim: colours.dim,
    strong: colours.bold,
    label: (line: string, row: PictureRow): string => {
      if (row.type === 'Note' || row.kind === 'waited') return colours.dim(line);
      if (row.kind === 'refused') return colours.red(line);
      return row.kind === 'lost' ? colours.yellow(line) : marked(line);
    },
    all: (line: string): string => marked(line.replace(/[─-▟▶◀]+/g, (lines) => colours.dim(lines))),
  };
};
