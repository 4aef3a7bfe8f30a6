import * as Order from '../../../domain/order/index.ts';
import type { Timeline } from '../../../application/trace/timeline.ts';
import { htmlPage } from './html.ts';
import { mermaidOf } from './mermaid.ts';
import { pictureOf } from './picture.ts';
import { svgPicture } from './svg.ts';
import { terminalPicture, type Terminal } from './terminal.ts';
import { plainText } from './text.ts';
import { commitBytes, itemBytes } from '../../../adapters/eventStore/storedCommit.ts';
import { redactAround } from '../../../adapters/telemetry/redact.ts';
import { buildTimeline } from '../../../application/trace/buildTimeline.ts';
import type { TraceInput } from '../../../application/trace/traceInput.ts';
import { withoutSteering } from '../../../domain/plainText.ts';
import { whatHappened } from '../common/eventTexts.ts';

/** For a terminal of so many columns, or for a file that is read like one. */
export const drawTerminal = (timeline: Timeline, terminal: Terminal): string =>
  terminalPicture(pictureOf(timeline), terminal);

export const drawMermaid = (timeline: Timeline): string => mermaidOf(pictureOf(timeline));

export const drawSvg = (timeline: Timeline): string =>
  svgPicture(pictureOf(timeline), titleOf(timeline));

/** A page in a file of its own, with everything that the timeline knows. */
export const drawHtml = (timeline: Timeline): string =>
  htmlPage(timeline, { title: titleOf(timeline), picture: drawSvg(timeline) });

const titleOf = ({ orderId }: Timeline): string => `The life of order ${plainText(orderId)}`;

/**
 * In the words that the other commands have for events and states, with costs by what the tables
 * hold.
 */
export const toTimeline = (collected: TraceInput): Timeline =>
  buildTimeline(
    collected,
    { event: whatHappened, status: Order.statusOf, redact: textOf(collected) },
    { commit: commitBytes, row: (row) => itemBytes({ ...row }) },
  );

/**
 * No text is trusted to be clean; the ids of the order and its refunds are what the picture is
 * about.
 */
const textOf = ({ orderId, state: { refunds } }: TraceInput) => {
  const ids = [orderId, ...refunds.map(({ refundId }) => refundId)];
  return (text: string): string => withoutSteering(redactAround(text, ids));
};
