import { htmlEscape } from 'escape-goat';
import type { Timeline } from '../../../application/trace/timeline.ts';
import { PHASE_HEAD, pictureOf, titleOf, type PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

/** Each colour in light and in dark mode. */
const COLOURS = {
  paper: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#e6edf3'],
  muted: ['#57606a', '#9ea7b3'],
  lane: ['#d0d7de', '#30363d'],
  bad: ['#b3202c', '#ff9a92'],
} as const;
const [PAPER, TEXT, MUTED, LANE, BAD] = Object.values(COLOURS).map(([light]) => light);

/** Lengths are in pixels. */
const LANE_WIDTH = 28;
const LINE_HEIGHT = 20;
const MARGIN = 16;
/** A little more than a character of the font has on the average. */
const COLUMN_WIDTH = 7.5;
/** The width of the texts; longer lines are hard to read. */
const COLUMNS = 100;
const LINES_MAX = 4;

const laneX = (lane: number): number => MARGIN + lane * LANE_WIDTH;
const lineY = (line: number): number => MARGIN + line * LINE_HEIGHT;

/**
 * A drawing that stands alone, laid out like that of a terminal: narrow lanes, and texts beside
 * them. It has no font, style or script from elsewhere. Its colours are written out, since many
 * programs that show SVG know no CSS; those that do show it dark where that is wanted.
 */
export const drawSvg = (timeline: Timeline): string => {
  const { lanes, rows } = pictureOf(timeline);
  const heads = lanes.map(
    (name, at) =>
      `<g class="lane"><line x1="${laneX(at)}" x2="${laneX(at)}" y1="${lineY(at) + 6}" y2="100%" ` +
      `stroke="${LANE}" />${textAt(laneX(at) - 4, lineY(at), { text: name, paint: TEXT })}</g>`,
  );
  let line = lanes.length + 1;
  const drawn = rows.map((row) => {
    const lines = linesOf(row.text, { columns: COLUMNS, max: LINES_MAX });
    const y = lineY(line);
    line += lines.length;
    const paint = paintOf(row);
    const texts = lines.map((text, at) =>
      textAt(laneX(lanes.length), y + at * LINE_HEIGHT, { text, paint }),
    );
    const [kind, arrow] = row.type === 'Note' ? ['note', ''] : [row.kind, arrowAt(row, y - 4)];
    return `<g class="row ${kind}">${arrow}${texts.join('')}</g>`;
  });
  const width = laneX(lanes.length) + COLUMNS * COLUMN_WIDTH;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="life" role="img" aria-labelledby="life-title"`,
    `  viewBox="0 0 ${width} ${lineY(line)}" width="${width}" height="${lineY(line)}">`,
    `<title id="life-title">${htmlEscape(titleOf(timeline))}</title>`,
    `<style>${STYLE}</style>`,
    HEADS,
    `<rect width="100%" height="100%" fill="${PAPER}" />`,
    ...heads,
    ...drawn,
    '</svg>',
  ].join('\n');
};

const paintOf = (row: PictureRow): string | undefined => {
  if (row.type === 'Note' || row.kind === 'waited') return MUTED;
  return row.kind === 'done' ? TEXT : BAD;
};

type Label = { readonly text: string; readonly paint: string | undefined };

const textAt = (x: number, y: number, { text, paint }: Label): string => {
  const label = htmlEscape(text).replace(PHASE_HEAD, '<tspan font-weight="bold">$&</tspan>');
  return `<text x="${x}" y="${y}" fill="${paint}">${label}</text>`;
};

/**
 * A cross ends what was refused or not answered, and a dashed line waits or had no answer. What
 * somebody did alone is a dot; it is hollow where it did not simply take place.
 */
const arrowAt = ({ from, to, kind }: PictureRow & { type: 'Arrow' }, y: number): string => {
  const isBad = kind === 'refused' || kind === 'lost';
  const dashes = kind === 'waited' || kind === 'lost' ? ' stroke-dasharray="4 3"' : '';
  const stroke = `stroke="${isBad ? BAD : MUTED}"${dashes}`;
  const [start, end] = [laneX(from), laneX(to)];
  const fill = kind === 'done' ? MUTED : 'none';
  return from === to
    ? `<circle cx="${start}" cy="${y}" r="4" fill="${fill}" ${stroke} />`
    : `<line x1="${start}" x2="${end}" y1="${y}" y2="${y}" ${stroke} ` +
        `marker-end="url(#life-${isBad ? 'cross' : 'head'})" />`;
};

const HEADS = `<defs>
<marker id="life-head" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">
<path d="M0,0 L8,4 L0,8 z" fill="${MUTED}" />
</marker>
<marker id="life-cross" markerWidth="10" markerHeight="10" refX="5" refY="5" orient="auto">
<path d="M1,1 L9,9 M1,9 L9,1" stroke="${BAD}" stroke-width="2" fill="none" />
</marker>
</defs>`;

const STYLE = `
  .life text { font: 13px system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif; }
  @media (prefers-color-scheme: dark) {
    ${Object.values(COLOURS)
      .flatMap(([light, dark]) =>
        ['fill', 'stroke'].map((paint) => `.life [${paint}="${light}"] { ${paint}: ${dark}; }`),
      )
      .join('\n    ')}
  }
`;
