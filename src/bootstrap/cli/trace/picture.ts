import {
  PARTIES,
  type TimelinePhase,
  type TimelineStep,
  type Timeline,
} from '../../../application/trace/timeline.ts';
import { condense, type Drawn, createLanes } from './condense.ts';
import { plainText } from './text.ts';
import { durationOf } from '../common/text.ts';

/** The five phases, by their names in the README. */
export const PHASES: Readonly<Record<TimelinePhase, string>> = {
  1: '1 ingest',
  2: '2 consume',
  3: '3 pay',
  4: '4 notify',
  5: '5 observe',
};

export const PHASE_HEAD = new RegExp(`(?:${Object.values(PHASES).join('|')}):`);

export const titleOf = ({ orderId }: Timeline): string => `The life of order ${plainText(orderId)}`;

/** The marks before what did not simply take place. */
export const MARKS: Readonly<Record<TimelineStep['kind'], string>> = {
  done: '',
  lost: '? ',
  refused: '✗ ',
  waited: '… ',
};

/** The way from one lane to another, as indexes; both are the same if somebody did it alone. */
type LaneSpan = { readonly from: number; readonly to: number };

export type Arrow = LaneSpan & {
  readonly type: 'Arrow';
  readonly kind: TimelineStep['kind'];
  readonly text: string;
};

export type PictureRow = Arrow | (LaneSpan & { readonly type: 'Note'; readonly text: string });

/** The content of a drawing, whatever it is drawn with. Its texts have no control characters. */
type Picture = { readonly lanes: readonly string[]; readonly rows: readonly PictureRow[] };

/** In a shorter pause nobody waited for anything. */
const PAUSE_MS = 1_000;

export const pictureOf = ({ steps }: Pick<Timeline, 'steps'>): Picture => {
  const { lanes, placeOf } = createLanes(steps);
  const last = Math.max(0, lanes.length - 1);
  const rows: PictureRow[] = [];
  let phase: TimelinePhase | undefined;
  let at = steps[0]?.at ?? 0;
  for (const drawn of condense(steps)) {
    if (drawn.type === 'Skipped') {
      rows.push({ type: 'Note', from: 0, to: last, text: skippedText(drawn) });
      at = drawn.until;
      continue;
    }
    const { step, index } = drawn;
    const place = placeOf(index);
    const pause = step.at - at;
    if (pause >= PAUSE_MS) {
      rows.push({ type: 'Note', ...place, text: `${durationOf(pause)} later` });
    }
    rows.push({ type: 'Arrow', ...place, kind: step.kind, text: labelOf(step, phase) });
    phase = step.phase;
    // Clocks differ: a step may bear an earlier time than the one that it came from.
    at = Math.max(at, step.at);
  }
  return rows.length > 0 ? { lanes, rows } : NOTHING;
};

const NOTHING: Picture = {
  lanes: [PARTIES[5]],
  rows: [{ type: 'Arrow', from: 0, to: 0, kind: 'waited', text: '… nothing is known yet' }],
};

/** No picture has room for more of it. */
const WHAT_MAX = 1_000;

/** Names the phase where it begins, so that the picture can be read from there on. */
const labelOf = (step: TimelineStep, before: TimelinePhase | undefined): string => {
  const { phase, kind, what } = step;
  const begins = phase === before ? '' : `${PHASES[phase]}: `;
  return `${MARKS[kind]}${begins}${plainText(what.slice(0, WHAT_MAX)) || 'says nothing'}`;
};

const skippedText = ({ count, alike, from, until }: Drawn & { type: 'Skipped' }): string => {
  const within = until - from >= PAUSE_MS ? `, within ${durationOf(until - from)}` : '';
  return `${count} more steps ${alike ? 'like those drawn' : 'that are not drawn'}${within}`;
};
