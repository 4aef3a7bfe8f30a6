import type { RoundReport } from '../../../application/reconcile/report.ts';
import { grouped } from '../common/groups.ts';
import { tableOf } from '../common/table.ts';
import { ageText, timeOf } from '../common/text.ts';

/** `now` is in milliseconds since the epoch. */
export type RoundReportOptions = { readonly dryRun: boolean; readonly now: number };

type TextOptions = RoundReportOptions & { readonly columns: number };

/** The report for people. It leaves out what needs nobody. */
export const reportText = (report: RoundReport, options: TextOptions): string =>
  [
    ...seriesTable(report, options),
    ...findingsTable(report, options),
    ...deadLettersTable(report, options),
    ...reviewsTable(report, options),
    ...gatewayEventsText(report.gatewayEvents, options),
    summaryText(report, options),
  ].join('\n');

const seriesTable = ({ series }: RoundReport, { columns }: TextOptions): readonly string[] =>
  titled(columns, 'Series', {
    head: ['series', 'from', 'up to', 'of', 'numbers checked'],
    rows: series.map(({ series: name, from, upTo, end, numbers }) =>
      [name, from, upTo, end, numbers].map(String),
    ),
    right: [1, 2, 3, 4],
  });

const findingsTable = (
  report: RoundReport,
  { dryRun, now, columns }: TextOptions,
): readonly string[] => {
  const pushes = new Set(report.pushed);
  return titled(columns, 'Numbers without their document', {
    head: ['series', 'year', 'number', 'document', 'age', 'why', ''],
    rows: findingsOf(report).map(({ series, orderId, why, number: { id, year, number, date } }) => [
      series,
      String(year),
      String(number),
      id,
      ageText(now - date),
      why,
      pushText(orderId, pushes, dryRun),
    ]),
    right: [1, 2],
  });
};

const deadLettersTable = (
  { deadLetters = [], pushed }: RoundReport,
  { dryRun, now, columns }: TextOptions,
): readonly string[] => {
  if (deadLetters.length === 0) return [];
  const pushes = new Set(pushed);
  return [
    `Dead letters: ${deadLetters.length}`,
    grouped(deadLetters, {
      causeOf: ({ reason }) => reason,
      columns,
      draw: (those, { isCauseSaid }) =>
        tableOf(
          ['order', 'command', 'order is', 'age', ...(isCauseSaid ? [] : ['reason']), ''],
          those.map(({ orderId, command = 'unknown', state, sentAt, reason }) => [
            orderId ?? 'no order',
            command,
            state === 'none' ? 'not named' : state,
            ageText(now - sentAt),
            ...(isCauseSaid ? [] : [reason]),
            pushText(orderId, pushes, dryRun),
          ]),
          { columns },
        ),
    }),
    '',
  ];
};

const reviewsTable = ({ reviews }: RoundReport, { now, columns }: TextOptions): readonly string[] =>
  titled(columns, 'Reviews that wait for a person', {
    head: ['order', 'of', 'reason', 'age'],
    rows: reviews.map(({ orderId, refundId, reason, since }) => [
      orderId,
      refundId === undefined ? 'payment' : `refund ${refundId}`,
      reason,
      ageText(now - since),
    ]),
  });

const summaryText = (report: RoundReport, { dryRun }: TextOptions): string => {
  const { deadLetters = [], reviews, pushed } = report;
  const findings = findingsOf(report);
  const needs = [
    ...countText(findings.length, 'number without its document', 'numbers without their documents'),
    ...countText(deadLetters.length, 'dead letter', 'dead letters'),
    ...countText(reviews.length, 'review', 'reviews'),
    ...(report.gatewayEvents?.isGap === true ? ['a gap in the gateway’s events'] : []),
  ];
  const isComplete = report.deadLetters !== undefined && report.failures.length === 0;
  const nothing = isComplete ? 'Nothing needs anybody.' : 'Not everything could be looked at.';
  const pushes = dryRun ? `${pushed.length} orders would be pushed` : `${pushed.length} pushed`;
  return needs.length === 0 ? nothing : `${needs.join(', ')}; ${pushes}.`;
};

const findingsOf = ({ series }: RoundReport) => series.flatMap(({ findings }) => findings);

const pushText = (
  orderId: string | undefined,
  pushes: ReadonlySet<string>,
  dryRun: boolean,
): string => {
  if (orderId === undefined || !pushes.has(orderId)) return '';
  return dryRun ? 'would be pushed' : 'pushed';
};

const gatewayEventsText = (
  read: RoundReport['gatewayEvents'],
  { dryRun }: Pick<RoundReportOptions, 'dryRun'>,
): readonly string[] => {
  if (read === undefined) return [];
  const { from, upTo, events, sent, isGap } = read;
  const sending = dryRun ? 'would be sent to the workers' : 'sent to the workers';
  return [
    `Events of the gateway from ${timeOf(from)} to ${timeOf(upTo)}: ${events} read, ` +
      `${sent.length} not known yet and ${sending}`,
    ...(isGap
      ? [
          '  Older ones, which nobody has read, are no longer listed by the gateway:',
          '  `paidonce audit --gateway` finds what they were about.',
        ]
      : []),
    '',
  ];
};

type TableParts = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly right?: readonly number[];
};

const titled = (
  columns: number,
  title: string,
  { head, rows, right = [] }: TableParts,
): readonly string[] =>
  rows.length === 0
    ? []
    : [`${title}: ${rows.length}`, tableOf(head, rows, { right, columns }), ''];

const countText = (count: number, one: string, several: string): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];
