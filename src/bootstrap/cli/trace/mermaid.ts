import type { Timeline } from '../../../application/trace/timeline.ts';
import { pictureOf, type Arrow, type PictureRow } from './picture.ts';
import { linesOf } from './text.ts';

const ARROWS: Readonly<Record<Arrow['kind'], string>> = {
  done: '->>',
  lost: '--x',
  refused: '-x',
  waited: '-->>',
};

/** A note, or what somebody did alone, has one line: not every program places more of them well. */
const ALONE = { columns: 64, max: 1 };
const BETWEEN = { columns: 40, max: 3 };

/** The source of a sequence diagram, as Mermaid documents it. */
export const drawMermaid = (timeline: Timeline): string => {
  const { lanes, rows } = pictureOf(timeline);
  return [
    'sequenceDiagram',
    ...lanes.map((name, at) => `participant ${idOf(at)} as ${name}`),
    ...rows.map((row, at) => statementOf(row, at === 0)),
    '',
  ].join('\n');
};

const statementOf = (row: PictureRow, isFirst: boolean): string => {
  const { from, to } = row;
  // A note needs something that it stands below.
  if (row.type === 'Note' || (row.kind === 'waited' && !isFirst)) {
    const over = [...new Set([Math.min(from, to), Math.max(from, to)])].map(idOf).join(',');
    return `Note over ${over}: ${textOf(row, ALONE)}`;
  }
  const room = from === to ? ALONE : BETWEEN;
  return `${idOf(from)} ${ARROWS[row.kind]} ${idOf(to)}: ${textOf(row, room)}`;
};

const textOf = ({ text }: PictureRow, room: typeof ALONE): string =>
  linesOf(text, room).map(escaped).join('<br>');

/** Characters that mean something to Mermaid are written as their numbers. */
const escaped = (line: string): string =>
  line.replace(/[#;:<>&"%{}\\`*~$|@]/g, (sign) => `#${sign.codePointAt(0)};`);

const idOf = (lane: number): string => `L${lane}`;
