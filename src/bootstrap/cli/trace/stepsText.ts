import type { Cost, TimelineStep, Timeline } from '../../../application/trace/timeline.ts';
import { tableOf } from '../shared/output.ts';
import { MARKS, PHASES } from './picture.ts';
import { plainText } from './text.ts';
import { timeOf } from '../shared/text.ts';

/** A timeline as text: every step with what it came from, what it has cost, and what is not known. */
export const timelineText = (timeline: Timeline): string => {
  const { orderId, status, steps, cost, missing, notes } = timeline;
  const [first] = steps;
  return [
    `order     ${plainText(orderId)}`,
    `status    ${status}`,
    ...(first === undefined ? ['Nothing is known of it.'] : [`from      ${timeOf(first.at)}`]),
    ...(steps.length === 0 ? [] : ['', stepsTable(steps)]),
    ...(cost.items.length === 0 ? [] : ['', costTable(cost)]),
    ...listed('Not known, since a source is missing:', missing),
    ...listed('To be read with care:', notes),
  ].join('\n');
};

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${plainText(line)}`)];

const stepsTable = (steps: readonly TimelineStep[]): string =>
  tableOf(
    ['#', 'after', 'phase', 'from', 'to', 'what', 'cause', 'by'],
    steps.map((step, index) => [
      String(index + 1),
      `${((step.at - (steps[0]?.at ?? 0)) / 1_000).toFixed(3)} s`,
      PHASES[step.phase],
      step.from,
      step.to === step.from ? '' : step.to,
      plainText(`${MARKS[step.kind]}${step.what}${versionsText(step)}`),
      step.cause === undefined ? '' : String(step.cause + 1),
      plainText(step.by ?? ''),
    ]),
    { right: [0, 1, 6] },
  );

const versionsText = ({ versions = [] }: TimelineStep): string => {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? ` [version ${first}]` : ` [versions ${first} to ${last}]`;
};

const costTable = ({ items, microUsd }: Cost): string =>
  tableOf(
    ['cost at list prices', 'quantity', 'unit', 'millionths of a USD'],
    [
      ...items.map((item) => [
        item.what,
        String(item.quantity),
        item.unit,
        item.microUsd.toFixed(3),
      ]),
      ['in all', '', '', microUsd.toFixed(3)],
    ],
    { right: [1, 3] },
  );
