import * as Order from '../../../domain/order/index.ts';
import { writeFile } from 'node:fs/promises';
import { err, ok, ResultAsync, type Result } from 'neverthrow';
import type { Timeline, Cost, TimelineStep } from '../../../application/trace/timeline.ts';
import { defineCommand, type CommandSteps, type Session } from '../common/command.ts';
import { EXIT, failed, misused, type CliFailure } from '../common/failure.ts';
import { findOrder } from '../common/findOrder.ts';
import { FIND_HELP, withOrder, type FindOptions } from '../common/orderArgument.ts';
import { unknownOrder } from '../common/history.ts';
import { drawHtml } from './html.ts';
import { drawMermaid } from './mermaid.ts';
import { drawSvg } from './svg.ts';
import { drawTerminal, terminalOf } from './terminal.ts';
import { toTimeline } from './toTimeline.ts';
import { tableOf } from '../common/table.ts';
import { MARKS, PHASES } from './picture.ts';
import { plainText } from './text.ts';
import { timeOf } from '../common/text.ts';

type TraceOptions = FindOptions & {
  readonly logs: boolean;
  readonly deadLetters: boolean;
  readonly mermaid?: boolean;
  readonly svg?: string;
  readonly html?: string;
};

export const body = defineCommand<TraceOptions>({
  examples: [
    'trace 01JD3M8A5W1P3X9T6K2V7Q4R0S',
    'trace 01JD… --html life.html --svg life.svg',
    'trace 01JD… --no-logs --no-dead-letters --mermaid',
    'trace 01JD… --json --embedded | jq .cost',
  ],
  options: (command) =>
    withOrder(command)
      .option('--no-logs', 'leave out the log records: no attempts, waits and lost answers')
      .option('--no-dead-letters', 'leave out the dead-letter queues')
      .option('--mermaid', 'print the source of a Mermaid sequence diagram instead')
      .option('--svg <file>', 'write the picture into this file')
      .option('--html <file>', 'write a page with the picture and every step into this file'),
  help: `\
It reads the order's events and notices, its share of the series, its row, its log records and the
dead letters, and changes nothing; dead letters that are looked at are hidden from others for some
seconds.
${FIND_HELP}
Exit code: 0 shown, 1 there is no such order, or a source did not answer: the rest is still shown.`,
  run: (session, options, { args: [named = ''] }) => traceOrder(session, named, options),
});

const traceOrder = async function* (
  session: Session,
  named: string,
  options: TraceOptions,
): CommandSteps {
  if (options.mermaid === true && session.output.json) {
    return err(misused('--mermaid and --json each print something else; choose one'));
  }
  const { logs, deadLetters, scan } = options;
  // Only the sources that are to be read have to be configured.
  const signal = session.untilStopped();
  const { collectTrace, logSearch, paymentsDlq, notificationsDlq } = yield* session.open({
    services: ['collectTrace'],
    also: [logs && 'logSearch', deadLetters && 'paymentsDlq', deadLetters && 'notificationsDlq'],
  });
  // A message may wait, or be dead, of an order that the log does not have.
  const { orderId } = yield* findOrder(session, named, {
    scan,
    mayBeNew: 'unless it looks like another name',
  });
  if (!Order.isOrderId(orderId)) return err(unknownOrder(orderId));
  const collected = await collectTrace(orderId, {
    ...(logSearch && { logSearch }),
    ...(paymentsDlq &&
      notificationsDlq && {
        deadLetters: { payments: paymentsDlq, notifications: notificationsDlq },
      }),
    signal,
  });
  if (signal.aborted) return err(failed('Aborted', 'stopped before the end'));
  const timeline = toTimeline(collected);
  yield* await show(session, timeline, options);
  if (timeline.status === 'unknown') return err(unknownOrder(orderId));
  const leftOut = [logs, deadLetters].filter((isAsked) => !isAsked).length;
  return ok(timeline.missing.length > leftOut ? EXIT.FAILED : EXIT.OK);
};

const show = async (
  { output }: Session,
  timeline: Timeline,
  { mermaid = false, svg, html }: TraceOptions,
): Promise<Result<void, CliFailure>> => {
  const files = [
    ...(svg === undefined ? [] : [{ file: svg, draw: drawSvg }]),
    ...(html === undefined ? [] : [{ file: html, draw: drawHtml }]),
  ];
  for (const { file, draw } of files) {
    const written = await write(file, draw(timeline));
    if (written.isErr()) return err(written.error);
    output.note(`Written: ${file}`);
  }
  if (mermaid) output.line(drawMermaid(timeline));
  else if (files.length === 0 || output.json) {
    output.data(timeline, (columns) =>
      [
        ...(timeline.steps.length === 0 ? [] : [drawTerminal(timeline, terminalOf(output))]),
        timelineText(timeline, columns),
      ].join('\n\n'),
    );
  }
  return ok(undefined);
};

const write = ResultAsync.fromThrowable(
  (file: string, text: string) => writeFile(file, text),
  (error) => failed('NotWritten', `the picture could not be written: ${String(error)}`),
);

/**
 * A timeline as text: every step with what it came from, what it has cost, and what is not known.
 */
const timelineText = (timeline: Timeline, columns: number): string => {
  const { orderId, status, steps, cost, missing, notes } = timeline;
  const [first] = steps;
  return [
    `order     ${plainText(orderId)}`,
    `status    ${status}`,
    ...(first === undefined ? ['Nothing is known of it.'] : [`from      ${timeOf(first.at)}`]),
    ...tracesOf(steps).map((id, at) => `${at === 0 ? 'traces' : '      '}    ${id}`),
    ...(steps.length === 0 ? [] : ['', stepsTable(steps, columns)]),
    ...(cost.items.length === 0 ? [] : ['', costTable(cost, columns)]),
    ...listed('Not known, since a source is missing:', missing),
    ...listed('To be read with care:', notes),
  ].join('\n');
};

/** The traces in which OpenTelemetry has the handlings of its messages. */
const tracesOf = (steps: readonly TimelineStep[]): readonly string[] => [
  ...new Set(
    steps.flatMap(({ details: { trace_id } }) => (trace_id === undefined ? [] : [`${trace_id}`])),
  ),
];

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${plainText(line)}`)];

const stepsTable = (steps: readonly TimelineStep[], columns: number): string =>
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
    { right: [0, 1, 6], columns, optional: ['by', 'cause'] },
  );

const versionsText = ({ versions = [] }: TimelineStep): string => {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? ` [version ${first}]` : ` [versions ${first} to ${last}]`;
};

const costTable = ({ items, microUsd }: Cost, columns: number): string =>
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
    { right: [1, 3], columns },
  );
