import type { Timeline } from '../../../application/trace/timeline.ts';
import pc from 'picocolors';
import type { Output } from '../common/output.ts';
import { MARKS, PHASE_HEAD, pictureOf, type Arrow, type PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

export type Terminal = { readonly columns: number; readonly colour: boolean };

/** Where nobody says how wide it is, as in a pipe. */
const COLUMNS = 120;

export const terminalOf = ({ colours, stdout }: Pick<Output, 'colours' | 'stdout'>): Terminal => ({
  columns: stdout.columns ?? COLUMNS,
  colour: colours.isColorSupported,
});

const LANE_COLUMNS = 3;
/** Below that, words are broken. */
const TEXT_COLUMNS_MIN = 20;
/** Longer lines are hard to read. */
const TEXT_COLUMNS_MAX = 100;
const TEXT_LINES_MAX = 4;

/** One line to a step, beside narrow lanes. */
export const drawTerminal = (timeline: Timeline, { columns, colour }: Terminal): string => {
  const { lanes, rows } = pictureOf(timeline);
  const paint = painter(colour);
  const width = lanes.length * LANE_COLUMNS;
  const textColumns = Math.max(TEXT_COLUMNS_MIN, Math.min(columns - width, TEXT_COLUMNS_MAX));
  const still = '│'.padEnd(LANE_COLUMNS).repeat(lanes.length);
  const heads = lanes.map(
    (name, at) => paint.dim('│'.padEnd(LANE_COLUMNS).repeat(at)) + paint.strong(name),
  );
  const lines = [
    ...heads,
    paint.dim(still.trimEnd()),
    ...rows.flatMap((row) =>
      linesOf(row.text, { columns: textColumns, max: TEXT_LINES_MAX }).map((line, at) => {
        return `${paint.dim(laneCells(row, at, still))}${paint.label(line, row)}`.trimEnd();
      }),
    ),
    ...legendOf(rows).map(paint.dim),
  ];
  return lines.join('\n').trimEnd();
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

const legendOf = (rows: readonly PictureRow[]): readonly string[] => {
  const kinds = new Set(rows.flatMap((row) => (row.type === 'Arrow' ? [row.kind] : [])));
  const meanings = [
    ...(kinds.has('lost') ? [`${MARKS.lost}outcome not known`] : []),
    ...(kinds.has('refused') ? [`${MARKS.refused}refused`] : []),
    ...(kinds.has('waited') ? [`${MARKS.waited}waits`] : []),
  ];
  return meanings.length === 0 ? [] : ['', meanings.join('   ')];
};

const painter = (colour: boolean) => {
  const colours = pc.createColors(colour);
  return {
    dim: colours.dim,
    strong: colours.bold,
    label: (line: string, row: PictureRow): string => {
      if (row.type === 'Note' || row.kind === 'waited') return colours.dim(line);
      if (row.kind === 'refused') return colours.red(line);
      if (row.kind === 'lost') return colours.yellow(line);
      return line.replace(PHASE_HEAD, (name) => colours.bold(colours.cyan(name)));
    },
  };
};
