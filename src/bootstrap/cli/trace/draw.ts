import type { Timeline } from '../../../application/trace/timeline.ts';
import { htmlPage } from './html.ts';
import { mermaidOf, STANDARD } from './mermaid.ts';
import { pictureOf } from './picture.ts';
import { svgPicture } from './svg.ts';
import { terminalPicture, type Terminal } from './terminal.ts';
import { plainText } from './text.ts';

/** For a terminal of so many columns, or for a file that is read like one. */
export const drawTerminal = (timeline: Timeline, terminal: Terminal): string =>
  terminalPicture(pictureOf(timeline), terminal);

/** The source of a sequence diagram, for whatever shows Mermaid. */
export const drawMermaid = (timeline: Timeline): string => mermaidOf(pictureOf(timeline), STANDARD);

/** A picture in a file of its own. */
export const drawSvg = (timeline: Timeline): string =>
  svgPicture(pictureOf(timeline), titleOf(timeline));

/** A page in a file of its own, with everything that the timeline knows. */
export const drawHtml = (timeline: Timeline): string =>
  htmlPage(timeline, { title: titleOf(timeline), picture: drawSvg(timeline) });

const titleOf = ({ orderId }: Timeline): string => `The life of order ${plainText(orderId)}`;
