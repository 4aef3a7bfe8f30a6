import type { Timeline } from '../../../application/trace/timeline.ts';
import pc from 'picocolors';
import type { Output } from '../common/output.ts';
import { columnsOf } from '../common/screen.ts';
import { MARKS, PHASE_HEAD, pictureOf, type Arrow, type PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

export type Terminal = { readonly columns: number; readonly colour: boolean };

/** A picture has to have some width in a pipe, too. */
const COLUMNS = 120;

export const terminalOf = ({ colours, stdout }: Pick<Output, 'colours' | 'stdout'>): Terminal => ({
  columns: Math.min(columnsOf(stdout), stdout.columns ?? COLUMNS),
  colour: colours.isColorSupported,
});

/** The widest lanes that leave room for the texts are used. */
const LANE_COLUMNS = [3, 2, 1] as const;
/** In less room, words are broken. */
const TEXT_COLUMNS_MIN = 28;
/** Longer lines are hard to read. */
const TEXT_COLUMNS_MAX = 100;
const TEXT_CHARACTERS_MAX = 400;

/** Draws one line for each step, beside narrow lanes. */
export const drawTerminal = (timeline: Timeline, { columns, colour }: Terminal): string => {
  const { lanes, rows } = pictureOf(timeline);
  const paint = painter(colour);
  const lane = laneColumns(lanes, columns);
  const width = lane * lanes.length + (lane === 1 ? 1 : 0);
  const textColumns = Math.max(1, Math.min(columns - width, TEXT_COLUMNS_MAX));
  const still = '│'.padEnd(lane).repeat(lanes.length).padEnd(width);
  const heads = lanes.map(
    (name, at) => paint.dim('│'.padEnd(lane).repeat(at)) + paint.strong(name),
  );
  const lines = [
    ...heads,
    paint.dim(still.trimEnd()),
    ...rows.flatMap((row) =>
      linesOf(row.text, {
        columns: textColumns,
        max: Math.ceil(TEXT_CHARACTERS_MAX / textColumns),
      }).map((line, at) => {
        const lanesText = paint.dim(laneCells(row, { line: at, lane, still }));
        return `${lanesText}${paint.label(line, row)}`.trimEnd();
      }),
    ),
    ...legendOf(rows).map(paint.dim),
  ];
  return lines.join('\n').trimEnd();
};

const laneColumns = (lanes: readonly string[], columns: number): number => {
  const widthWith = (lane: number): number =>
    Math.max(
      lanes.length * lane + TEXT_COLUMNS_MIN,
      ...lanes.map((name, at) => at * lane + name.length),
    );
  return LANE_COLUMNS.find((lane) => widthWith(lane) <= columns) ?? 1;
};

type Lifelines = {
  /** The number of the line of the row's text. */
  readonly line: number;
  /** The width of a lane. */
  readonly lane: number;
  readonly still: string;
};

const laneCells = (row: PictureRow, { line, lane, still }: Lifelines): string => {
  if (row.type === 'Note') return still.replaceAll('│', '┊');
  return line === 0 ? drawArrow(row, lane, still) : still;
};

const HEADS: Readonly<Record<Arrow['kind'], readonly [left: string, right: string]>> = {
  done: ['◀', '▶'],
  waited: ['◀', '▶'],
  lost: ['✗', '✗'],
  refused: ['✗', '✗'],
};

/** Lays the arrow over the lifelines. */
const drawArrow = ({ from, to, kind }: Arrow, laneWidth: number, lifelines: string): string => {
  const cells = Array.from(lifelines);
  const [start, end] = [from, to].map((lane) => lane * laneWidth);
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
